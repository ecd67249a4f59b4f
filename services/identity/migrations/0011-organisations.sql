-- Organisations, who belongs to them, and what each may do there. Everything a business owns carries an `org_id` of
-- these organisations; policies ask auth.org_ids() and auth.has_permission().

create table auth.organisations (
  id uuid not null default gen_random_uuid() primary key,
  slug text not null unique check (slug ~ '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$'),
  name jsonb not null check (jsonb_typeof(name) = 'object' and name <> '{}'),
  country text check (country ~ '^[A-Z]{2}$'),
  base_currency text not null default 'USD' check (base_currency ~ '^[A-Z]{3}$'),
  timezone text not null default 'UTC' check (char_length(timezone) between 1 and 64),
  fiscal_year_start smallint not null default 1 check (fiscal_year_start between 1 and 12),
  default_locale text not null default 'en' check (char_length(default_locale) between 2 and 35),
  tax_no text check (char_length(tax_no) <= 64),
  status text not null default 'active' check (status in ('active', 'suspended', 'closed')),
  seat_limit integer check (seat_limit > 0),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid,
  updated_at timestamptz not null default now()
);
comment on column auth.organisations.name is 'By language: {"en": "…", "ar": "…"}.';
comment on column auth.organisations.fiscal_year_start is 'Month, 1 to 12.';

create table auth.branches (
  id uuid not null default gen_random_uuid() primary key,
  org_id uuid not null references auth.organisations on delete cascade,
  code text not null check (char_length(code) between 1 and 32),
  name jsonb not null check (jsonb_typeof(name) = 'object' and name <> '{}'),
  address jsonb not null default '{}' check (jsonb_typeof(address) = 'object'),
  timezone text check (char_length(timezone) between 1 and 64),
  cost_centre text check (char_length(cost_centre) <= 64),
  archived_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (org_id, code),
  unique (org_id, id)
);

create table auth.memberships (
  id uuid not null default gen_random_uuid() primary key,
  org_id uuid not null references auth.organisations on delete cascade,
  user_id uuid not null references auth.users on delete cascade,
  status text not null default 'active' check (status in ('active', 'disabled')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (org_id, user_id),
  unique (org_id, id)
);
create index memberships_user_id_idx on auth.memberships (user_id);

create table auth.teams (
  id uuid not null default gen_random_uuid() primary key,
  org_id uuid not null references auth.organisations on delete cascade,
  name text not null check (char_length(name) between 1 and 100),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (org_id, id)
);
create unique index teams_name_idx on auth.teams (org_id, lower(name));

create table auth.team_members (
  org_id uuid not null,
  team_id uuid not null,
  membership_id uuid not null,
  primary key (team_id, membership_id),
  -- One organisation for both, so that no team has members of another.
  foreign key (org_id, team_id) references auth.teams (org_id, id) on delete cascade,
  foreign key (org_id, membership_id) references auth.memberships (org_id, id) on delete cascade
);
create index team_members_membership_idx on auth.team_members (membership_id);

create table auth.permissions (
  key text not null primary key check (key ~ '^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$' and char_length(key) <= 100),
  title text not null check (char_length(title) between 1 and 200)
);
comment on table auth.permissions is 'Everything that can be permitted, as <suite>.<verb>; suites add theirs.';

create table auth.organisation_roles (
  id uuid not null default gen_random_uuid() primary key,
  org_id uuid references auth.organisations on delete cascade,
  key text not null check (key ~ '^[a-z][a-z0-9-]{0,62}$'),
  name jsonb not null check (jsonb_typeof(name) = 'object' and name <> '{}'),
  permissions text[] not null,
  denials text[] not null default '{}',
  system boolean not null generated always as (org_id is null) stored,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique nulls not distinct (org_id, key)
);
comment on column auth.organisation_roles.org_id is 'NULL: a role of the platform, the same in every organisation.';
comment on column auth.organisation_roles.permissions is 'Keys, or in roles of the platform `*`, `<suite>.*`, `*.<verb>`.';
comment on column auth.organisation_roles.denials is 'What no other role gives back.';

create table auth.role_assignments (
  id uuid not null default gen_random_uuid() primary key,
  org_id uuid not null,
  membership_id uuid not null,
  role_id uuid not null references auth.organisation_roles on delete cascade,
  scope jsonb not null default '{}' check (jsonb_typeof(scope) = 'object'),
  valid_until timestamptz,
  granted_by uuid,
  created_at timestamptz not null default now(),
  foreign key (org_id, membership_id) references auth.memberships (org_id, id) on delete cascade,
  unique (membership_id, role_id, scope)
);
comment on column auth.role_assignments.scope is
  'Where it holds, by kind: {"branch": [ids], "warehouse": […], "register": […], "project": […]}; {} = everywhere.';
create index role_assignments_role_idx on auth.role_assignments (role_id);

create table auth.invitations (
  id uuid not null default gen_random_uuid() primary key,
  org_id uuid not null references auth.organisations on delete cascade,
  email text not null check (char_length(email) between 3 and 320),
  grants jsonb not null check (jsonb_typeof(grants) = 'array'),
  token_hash text not null unique,
  invited_by uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null check (expires_at <= created_at + interval '72 hours'),
  accepted_at timestamptz,
  accepted_by uuid,
  revoked_at timestamptz
);
create index invitations_org_idx on auth.invitations (org_id, created_at desc);
-- One open invitation an address: a second one replaces the first.
create unique index invitations_open_idx on auth.invitations (org_id, lower(email))
  where accepted_at is null and revoked_at is null;

-- Which organisation a session acts for; NULL = the user's own choice was never made.
alter table auth.sessions add column organisation_id uuid references auth.organisations on delete set null;

insert into auth.permissions (key, title) values
  ('identity.organisation', 'Change the organisation, its branches and teams'),
  ('identity.people', 'Invite people, give them roles, disable them'),
  ('identity.roles', 'Define roles'),
  ('identity.read', 'See members, roles and invitations'),
  ('identity.audit', 'Review who may do what, and who signed in');

insert into auth.organisation_roles (org_id, key, name, permissions, denials) values
  (null, 'owner', '{"en": "Owner", "ar": "المالك"}', '{*}', '{}'),
  -- Runs everything and moves no money on its own word.
  (null, 'admin', '{"en": "Administrator", "ar": "مدير النظام"}', '{*}', '{*.approve}'),
  (null, 'branch-manager', '{"en": "Branch manager", "ar": "مدير الفرع"}', '{identity.read,identity.people}', '{*.approve}'),
  (null, 'office', '{"en": "Office", "ar": "شؤون الموظفين"}', '{identity.read,identity.people}', '{*.approve}'),
  (null, 'auditor', '{"en": "Auditor", "ar": "مدقق"}', '{*.read,identity.audit}', '{}'),
  (null, 'member', '{"en": "Member", "ar": "عضو"}', '{identity.read}', '{}');

insert into auth.organisations (id, slug, name)
  values ('00000000-0000-0000-0000-000000000001', 'default', '{"en": "Default", "ar": "الافتراضية"}');

create function auth.permission_matches(patterns text[], permission text) returns boolean
language sql immutable parallel safe
set search_path = ''
as $$
  select coalesce(bool_or(
    pattern = '*' or pattern = permission
    or (pattern like '%.*' and starts_with(permission, left(pattern, -1)))
    or (pattern like '*.%' and right(permission, length(pattern) - 1) = right(pattern, -1))
  ), false)
  from unnest(patterns) as pattern
$$;

-- What the caller may do comes from the tables and not from the token, so that a role that was taken away is gone with
-- the next statement. Stable, and without a reference to the row: as a condition of its own in a policy, or inside a
-- scalar sub-select, it is asked once per statement and not once per row.

create function auth.org_ids() returns uuid[]
language sql stable parallel safe security definer
set search_path = ''
as $$
  select coalesce(array_agg(m.org_id order by m.org_id), '{}')
  from auth.memberships m join auth.organisations o on o.id = m.org_id
  where m.user_id = auth.uid() and m.status = 'active' and o.status = 'active'
$$;

create function auth.org_id() returns uuid
language sql stable parallel safe security definer
set search_path = ''
as $$
  select m.org_id
  from auth.memberships m join auth.organisations o on o.id = m.org_id
  where m.user_id = auth.uid() and m.status = 'active' and o.status = 'active'
    and (auth.jwt() -> 'org' ->> 'id' is null or m.org_id::text = auth.jwt() -> 'org' ->> 'id')
  order by m.created_at, m.org_id
  limit 1
$$;

create function auth.has_permission(permission text, organisation uuid) returns boolean
language sql stable parallel safe security definer
set search_path = ''
as $$
  select coalesce(auth.role() = 'service_role', false) or coalesce((
    select bool_or(auth.permission_matches(r.permissions, permission))
      and not bool_or(auth.permission_matches(r.denials, permission))
    from auth.memberships m
      join auth.organisations o on o.id = m.org_id and o.status = 'active'
      join auth.users u on u.id = m.user_id and (u.banned_until is null or u.banned_until < now()) and u.deleted_at is null
      join auth.role_assignments a on a.membership_id = m.id and (a.valid_until is null or a.valid_until > now())
      join auth.organisation_roles r on r.id = a.role_id
    where m.user_id = auth.uid() and m.org_id = organisation and m.status = 'active'
  ), false)
$$;

create function auth.has_permission(permission text) returns boolean
language sql stable parallel safe security definer
set search_path = ''
as $$ select auth.has_permission(permission, auth.org_id()) $$;

create function auth.permitted_scope(permission text, kind text) returns text[]
language sql stable parallel safe security definer
set search_path = ''
as $$
  -- An assignment without this kind holds everywhere; NULL says so to the policy.
  select case
    when coalesce(auth.role() = 'service_role', false) then null
    when not auth.has_permission(permission) then '{}'
    when bool_or(not a.scope ? kind) then null
    else coalesce(array_agg(distinct place) filter (where place is not null), '{}')
  end
  from auth.memberships m
    join auth.role_assignments a on a.membership_id = m.id and (a.valid_until is null or a.valid_until > now())
    join auth.organisation_roles r on r.id = a.role_id and auth.permission_matches(r.permissions, permission)
    left join lateral jsonb_array_elements_text(a.scope -> kind) as place on true
  where m.user_id = auth.uid() and m.org_id = auth.org_id() and m.status = 'active'
$$;

-- What a token says of its holder's organisations: enough for an application to draw its menus by.
create function auth.organisations_of(holder uuid) returns jsonb
language sql stable parallel safe
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('id', mine.id, 'slug', mine.slug, 'roles', mine.roles,
      'permissions', mine.permissions, 'denials', mine.denials) order by mine.since, mine.id), '[]')
  from (
    select o.id, o.slug, m.created_at as since,
      coalesce(jsonb_agg(distinct r.key) filter (where r.key is not null), '[]') as roles,
      coalesce((select jsonb_agg(distinct p) from unnest(array_agg(r.permissions::text)) as packed, unnest(packed::text[]) as p), '[]') as permissions,
      coalesce((select jsonb_agg(distinct d) from unnest(array_agg(r.denials::text)) as packed, unnest(packed::text[]) as d), '[]') as denials
    from auth.memberships m
      join auth.organisations o on o.id = m.org_id and o.status = 'active'
      left join auth.role_assignments a on a.membership_id = m.id and (a.valid_until is null or a.valid_until > now())
      left join auth.organisation_roles r on r.id = a.role_id
    where m.user_id = holder and m.status = 'active'
    group by o.id, o.slug, m.created_at
    order by m.created_at, o.id
    limit 50
  ) mine
$$;

revoke execute on function auth.permission_matches(text[], text), auth.organisations_of(uuid) from public;
revoke execute on function auth.org_ids(), auth.org_id(), auth.has_permission(text), auth.has_permission(text, uuid),
  auth.permitted_scope(text, text) from public;
grant execute on function auth.org_ids(), auth.org_id(), auth.has_permission(text), auth.has_permission(text, uuid),
  auth.permitted_scope(text, text) to anon, authenticated, service_role, :owner_role;
grant execute on function auth.permission_matches(text[], text), auth.organisations_of(uuid) to identity;

comment on function auth.org_ids() is 'The active organisations the caller belongs to now.';
comment on function auth.org_id() is 'The organisation the caller acts for: the token''s, or the first the caller belongs to.';
comment on function auth.has_permission(text) is 'Whether the caller may do this in the organisation acted for.';
comment on function auth.has_permission(text, uuid) is 'Whether the caller may do this in that organisation.';
comment on function auth.permitted_scope(text, text) is
  'Ids of branches, warehouses, registers or projects in which the caller may do this; NULL = everywhere, {} = nowhere.';

grant select, insert, update, delete on auth.organisations, auth.branches, auth.memberships, auth.teams,
  auth.team_members, auth.organisation_roles, auth.role_assignments, auth.invitations to identity;
grant select on auth.permissions to identity;
grant select, references on auth.organisations, auth.branches, auth.memberships, auth.teams, auth.permissions to :owner_role;
