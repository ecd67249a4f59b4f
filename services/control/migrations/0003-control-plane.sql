-- The control plane is a project of its own: people read these tables with the ordinary client, as far as row-level
-- security lets them; everything is written through the control service, as the role `control`.

create table control.accounts (
  id uuid primary key,
  email text not null check (length(email) between 3 and 320),
  created_at timestamptz not null default now()
);
comment on table control.accounts is 'People of the instance, as the control project''s identity service knows them.';

create table control.organisations (
  id uuid primary key default gen_random_uuid(),
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null check (length(name) between 1 and 200),
  created_at timestamptz not null default now()
);

create table control.members (
  organisation_id uuid not null references control.organisations on delete cascade,
  account_id uuid not null references control.accounts,
  role text not null check (role in ('owner', 'admin', 'developer', 'analyst', 'viewer')),
  created_at timestamptz not null default now(),
  primary key (organisation_id, account_id)
);
create index on control.members (account_id);

alter table control.projects
  add organisation_id uuid references control.organisations,
  -- A deleted project can be restored until then.
  add delete_after timestamptz,
  -- Of one that is being cloned, or was.
  add cloned_from text,
  -- Why the work its status asks for failed last.
  add failure text,
  add settings_version integer not null default 0,
  drop constraint projects_status_check,
  -- What is neither active nor at rest says what has to be done: whoever finds it so finishes it.
  add constraint projects_status_check check (
    status in ('creating', 'cloning', 'active', 'copying', 'resetting', 'paused', 'deleted', 'removing')
  ),
  add constraint projects_delete_after_check check ((status = 'deleted') = (delete_after is not null));
create index on control.projects (organisation_id);

create table control.project_members (
  project_ref text not null references control.projects on delete cascade,
  account_id uuid not null references control.accounts,
  role text not null check (role in ('owner', 'admin', 'developer', 'analyst', 'viewer')),
  created_at timestamptz not null default now(),
  primary key (project_ref, account_id)
);
create index on control.project_members (account_id);

create table control.invitations (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null references control.organisations on delete cascade,
  -- Null: into the organisation.
  project_ref text references control.projects on delete cascade,
  email text not null check (length(email) between 3 and 320),
  role text not null check (role in ('owner', 'admin', 'developer', 'analyst', 'viewer')),
  token_hash bytea not null unique,
  invited_by uuid not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  accepted_at timestamptz,
  accepted_by uuid
);
create index on control.invitations (organisation_id);

-- Who holds the one there is makes the first owner; no other password exists before that.
create table control.setup_links (
  only_one boolean primary key default true check (only_one),
  token_hash bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);

create table control.api_keys (
  id uuid primary key default gen_random_uuid(),
  project_ref text not null references control.projects on delete cascade,
  kind text not null check (kind in ('publishable', 'secret')),
  name text not null check (length(name) between 1 and 100),
  -- SHA-256; the key has 128 random bits, so that nothing slower is needed.
  digest bytea not null unique,
  -- Its beginning, by which a person tells it from others.
  hint text not null,
  created_by uuid,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index on control.api_keys (project_ref);

create table control.personal_tokens (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references control.accounts on delete cascade,
  name text not null check (length(name) between 1 and 100),
  digest bytea not null unique,
  hint text not null,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index on control.personal_tokens (account_id);

-- Each project's secrets are sealed with a key of its own, and that key with the master key, which is not here.
create table control.data_keys (
  project_ref text primary key references control.projects on delete cascade,
  wrapped bytea not null,
  master_key text not null
);

create table control.secrets (
  project_ref text not null references control.projects on delete cascade,
  name text not null check (name ~ '^[A-Za-z_][A-Za-z0-9_]{0,127}$'),
  sealed bytea not null,
  version integer not null default 1,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  primary key (project_ref, name)
);

create table control.settings_history (
  project_ref text not null references control.projects on delete cascade,
  version integer not null,
  settings jsonb not null,
  changed_by text not null,
  changed_at timestamptz not null default now(),
  primary key (project_ref, version)
);

create table control.usage (
  project_ref text not null references control.projects on delete cascade,
  service text not null,
  hour timestamptz not null,
  requests bigint not null default 0,
  failures bigint not null default 0,
  bytes bigint not null default 0,
  duration_ms bigint not null default 0,
  primary key (project_ref, hour, service)
);

-- No foreign keys: what was done outlives what it was done to.
create table control.audit (
  seq bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  action text not null,
  actor_kind text not null check (actor_kind in ('account', 'token', 'setup', 'system')),
  actor_id uuid,
  actor_name text not null,
  address inet,
  request_id text,
  organisation_id uuid,
  project_ref text,
  target text,
  detail jsonb not null default '{}'
);
create index on control.audit (organisation_id, seq);
create index on control.audit (project_ref, seq);

create function control.refuse_change() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  raise exception 'The audit log is only ever added to' using errcode = 'insufficient_privilege';
end
$$;
create trigger only_added before update or delete or truncate on control.audit
  for each statement execute function control.refuse_change();

-- What policies ask. As their owner these see all rows; each answers for the current account alone.

create function control.account_id() returns uuid
language sql stable
set search_path = ''
as $$
  select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid
$$;

create function control.organisations_as(variadic roles text[]) returns setof uuid
language sql stable security definer
set search_path = ''
as $$
  select organisation_id from control.members
  where account_id = control.account_id() and role = any (roles)
$$;

create function control.projects_as(variadic roles text[]) returns setof text
language sql stable security definer
set search_path = ''
as $$
  select project_ref from control.project_members
  where account_id = control.account_id() and role = any (roles)
  union
  select ref from control.projects
  where organisation_id in (
    select organisation_id from control.members
    where account_id = control.account_id() and role = any (roles)
  )
$$;

create function control.colleagues() returns setof uuid
language sql stable security definer
set search_path = ''
as $$
  select control.account_id()
  union
  select account_id from control.members
  where organisation_id in (
    select organisation_id from control.members where account_id = control.account_id()
  )
  union
  select account_id from control.project_members
  where project_ref in (
    select control.projects_as('owner', 'admin', 'developer', 'analyst', 'viewer')
  )
$$;

revoke all on all functions in schema control from public;
grant execute on function control.account_id(), control.organisations_as(text[]), control.projects_as(text[]),
  control.colleagues() to authenticated, control;

do $$
declare
  name text;
begin
  foreach name in array array[
    'accounts', 'organisations', 'members', 'projects', 'project_members', 'invitations', 'setup_links', 'api_keys',
    'personal_tokens', 'data_keys', 'secrets', 'settings_history', 'usage', 'audit'
  ] loop
    execute format('alter table control.%I enable row level security', name);
    execute format('create policy service on control.%I to control using (true) with check (true)', name);
    execute format('grant select, insert on control.%I to control', name);
    if name <> 'audit' then
      execute format('grant update, delete on control.%I to control', name);
    end if;
  end loop;
end
$$;

grant usage on schema control to authenticated;

grant select on control.accounts, control.organisations, control.members, control.project_members,
  control.settings_history, control.usage, control.audit to authenticated;
grant select (
  ref, name, status, organisation_id, migrated_at, created_at, delete_after, cloned_from, settings_version
) on control.projects to authenticated;
grant select (
  id, organisation_id, project_ref, email, role, invited_by, created_at, expires_at, accepted_at, accepted_by
) on control.invitations to authenticated;
grant select (
  id, project_ref, kind, name, hint, created_by, created_at, last_used_at, revoked_at
) on control.api_keys to authenticated;
grant select (
  id, account_id, name, hint, scopes, created_at, expires_at, last_used_at, revoked_at
) on control.personal_tokens to authenticated;
grant select (project_ref, name, version, updated_at, updated_by) on control.secrets to authenticated;

create policy colleagues on control.accounts for select to authenticated
  using (id in (select control.colleagues()));
create policy members on control.organisations for select to authenticated
  using (id in (select control.organisations_as('owner', 'admin', 'developer', 'analyst', 'viewer')));
create policy members on control.members for select to authenticated
  using (organisation_id in (select control.organisations_as('owner', 'admin', 'developer', 'analyst', 'viewer')));
create policy members on control.projects for select to authenticated
  using (ref in (select control.projects_as('owner', 'admin', 'developer', 'analyst', 'viewer')));
create policy members on control.project_members for select to authenticated
  using (project_ref in (select control.projects_as('owner', 'admin', 'developer', 'analyst', 'viewer')));
create policy members on control.usage for select to authenticated
  using (project_ref in (select control.projects_as('owner', 'admin', 'developer', 'analyst', 'viewer')));
create policy administrators on control.invitations for select to authenticated
  using (organisation_id in (select control.organisations_as('owner', 'admin')));
create policy administrators on control.audit for select to authenticated
  using (organisation_id in (select control.organisations_as('owner', 'admin')));
create policy developers on control.api_keys for select to authenticated
  using (project_ref in (select control.projects_as('owner', 'admin', 'developer')));
create policy developers on control.secrets for select to authenticated
  using (project_ref in (select control.projects_as('owner', 'admin', 'developer')));
create policy developers on control.settings_history for select to authenticated
  using (project_ref in (select control.projects_as('owner', 'admin', 'developer')));
create policy own on control.personal_tokens for select to authenticated
  using (account_id = (select control.account_id()));
