-- as: admin
-- What every suite of a project stands on: which suites there are, whose rows a command may reach, the audit trail, and
-- the answers of commands that carried a key. Suites run as roles of their own, members of `suite_runner`.

create table suites.installed (
  name text primary key check (name ~ '^[a-z][a-z0-9]{1,29}$'),
  added_at timestamptz not null default now(),
  -- Its data stays until somebody asks for more.
  removed_at timestamptz,
  -- Of the declaration this project was last brought up to; null: anything may have changed.
  fingerprint text
);

create table suites.audit (
  id uuid primary key,
  org_id uuid,
  at timestamptz not null default now(),
  use_case text not null,
  request_id text not null,
  via text not null,
  actor_kind text not null,
  actor_id text,
  subject text,
  reason text,
  before jsonb,
  after jsonb
);
create index audit_org_idx on suites.audit (org_id, at desc);
create index audit_subject_idx on suites.audit (org_id, subject, at desc) where subject is not null;
comment on table suites.audit is 'One row per command; only ever added to.';

create table suites.answers (
  -- SHA-256 of role, organisation, actor and key.
  id bytea primary key,
  request_hash bytea not null,
  answer text not null,
  created_at timestamptz not null default now()
);
create index answers_created_at_idx on suites.answers (created_at);
comment on table suites.answers is 'Answers to commands that carried an Idempotency-Key, kept for a day.';

-- Plain, so that the planner can inline them: policies of suites ask both.
create function suites.org_id() returns uuid
language sql stable parallel safe
as $$ select nullif(current_setting('suites.org_id', true), '')::uuid $$;

create function suites.actor_id() returns uuid
language sql stable parallel safe
as $$ select nullif(current_setting('suites.actor_id', true), '')::uuid $$;

comment on function suites.org_id() is 'Whose rows the command at hand may reach.';
comment on function suites.actor_id() is 'The user on whose behalf the command at hand runs; NULL for anybody else.';

-- SET ROLE is refused inside a security definer function, so the setting tells the truth about the role.
create function suites.current_suite() returns text
language sql stable
set search_path = ''
as $$ select coalesce(nullif(current_setting('role', true), 'none'), session_user)::text $$;

-- Settles for the rest of the transaction whose rows it may reach, or raises:
--   SU001  the caller may not       SU002  there is no organisation to act for
--   SU003  the key is known, by another request    SU004  the key is known: the answer is there
--   SU005  the suite is not added   SU006  nobody is signed in
-- `permission` is a key, 'signed-in', 'anyone', or NULL for what was decided elsewhere (events, schedules).
create function suites.begin_use_case(
  suite text, permission text, wanted_org uuid, actor uuid, key_id bytea, request_hash bytea
) returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  claims jsonb := coalesce(nullif(current_setting('request.jwt.claims', true), '')::jsonb, '{}');
  is_user boolean := claims ->> 'role' = 'authenticated';
  org uuid;
  known bytea;
begin
  if not exists (select from suites.installed i where i.name = suite and i.removed_at is null) then
    raise exception 'suite not added' using errcode = 'SU005';
  end if;
  if permission <> 'anyone' and coalesce(claims ->> 'role', 'anon') = 'anon' then
    raise exception 'not signed in' using errcode = 'SU006';
  end if;
  if permission is not null and is_user then
    org := auth.org_id();
  else
    select o.id into org from auth.organisations o
    where o.id = coalesce(wanted_org, '00000000-0000-0000-0000-000000000001') and o.status = 'active';
  end if;
  if org is null and not (permission = 'anyone' and wanted_org is null) then
    raise exception 'no organisation' using errcode = 'SU002';
  end if;
  if permission not in ('anyone', 'signed-in') and not auth.has_permission(permission, org) then
    raise exception 'permission denied' using errcode = 'SU001';
  end if;
  perform set_config('suites.org_id', coalesce(org::text, ''), true);
  perform set_config('suites.actor_id', coalesce(actor::text, ''), true);
  perform set_config('request.jwt.claims', (claims || jsonb_build_object('org_id', org))::text, true);
  if key_id is not null then
    -- Keys are a matter of commands, and those run as the suite.
    if suites.current_suite() <> suite then
      raise exception 'Role % may not use a key of %', suites.current_suite(), suite
        using errcode = 'insufficient_privilege';
    end if;
    -- Whoever holds the key is waited for; its answer is then there, or it was undone.
    insert into suites.answers (id, request_hash, answer) values (key_id, request_hash, '') on conflict do nothing;
    if not found then
      select a.request_hash into known from suites.answers a where a.id = key_id;
      if known is distinct from begin_use_case.request_hash then
        raise exception 'key of another request' using errcode = 'SU003';
      end if;
      raise exception 'answer known' using errcode = 'SU004';
    end if;
  end if;
  return org;
end
$$;

-- The answer a command with this key had.
create function suites.known_answer(key_id bytea) returns text
language sql stable security definer
set search_path = ''
as $$ select a.answer from suites.answers a where a.id = key_id $$;

-- Writes what belongs to a command beside its state: audit row, events in their order, the answer under its key.
-- `note` is null for what nobody asked for and that changed nothing.
create function suites.finish_command(
  note jsonb, facts jsonb, key_id bytea, answer text
) returns void
language plpgsql volatile
set search_path = ''
as $$
declare
  fact jsonb;
begin
  if note is not null then
    perform suites.add_audit(note);
  end if;
  -- As the suite itself: the log asks whose events they are.
  for fact in select value from jsonb_array_elements(facts) loop
    perform events.emit(fact ->> 'type', fact ->> 'subject', fact -> 'data', fact -> 'envelope');
  end loop;
  if key_id is not null then
    perform suites.keep_answer(key_id, answer);
  end if;
end
$$;

create function suites.add_audit(note jsonb) returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if split_part(note ->> 'use_case', '.', 1) <> suites.current_suite() then
    raise exception 'Role % may not write an audit row of %', suites.current_suite(), note ->> 'use_case'
      using errcode = 'insufficient_privilege';
  end if;
  insert into suites.audit (id, org_id, use_case, request_id, via, actor_kind, actor_id, subject, reason, before, after)
  values (
    events.uuid_v7(), suites.org_id(), note ->> 'use_case', note ->> 'request_id', note ->> 'via',
    note ->> 'actor_kind', note ->> 'actor_id', note ->> 'subject', note ->> 'reason', note -> 'before', note -> 'after'
  );
end
$$;

create function suites.keep_answer(key_id bytea, answer text) returns void
language sql volatile security definer
set search_path = ''
as $$ update suites.answers a set answer = keep_answer.answer where a.id = key_id and a.answer = '' $$;

-- Forgets answers older than a day, a bounded number of them; returns how many.
create function suites.sweep_answers(max_rows integer default 10000) returns bigint
language plpgsql volatile
set search_path = ''
as $$
declare
  swept bigint;
begin
  delete from suites.answers
  where id in (
    select a.id from suites.answers a
    where a.created_at < now() - interval '24 hours'
    order by a.created_at
    limit max_rows
    for update skip locked
  );
  get diagnostics swept = row_count;
  return swept;
end
$$;

-- Puts a suite's table behind row-level security: its commands reach the rows of the organisation they act for, people
-- read those of their organisation with the permission. For migrations of suites; the table has a column org_id.
create function suites.guard_table(guarded regclass, read_permission text default null) returns void
language plpgsql volatile
set search_path = ''
as $$
declare
  owner_role text := current_user;
  runner text := regexp_replace(current_user::text, '_owner$', '');
  in_schema text := (select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = guarded);
begin
  if owner_role !~ '_owner$' then
    raise exception 'suites.guard_table is for migrations, which run as <suite>_owner; this is %', owner_role;
  end if;
  execute format('alter table %s enable row level security', guarded);
  execute format('grant select, insert, update, delete on %s to %I', guarded, runner);
  execute format(
    'create policy commands on %s to %I using (org_id = (select suites.org_id())) with check (org_id = (select suites.org_id()))',
    guarded, runner
  );
  if read_permission is not null then
    execute format('grant usage on schema %I to authenticated, service_role', in_schema);
    execute format('grant select on %s to authenticated, service_role', guarded);
    execute format(
      'create policy readers on %s for select to authenticated using (org_id = (select auth.org_id()) and (select auth.has_permission(%L)))',
      guarded, read_permission
    );
  end if;
end
$$;

alter table suites.installed owner to suites_owner;
alter table suites.audit owner to suites_owner;
alter table suites.answers owner to suites_owner;
do $$
declare
  routine regprocedure;
begin
  for routine in select p.oid from pg_proc p where p.pronamespace = 'suites'::regnamespace loop
    execute format('alter function %s owner to suites_owner', routine);
    execute format('revoke all on function %s from public', routine);
  end loop;
end
$$;
-- The trail is added to, and nothing else.
revoke update, delete, truncate on suites.audit from suites_owner;

grant usage on schema suites to anon, authenticated, service_role;
grant execute on function suites.org_id(), suites.actor_id() to public;
grant select on suites.installed to suite_runner, anon, authenticated, service_role;
grant execute on function suites.current_suite(), suites.begin_use_case(text, text, uuid, uuid, bytea, bytea)
  to suite_runner, anon, authenticated, service_role;
grant execute on function suites.guard_table(regclass, text), suites.known_answer(bytea), suites.add_audit(jsonb),
  suites.keep_answer(bytea, text), suites.finish_command(jsonb, jsonb, bytea, text) to suite_runner;
grant usage on schema auth to suites_owner, suite_runner;
grant select on auth.organisations to suites_owner;
grant execute on function auth.org_ids(), auth.org_id(), auth.has_permission(text), auth.has_permission(text, uuid),
  auth.permitted_scope(text, text), auth.uid(), auth.role(), auth.jwt() to suites_owner, suite_runner;
grant usage on schema events to suites_owner, suite_runner;

insert into auth.permissions (key, title) values ('suites.audit', 'Read the audit trail of the suites');
alter table suites.audit enable row level security;
grant select on suites.audit to authenticated, service_role;
create policy readers on suites.audit for select to authenticated
  using (org_id = (select auth.org_id()) and (select auth.has_permission('suites.audit')));
