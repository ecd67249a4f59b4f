-- SQL that people keep: their own, or shared with everybody who has a role in the project.
create table control.saved_queries (
  id uuid primary key default gen_random_uuid(),
  project_ref text not null references control.projects on delete cascade,
  account_id uuid not null references control.accounts on delete cascade,
  name text not null check (length(name) between 1 and 200),
  sql text not null check (length(sql) <= 100000),
  shared boolean not null default false,
  version integer not null default 1,
  updated_at timestamptz not null default now()
);
create index on control.saved_queries (project_ref, account_id);
create index on control.saved_queries (account_id);
alter table control.saved_queries enable row level security;
create policy service on control.saved_queries to control using (true) with check (true);
grant select, insert, update, delete on control.saved_queries to control;
