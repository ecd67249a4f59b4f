-- Every project of the instance. The row is written before the database is made and deleted after it is gone, so a
-- project that exists anywhere can be found, and finished or removed, from here.
create table control.projects (
  ref text primary key check (ref ~ '^[a-z][a-z0-9-]{0,29}$'),
  name text not null check (name <> ''),
  status text not null default 'active' check (status in ('creating', 'active', 'resetting', 'removing')),
  -- Where the database is; null: on the cluster of this control database.
  database_url text,
  -- What differs from the instance's settings.
  settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object'),
  -- How the last run of the platform's migrations ended; both null before the first.
  migrated_at timestamptz,
  migration_error text,
  created_at timestamptz not null default now()
);

grant select, insert, update, delete on control.projects to control;
