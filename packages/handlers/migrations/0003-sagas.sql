-- as: admin
-- Business processes over several suites: what is known of each, its steps with their attempts, and what happened.

create table suites.sagas (
  id uuid primary key default events.uuid_v7(),
  -- `suite.purpose`.
  saga text not null,
  key text not null check (char_length(key) between 1 and 500),
  org_id uuid not null,
  -- waiting: nothing can be done until something is heard or a time has come. running: steps are being taken.
  status text not null default 'waiting'
    check (status in ('waiting', 'running', 'needs_help', 'completed', 'undone')),
  state jsonb not null,
  -- Facts it knows of.
  version integer not null default 0,
  created_at timestamptz not null default now(),
  -- NULL: only events are there that came before the one that begins it.
  started_at timestamptz,
  updated_at timestamptz not null default now(),
  ended_at timestamptz,
  unique (saga, org_id, key)
);
create index sagas_listed_idx on suites.sagas (org_id, id desc);
create index sagas_of_status_idx on suites.sagas (org_id, status, id desc);
create index sagas_running_idx on suites.sagas (id) where status = 'running';
comment on table suites.sagas is 'Instances of business processes over several suites.';

create table suites.saga_steps (
  saga_id uuid not null references suites.sagas on delete cascade,
  name text not null,
  -- Order in which they were first given.
  seq integer not null,
  use_case text not null,
  -- As it was first given: what is repeated is the same.
  input jsonb not null,
  -- failing: it is tried again. stuck: it was tried often enough, and a person is asked.
  state text not null default 'pending' check (state in ('pending', 'failing', 'stuck', 'done', 'refused')),
  -- Of which its answer is known, see suites.answers.
  answer_id bytea,
  attempts integer not null default 0,
  -- Since a person last asked for another try.
  tries integer not null default 0,
  -- A person has given it up: whether it was done after all is looked at once more.
  given_up boolean not null default false,
  last_error text,
  output jsonb,
  next_attempt_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (saga_id, name)
);
create index saga_steps_answer_idx on suites.saga_steps (answer_id) where answer_id is not null;
comment on table suites.saga_steps is 'Commands of a saga, each given once.';

create table suites.saga_log (
  saga_id uuid not null references suites.sagas on delete cascade,
  -- From 1.
  seq integer not null,
  at timestamptz not null default now(),
  fact jsonb not null,
  event_id uuid,
  actor_kind text,
  actor_id text,
  primary key (saga_id, seq),
  unique (saga_id, event_id)
);
comment on table suites.saga_log is 'Facts of a saga in the order they were heard; only ever added to.';

create table suites.saga_deadlines (
  saga_id uuid not null references suites.sagas on delete cascade,
  name text not null,
  due_at timestamptz not null,
  -- When it was told; NULL: it is still to come.
  told_at timestamptz,
  primary key (saga_id, name)
);
create index saga_deadlines_due_idx on suites.saga_deadlines (due_at) where told_at is null;

create table suites.saga_tasks (
  saga_id uuid not null references suites.sagas on delete cascade,
  -- What the saga itself asks for, a step that is stuck, or a fault of the saga.
  kind text not null check (kind in ('saga', 'step', 'fault')),
  name text not null,
  title jsonb not null,
  -- dropped: it is no longer asked for.
  state text not null default 'open' check (state in ('open', 'settled', 'dropped')),
  opened_at timestamptz not null default now(),
  ended_at timestamptz,
  note text,
  settled_by text,
  primary key (saga_id, kind, name)
);
comment on table suites.saga_tasks is 'What a person has to settle before a saga can go on.';

alter table suites.sagas owner to suites_owner;
alter table suites.saga_steps owner to suites_owner;
alter table suites.saga_log owner to suites_owner;
alter table suites.saga_deadlines owner to suites_owner;
alter table suites.saga_tasks owner to suites_owner;
-- What happened is added to, and nothing else.
revoke update, truncate on suites.saga_log from suites_owner;

insert into auth.permissions (key, title) values
  ('suites.sagas', 'See business processes over several suites'),
  ('suites.steer', 'Retry and undo business processes, and settle their tasks');

alter table suites.sagas enable row level security;
grant select on suites.sagas to authenticated, service_role;
create policy readers on suites.sagas for select to authenticated
  using (org_id = (select auth.org_id()) and (select auth.has_permission('suites.sagas')));
do $$
declare
  part text;
begin
  foreach part in array array['saga_steps', 'saga_log', 'saga_deadlines', 'saga_tasks'] loop
    execute format('alter table suites.%I enable row level security', part);
    execute format('grant select on suites.%I to authenticated, service_role', part);
    -- Whoever may see the saga: the policy above is asked.
    execute format(
      'create policy readers on suites.%I for select to authenticated
         using (exists (select from suites.sagas s where s.id = saga_id))', part);
  end loop;
end
$$;

-- Settles for whose sagas the transaction speaks, or raises SU001, SU002 or SU006 as suites.begin_use_case does. The
-- caller's claims are those of the transaction.
create function suites.begin_sagas(permission text, wanted_org uuid) returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  claims jsonb := coalesce(nullif(current_setting('request.jwt.claims', true), '')::jsonb, '{}');
  org uuid;
begin
  if coalesce(claims ->> 'role', 'anon') = 'anon' then
    raise exception 'not signed in' using errcode = 'SU006';
  end if;
  if claims ->> 'role' = 'authenticated' then
    org := auth.org_id();
  else
    select o.id into org from auth.organisations o
    where o.id = coalesce(wanted_org, '00000000-0000-0000-0000-000000000001') and o.status = 'active';
  end if;
  if org is null then
    raise exception 'no organisation' using errcode = 'SU002';
  end if;
  if not auth.has_permission(permission, org) then
    raise exception 'permission denied' using errcode = 'SU001';
  end if;
  return org;
end
$$;
alter function suites.begin_sagas(text, uuid) owner to suites_owner;
revoke all on function suites.begin_sagas(text, uuid) from public;

-- Answers of sagas that have not ended are kept: a step whose answer was lost on the way asks for it again, however
-- late that is.
create or replace function suites.sweep_answers(max_rows integer default 10000) returns bigint
language plpgsql volatile
set search_path = ''
as $$
declare
  swept bigint;
begin
  delete from suites.answers
  where id in (
    select a.id from suites.answers a
    where a.created_at < now() - interval '24 hours' and not a.lasting and not exists (
      select from suites.saga_steps t join suites.sagas s on s.id = t.saga_id
      where t.answer_id = a.id and s.ended_at is null)
    order by a.created_at
    limit max_rows
    for update skip locked
  );
  get diagnostics swept = row_count;
  return swept;
end
$$;
