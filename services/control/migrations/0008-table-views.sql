-- How people look at a table: filter, order, columns, groups, colours; their own, or shared with who has a role in the
-- project.
create table control.table_views (
  id uuid primary key default gen_random_uuid(),
  project_ref text not null references control.projects on delete cascade,
  schema_name text not null check (length(schema_name) between 1 and 63),
  table_name text not null check (length(table_name) between 1 and 63),
  account_id uuid not null references control.accounts on delete cascade,
  name text not null check (length(name) between 1 and 200),
  definition jsonb not null check (length(definition::text) <= 50000),
  shared boolean not null default false,
  -- What everybody sees who opens the table.
  is_default boolean not null default false check (shared or not is_default),
  version integer not null default 1,
  updated_at timestamptz not null default now()
);
create index on control.table_views (project_ref, schema_name, table_name);
create index on control.table_views (account_id);
create unique index on control.table_views (project_ref, schema_name, table_name) where is_default;
alter table control.table_views enable row level security;
create policy service on control.table_views to control using (true) with check (true);
grant select, insert, update, delete on control.table_views to control;
