-- as: admin
-- The event log: one row per domain event, inserted in the transaction of its cause, so that the logical
-- replication stream carries it in commit order. Rows are only ever added, and leave with their day's partition.

-- An UUID of version 7 for servers before PostgreSQL 18: 48 bits of milliseconds, then random bits.
create function events.uuid_v7(at timestamptz default clock_timestamp()) returns uuid
language sql volatile parallel safe
set search_path = ''
as $$
  select encode(
    -- Version 4 is 0100 in the high half of byte 6; setting its two low bits makes 0111.
    set_bit(
      set_bit(
        overlay(
          uuid_send(gen_random_uuid())
          placing substring(int8send(floor(extract(epoch from at) * 1000)::bigint) from 3)
          from 1 for 6
        ),
        52, 1
      ),
      53, 1
    ),
    'hex'
  )::uuid
$$;

create table events.log (
  id uuid not null,
  type text not null,
  source text not null,
  subject text,
  data jsonb not null,
  time timestamptz not null,
  org text,
  actor text,
  traceparent text,
  primary key (time, id)
) partition by range (time);

comment on table events.log is 'Domain events (CloudEvents 1.0), one partition per UTC day; written by events.emit alone.';
comment on column events.log.source is 'Database and role the event came from.';
comment on column events.log.subject is 'Id of what the event is about.';
comment on column events.log.org is 'Organisation of the claims the transaction ran with.';
comment on column events.log.actor is 'Subject of the claims the transaction ran with.';

-- Makes the partition of a UTC day if it is missing. ATTACH instead of PARTITION OF, because the latter would wait
-- for every reader and writer of the log.
create function events.ensure_partition(day date) returns void
language plpgsql
set search_path = ''
-- Bounds of a partition are read in the session's time zone.
set timezone = 'UTC'
as $$
declare
  partition_name text := 'log_' || to_char(day, 'YYYYMMDD');
begin
  if to_regclass('events.' || partition_name) is not null then
    return;
  end if;
  perform pg_advisory_xact_lock(hashtext('events.ensure_partition'));
  if to_regclass('events.' || partition_name) is not null then
    return;
  end if;
  execute format('create table events.%I (like events.log including all)', partition_name);
  execute format(
    'alter table events.log attach partition events.%I for values from (%L) to (%L)',
    partition_name, day::timestamptz, (day + 1)::timestamptz
  );
end
$$;

-- Makes today's and the coming days' partitions and drops those older than `keep_days`; returns how many it dropped.
create function events.maintain(ahead_days integer default 7, keep_days integer default 7) returns integer
language plpgsql
set search_path = ''
set timezone = 'UTC'
as $$
declare
  expired text;
  dropped integer := 0;
begin
  if ahead_days not between 1 and 366 or keep_days not between 1 and 3660 then
    raise exception 'events.maintain wants ahead_days 1..366 and keep_days 1..3660, got % and %', ahead_days, keep_days
      using errcode = 'invalid_parameter_value';
  end if;
  for day_offset in 0..ahead_days loop
    perform events.ensure_partition(current_date + day_offset);
  end loop;
  for expired in
    select child.relname
    from pg_catalog.pg_inherits
    join pg_catalog.pg_class child on child.oid = inhrelid
    where inhparent = 'events.log'::regclass
      and to_date(substring(child.relname from '^log_(\d{8})$'), 'YYYYMMDD') < current_date - keep_days
    order by child.relname
  loop
    execute format('drop table events.%I', expired);
    dropped := dropped + 1;
  end loop;
  return dropped;
end
$$;

-- Adds an event to the log and returns its id. `app.*` is open to every role; any other type only to the service or
-- suite whose name it begins with, known by the role it has become: SET ROLE is the server's own check, and it is
-- refused inside a security definer function, so the setting tells the truth.
create function events.emit(type text, subject text, data jsonb) returns uuid
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
begin
  if type is null or type !~ '^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+$' or length(type) > 200 then
    raise exception 'An event type looks like app.order.placed, at most 200 characters; got %', coalesce(type, 'null')
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
  if emitter <> 'app' and caller not in (emitter, emitter || '_owner') then
    raise exception 'Role % may not emit events of type %', caller, type
      using errcode = 'insufficient_privilege', hint = format('Emit app.* events, or %s.* as role %s.', emitter, emitter);
  end if;

  perform events.ensure_partition((now() at time zone 'UTC')::date);
  insert into events.log (id, type, source, subject, data, time, org, actor, traceparent)
  values (
    event_id,
    type,
    format('/%s/%s', current_database(), caller),
    subject,
    coalesce(data, '{}'),
    now(),
    coalesce(claims ->> 'org_id', claims -> 'app_metadata' ->> 'org_id'),
    claims ->> 'sub',
    coalesce(nullif(current_setting('request.traceparent', true), ''), headers ->> 'traceparent')
  );
  return event_id;
end
$$;

alter table events.log owner to events_owner;
alter function events.uuid_v7(timestamptz) owner to events_owner;
alter function events.ensure_partition(date) owner to events_owner;
alter function events.maintain(integer, integer) owner to events_owner;
alter function events.emit(text, text, jsonb) owner to events_owner;

revoke all on all functions in schema events from public;
grant usage on schema events to public;
grant execute on function events.uuid_v7(timestamptz), events.emit(text, text, jsonb) to public;
-- Even the log's owner only adds; a day leaves as a whole.
revoke update, delete, truncate on events.log from events_owner;

set local role events_owner;
select events.maintain();
