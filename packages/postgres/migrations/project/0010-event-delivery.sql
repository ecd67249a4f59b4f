-- as: admin
-- What the delivery of events stands on: the publications the log is read through, the rest of an event's envelope,
-- what each consumer has handled, and what it could not. A service asks about an event and remembers it in the
-- transaction of the effects, which it runs on its own login: triggers of the project's owner may fire there, and must
-- find no stronger login to fall back to. The reading of the log and the book-keeping around it have a role of their own.

-- Everything the platform reads, whether or not a client may subscribe to it. A partition's rows appear as the log's.
create publication ashlar_stream for table events.log with (publish = 'insert', publish_via_partition_root = true);

-- The tables clients may subscribe to; a project's owner adds them.
do $$
begin
  if not exists (select from pg_catalog.pg_publication where pubname = 'supabase_realtime') then
    create publication supabase_realtime;
    alter publication supabase_realtime owner to :owner_role;
  end if;
end
$$;

-- Taken when the event is added: two events of one aggregate, whose writers wait for each other, are in this order.
-- Neither the time (of the transaction's begin) nor the id (random within a millisecond) says so.
create sequence events.log_seq;
alter table events.log
  add column seq bigint,
  add column dataschema text,
  add column aggregateversion bigint,
  add column causationid text,
  add column correlationid text;
create index on events.log (seq);
comment on column events.log.seq is 'Order within an aggregate; null for events from before there was delivery.';

-- One row per event a consumer has dealt with, in daily partitions that leave together with the log's.
create table events.inbox (
  consumer text not null,
  event_id uuid not null,
  event_time timestamptz not null,
  primary key (event_time, consumer, event_id)
) partition by range (event_time);

create table events.consumers (
  consumer text not null,
  -- A type, or the beginning of types and '*'.
  type text not null,
  since_seq bigint not null,
  -- It has not seen all that the log carried, and has to look into events.log for the rest.
  behind boolean not null default true,
  -- Who serves it now; only that one may say that it is no longer behind.
  reader uuid,
  primary key (consumer, type)
);
comment on column events.consumers.since_seq is 'What was emitted up to there is none of its business.';

create table events.dead_letters (
  consumer text not null,
  event_id uuid not null,
  aggregate text not null,
  seq bigint not null,
  -- Whole, because a day of the log may be swept before somebody looks.
  event jsonb not null,
  -- retrying: failed, and tried again at next_at. waiting: stands behind such a one. dead: given up.
  state text not null check (state in ('retrying', 'waiting', 'dead')),
  attempts integer not null default 0,
  next_at timestamptz,
  error text,
  parked_at timestamptz not null default now(),
  primary key (consumer, event_id)
);
create index on events.dead_letters (consumer, aggregate, seq);
create index on events.dead_letters (consumer, next_at) where state = 'retrying';

-- Makes a parent's partition of a UTC day if it is missing.
create function events.ensure_day(parent text, day date) returns void
language plpgsql
set search_path = ''
set timezone = 'UTC'
as $$
declare
  partition_name text := parent || '_' || to_char(day, 'YYYYMMDD');
begin
  if to_regclass('events.' || partition_name) is not null then
    return;
  end if;
  perform pg_advisory_xact_lock(hashtext('events.ensure_partition'));
  if to_regclass('events.' || partition_name) is not null then
    return;
  end if;
  execute format('create table events.%I (like events.%I including all)', partition_name, parent);
  execute format(
    'alter table events.%I attach partition events.%I for values from (%L) to (%L)',
    parent, partition_name, day::timestamptz, (day + 1)::timestamptz
  );
end
$$;

create or replace function events.ensure_partition(day date) returns void
language sql
set search_path = ''
as $$ select events.ensure_day('log', day) $$;

-- Drops the days of a parent that are older; returns how many.
create function events.drop_days(parent text, keep_days integer) returns integer
language plpgsql
set search_path = ''
set timezone = 'UTC'
as $$
declare
  expired text;
  dropped integer := 0;
begin
  for expired in
    select child.relname
    from pg_catalog.pg_inherits
    join pg_catalog.pg_class child on child.oid = inhrelid
    where inhparent = format('events.%I', parent)::regclass
      and to_date(substring(child.relname from '_(\d{8})$'), 'YYYYMMDD') < current_date - keep_days
    order by child.relname
  loop
    execute format('drop table events.%I', expired);
    dropped := dropped + 1;
  end loop;
  return dropped;
end
$$;

create or replace function events.maintain(ahead_days integer default 7, keep_days integer default 7) returns integer
language plpgsql
set search_path = ''
set timezone = 'UTC'
as $$
declare
  dropped integer;
begin
  if ahead_days not between 1 and 366 or keep_days not between 1 and 3660 then
    raise exception 'events.maintain wants ahead_days 1..366 and keep_days 1..3660, got % and %', ahead_days, keep_days
      using errcode = 'invalid_parameter_value';
  end if;
  for day_offset in 0..ahead_days loop
    perform events.ensure_day('log', current_date + day_offset);
    perform events.ensure_day('inbox', current_date + day_offset);
  end loop;
  dropped := events.drop_days('log', keep_days);
  -- One day more: an event is remembered for longer than it can be met in the log.
  perform events.drop_days('inbox', keep_days + 1);
  return dropped;
end
$$;

-- Adds an event to the log and returns its id. `envelope` may hold dataschema, aggregateversion, causationid and
-- correlationid. Who may emit what: see the function of three arguments, which this one replaces in effect.
create function events.emit(type text, subject text, data jsonb, envelope jsonb) returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  caller text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
  emitter text := split_part(type, '.', 1);
  -- Two settings that callers may leave empty or unset.
  claims jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  headers jsonb := nullif(current_setting('request.headers', true), '')::jsonb;
  event_id uuid := events.uuid_v7();
  unknown text;
begin
  if type is null or type !~ '^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+$' or length(type) > 200 then
    raise exception 'An event type looks like app.order.placed, at most 200 characters; got %',
      coalesce(left(type, 250), 'null')
      using errcode = 'invalid_parameter_value';
  end if;
  if length(subject) > 500 then
    raise exception 'The subject of event % has % characters; 500 are allowed', type, length(subject)
      using errcode = 'program_limit_exceeded';
  end if;
  if octet_length(data::text) > 262144 then
    raise exception 'The data of event % has % bytes; 262144 are allowed', type, octet_length(data::text)
      using errcode = 'program_limit_exceeded', hint = 'Store large content in a table and name its key in the event.';
  end if;
  if octet_length(envelope::text) > 4096 then
    raise exception 'The envelope of event % has % bytes; 4096 are allowed', type, octet_length(envelope::text)
      using errcode = 'program_limit_exceeded';
  end if;
  if envelope is not null and jsonb_typeof(envelope) <> 'object' then
    raise exception 'The envelope of event % is no object', type using errcode = 'invalid_parameter_value';
  end if;
  select min(key) into unknown
  from jsonb_object_keys(coalesce(envelope, '{}')) key
  where key not in ('dataschema', 'aggregateversion', 'causationid', 'correlationid');
  if unknown is not null then
    raise exception 'The envelope of event % has the member %; dataschema, aggregateversion, causationid and correlationid are known', type, unknown
      using errcode = 'invalid_parameter_value';
  end if;
  if emitter <> 'app' and caller not in (emitter, emitter || '_owner') then
    raise exception 'Role % may not emit events of type %', caller, type
      using errcode = 'insufficient_privilege', hint = format('Emit app.* events, or %s.* as role %s.', emitter, emitter);
  end if;

  perform events.ensure_day('log', (now() at time zone 'UTC')::date);
  insert into events.log (
    id, type, source, subject, data, time, org, actor, traceparent,
    seq, dataschema, aggregateversion, causationid, correlationid
  )
  values (
    event_id,
    type,
    format('/%s/%s', current_database(), caller),
    subject,
    coalesce(data, '{}'),
    now(),
    coalesce(claims ->> 'org_id', claims -> 'app_metadata' ->> 'org_id'),
    claims ->> 'sub',
    coalesce(nullif(current_setting('request.traceparent', true), ''), headers ->> 'traceparent'),
    nextval('events.log_seq'),
    envelope ->> 'dataschema',
    (envelope ->> 'aggregateversion')::bigint,
    envelope ->> 'causationid',
    envelope ->> 'correlationid'
  );
  return event_id;
end
$$;

create or replace function events.emit(type text, subject text, data jsonb) returns uuid
language sql volatile security definer
set search_path = ''
as $$ select events.emit(type, subject, data, null) $$;

-- Who may say that a consumer has dealt with an event: the role its name begins with, as long as it is served, and the
-- role that delivers. A project's own roles are no consumers' first word.
create function events.assert_consumer(for_consumer text) returns void
language plpgsql stable
set search_path = ''
as $$
declare
  caller text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
begin
  if caller in ('events', 'events_owner') then
    return;
  end if;
  if caller <> split_part(for_consumer, '.', 1)
    or not exists (select from events.consumers c where c.consumer = for_consumer) then
    raise exception 'Role % may not handle events as %', caller, left(for_consumer, 250)
      using errcode = 'insufficient_privilege', hint = 'A consumer is named after the role it runs as.';
  end if;
end
$$;

-- What a consumer is to do with an event, settled for the rest of the transaction. Transactions of one aggregate and
-- consumer exclude each other, and one with many events excludes all others of its consumer.
--   taken     handle it; that it was handled is written, and holds if the transaction commits
--   repeated  it was handled before
--   blocked   an event before it in the same aggregate has failed and is not done with
--   early     the transaction that emitted it cannot be seen yet: the log is read a moment before it can
create function events.take(
  for_consumer text, id uuid, at timestamptz, of_aggregate text, must_be_visible boolean
) returns text
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform events.assert_consumer(for_consumer);
  -- Two processes meet here when one takes over from another that is not quite dead.
  perform pg_advisory_xact_lock_shared(hashtextextended(for_consumer, 5417322011));
  perform pg_advisory_xact_lock(hashtextextended(for_consumer || ' ' || of_aggregate, 5417322010));
  if exists (
    select from events.inbox i where i.event_time = at and i.consumer = for_consumer and i.event_id = take.id
  ) then
    return 'repeated';
  end if;
  if must_be_visible and not exists (select from events.log l where l.time = at and l.id = take.id) then
    return 'early';
  end if;
  if exists (select from events.dead_letters d where d.consumer = for_consumer and d.aggregate = of_aggregate) then
    return 'blocked';
  end if;
  perform events.ensure_day('inbox', (at at time zone 'UTC')::date);
  insert into events.inbox (consumer, event_id, event_time) values (for_consumer, id, at);
  return 'taken';
end
$$;

-- The same for an event that failed before; it leaves the dead letters if the transaction commits.
--   taken     handle it
--   repeated  it was handled after all
--   gone      somebody else is done with it
create function events.retake(for_consumer text, id uuid, at timestamptz, of_aggregate text) returns text
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform events.assert_consumer(for_consumer);
  perform pg_advisory_xact_lock_shared(hashtextextended(for_consumer, 5417322011));
  perform pg_advisory_xact_lock(hashtextextended(for_consumer || ' ' || of_aggregate, 5417322010));
  delete from events.dead_letters d where d.consumer = for_consumer and d.event_id = retake.id and d.state <> 'dead';
  if not found then
    return 'gone';
  end if;
  perform events.ensure_day('inbox', (at at time zone 'UTC')::date);
  insert into events.inbox (consumer, event_id, event_time) values (for_consumer, id, at) on conflict do nothing;
  return case when found then 'taken' else 'repeated' end;
end
$$;

-- The answers of `events.take` for many events, in their order. When one of them is early, all are, and nothing has
-- happened.
create function events.take_many(
  for_consumer text, ids uuid[], times timestamptz[], aggregates text[], must_be_visible boolean
) returns text[]
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  answers text[];
  day date;
begin
  perform events.assert_consumer(for_consumer);
  perform pg_advisory_xact_lock(hashtextextended(for_consumer, 5417322011));
  answers := array(
    select case
        -- A transaction that was cut off in the middle is told from its beginning.
        when row_number() over (partition by e.id order by e.n) > 1 then 'repeated'
        when exists (
          select from events.inbox i where i.event_time = e.at and i.consumer = for_consumer and i.event_id = e.id
        ) then 'repeated'
        when must_be_visible and not exists (select from events.log l where l.time = e.at and l.id = e.id) then 'early'
        when exists (
          select from events.dead_letters d where d.consumer = for_consumer and d.aggregate = e.aggregate
        ) then 'blocked'
        else 'taken'
      end
    from unnest(ids, times, aggregates) with ordinality e(id, at, aggregate, n)
    order by e.n
  );
  if 'early' = any (answers) then
    return array_fill('early'::text, array[cardinality(ids)]);
  end if;
  for day in
    select distinct (times[n] at time zone 'UTC')::date from generate_subscripts(ids, 1) n where answers[n] = 'taken'
  loop
    perform events.ensure_day('inbox', day);
  end loop;
  insert into events.inbox (consumer, event_id, event_time)
  select for_consumer, ids[n], times[n] from generate_subscripts(ids, 1) n where answers[n] = 'taken';
  return answers;
end
$$;

-- Gives an event up for good. Remembered as dealt with, or a consumer that reads the event log again would meet it
-- there. Returns whether there was one.
create function events.discard(for_consumer text, id text) returns boolean
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  event_id uuid;
  at timestamptz;
begin
  delete from events.dead_letters d where d.consumer = for_consumer and d.event_id::text = discard.id
  returning d.event_id, (d.event ->> 'time')::timestamptz into event_id, at;
  if event_id is null then
    return false;
  end if;
  perform events.ensure_day('inbox', (at at time zone 'UTC')::date);
  insert into events.inbox (consumer, event_id, event_time) values (for_consumer, event_id, at) on conflict do nothing;
  return true;
end
$$;

do $$
declare
  routine regprocedure;
begin
  for routine in
    select p.oid from pg_proc p
    where p.proname = 'pg_logical_emit_message' and p.pronamespace = 'pg_catalog'::regnamespace
  loop
    execute format('grant execute on function %s to events_owner, events', routine);
  end loop;
exception
  when insufficient_privilege then
    raise notice 'pg_logical_emit_message could not be granted: %', sqlerrm;
end
$$;

alter sequence events.log_seq owner to events_owner;
alter table events.inbox owner to events_owner;
alter table events.consumers owner to events_owner;
alter table events.dead_letters owner to events_owner;
alter function events.ensure_day(text, date) owner to events_owner;
alter function events.drop_days(text, integer) owner to events_owner;
alter function events.emit(text, text, jsonb, jsonb) owner to events_owner;
alter function events.take(text, uuid, timestamptz, text, boolean) owner to events_owner;
alter function events.retake(text, uuid, timestamptz, text) owner to events_owner;
alter function events.assert_consumer(text) owner to events_owner;
alter function events.take_many(text, uuid[], timestamptz[], text[], boolean) owner to events_owner;
alter function events.discard(text, text) owner to events_owner;

revoke all on all functions in schema events from public;
grant execute on function
  events.uuid_v7(timestamptz), events.emit(text, text, jsonb), events.emit(text, text, jsonb, jsonb) to public;

-- Open to every role, since services come and go: each may speak for its own consumers alone.
grant execute on function
  events.take(text, uuid, timestamptz, text, boolean), events.retake(text, uuid, timestamptz, text),
  events.take_many(text, uuid[], timestamptz[], text[], boolean) to public;

grant execute on function events.discard(text, text) to events;
grant select on events.log, events.inbox, events.log_seq to events;
grant select, insert, update, delete on events.consumers, events.dead_letters to events;

set local role events_owner;
select events.maintain();
