-- Everyone signed in has a list of their own; nobody sees another's.
create table todos (
  id bigint generated always as identity primary key,
  owner uuid not null default auth.uid() references auth.users on delete cascade,
  title text not null check (title <> ''),
  done boolean not null default false,
  created_at timestamptz not null default now()
);

create index todos_owner on todos (owner);

alter table todos enable row level security;

create policy "their own" on todos for all to authenticated
  using (owner = (select auth.uid()))
  with check (owner = (select auth.uid()));
