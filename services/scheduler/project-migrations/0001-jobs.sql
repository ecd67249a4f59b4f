-- as: admin
-- What SQL says of jobs: they are asked for in a transaction of the project's database, and done elsewhere.

-- Adds an event of the scheduler's to the log. events.emit asks for the role the transaction has become, which in the
-- functions below is still their caller's.
create function events.emit_for_scheduler(type text, subject text, data jsonb) returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  claims jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  headers jsonb := nullif(current_setting('request.headers', true), '')::jsonb;
  event_id uuid := events.uuid_v7();
begin
  if type not in ('scheduler.job.enqueued', 'scheduler.schedule.changed') then
    raise exception 'The scheduler emits no events of type %', type using errcode = 'invalid_parameter_value';
  end if;
  perform events.ensure_day('log', (now() at time zone 'UTC')::date);
  insert into events.log (id, type, source, subject, data, time, org, actor, traceparent, seq)
  values (
    event_id, type, format('/%s/scheduler', current_database()), subject, data, now(),
    coalesce(claims ->> 'org_id', claims -> 'app_metadata' ->> 'org_id'), claims ->> 'sub',
    coalesce(nullif(current_setting('request.traceparent', true), ''), headers ->> 'traceparent'),
    nextval('events.log_seq'));
  return event_id;
end
$$;
alter function events.emit_for_scheduler(text, text, jsonb) owner to events_owner;
revoke all on function events.emit_for_scheduler(text, text, jsonb) from public;
grant execute on function events.emit_for_scheduler(text, text, jsonb) to scheduler_owner;

set local role scheduler_owner;

create table jobs.tasks (name text primary key);
comment on table jobs.tasks is 'Tasks a project may ask for by SQL.';
insert into jobs.tasks values ('http'), ('sql');

create table jobs.schedules (
  id bigint generated always as identity unique,
  name text primary key check (char_length(name) between 1 and 200),
  schedule text not null,
  time_zone text not null default 'UTC',
  task text not null,
  payload jsonb not null,
  -- Of its jobs: queue, priority, maxAttempts and the like.
  options jsonb not null default '{}',
  missed text not null default 'once' check (missed in ('skip', 'once', 'all')),
  overlap text not null default 'skip' check (overlap in ('skip', 'allow')),
  active boolean not null default true,
  -- The role of who wrote it, as which its commands run.
  authority text not null,
  changed_at timestamptz not null default now()
);
comment on table jobs.schedules is 'What is to be done when; the scheduler keeps the time.';

create table jobs.run_details (
  runid bigint generated always as identity primary key,
  job_id uuid not null,
  attempt integer not null,
  schedule_id bigint not null,
  pid integer,
  username text not null,
  command text not null,
  status text not null,
  return_message text,
  start_time timestamptz not null default now(),
  end_time timestamptz,
  unique (job_id, attempt)
);
create index on jobs.run_details (start_time);
comment on table jobs.run_details is 'Runs of scheduled SQL, for a week.';

-- What the caller's jobs may do at most. Whoever is none of the API roles and may run these functions is the owner.
create function jobs.authority() returns text
language sql stable
set search_path = ''
as $$
  select case when role in ('anon', 'authenticated', 'service_role') then role else 'postgres' end
  from (select coalesce(nullif(current_setting('role', true), 'none'), session_user::text) as role) caller
$$;

create function jobs.check_job(task text, payload jsonb, options jsonb, known text[]) returns void
language plpgsql stable
set search_path = ''
as $$
declare
  unknown text;
begin
  if task is null or not exists (select from jobs.tasks t where t.name = check_job.task) then
    raise exception 'There is no task %', coalesce(left(task, 100), 'null') using errcode = 'invalid_parameter_value',
      hint = 'Tasks are ' || (select string_agg(t.name, ', ' order by t.name) from jobs.tasks t);
  end if;
  if payload is null or jsonb_typeof(payload) <> 'object' then
    raise exception 'The payload of a job is a JSON object' using errcode = 'invalid_parameter_value';
  end if;
  if octet_length(payload::text) > 200000 then
    raise exception 'The payload has % bytes; 200000 are allowed', octet_length(payload::text)
      using errcode = 'program_limit_exceeded', hint = 'Store large content in a table and name its key.';
  end if;
  if options is null or jsonb_typeof(options) <> 'object' or octet_length(options::text) > 8192 then
    raise exception 'The options of a job are a JSON object of at most 8192 bytes' using errcode = 'invalid_parameter_value';
  end if;
  select min(key) into unknown from jsonb_object_keys(options) key where key <> all (known);
  if unknown is not null then
    raise exception 'There is no option %', left(unknown, 100) using errcode = 'invalid_parameter_value',
      hint = 'Options are ' || array_to_string(known, ', ');
  end if;
end
$$;

-- Asks for a job when the transaction commits; returns its id. A job whose options are refused later on is there all
-- the same, as failed.
create function jobs.enqueue(task text, payload jsonb default '{}', options jsonb default '{}') returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform jobs.check_job(task, payload, options, array[
    'queue', 'key', 'repeat', 'lane', 'priority', 'runAt', 'delaySeconds', 'maxAttempts', 'backoffSeconds',
    'timeoutSeconds', 'deadline']);
  return events.emit_for_scheduler(
    'scheduler.job.enqueued',
    -- What has an order arrives in it.
    left(coalesce(options ->> 'lane', options ->> 'key'), 400),
    jsonb_build_object('task', task, 'payload', payload, 'options', options, 'authority', jobs.authority()));
end
$$;

-- Refuses what is no schedule: five fields, a word such as @daily, or "30 seconds".
create function jobs.check_schedule(schedule text) returns void
language plpgsql immutable
set search_path = ''
as $$
declare
  fields text[] := regexp_split_to_array(btrim(schedule), '\s+');
  lows constant integer[] := '{0,0,1,1,0}';
  highs constant integer[] := '{59,23,31,12,7}';
  titles constant text[] := '{minute,hour,day of the month,month,day of the week}';
  item text;
  parts text[];
  named text;
begin
  if schedule is null or length(schedule) > 200 then
    raise exception 'A schedule is a text of at most 200 characters' using errcode = 'invalid_parameter_value';
  end if;
  if schedule ~ '^\s*([1-9]|[1-5]\d)\s+seconds?\s*$' or lower(btrim(schedule)) = any (array[
    '@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']) then
    return;
  end if;
  if array_length(fields, 1) is distinct from 5 then
    raise exception 'The schedule "%" has not five fields', schedule using errcode = 'invalid_parameter_value',
      hint = 'minute hour day-of-month month day-of-week, such as "30 3 * * *"; @daily; or "30 seconds" up to 59';
  end if;
  for place in 1..5 loop
    named := lower(fields[place]);
    if place = 4 then
      for month in 1..12 loop
        named := regexp_replace(named, '\m' || (array['jan','feb','mar','apr','may','jun','jul','aug','sep','oct','nov','dec'])[month] || '\M', month::text, 'g');
      end loop;
    elsif place = 5 then
      for day in 1..7 loop
        named := regexp_replace(named, '\m' || (array['sun','mon','tue','wed','thu','fri','sat'])[day] || '\M', (day - 1)::text, 'g');
      end loop;
    end if;
    foreach item in array string_to_array(named, ',') loop
      continue when place = 3 and item in ('$', 'l');
      parts := regexp_match(item, '^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?$');
      if parts is null
        or coalesce(parts[1]::integer, lows[place]) not between lows[place] and highs[place]
        or coalesce(parts[2]::integer, highs[place]) not between coalesce(parts[1]::integer, lows[place]) and highs[place]
        or coalesce(parts[3]::integer, 1) not between 1 and highs[place] + 1
      then
        raise exception 'The % "%" of the schedule "%" is none', titles[place], left(item, 50), schedule
          using errcode = 'invalid_parameter_value';
      end if;
    end loop;
  end loop;
end
$$;

-- Makes a schedule or gives the one of this name another content; returns its number. Options are those of a job and
-- timeZone, missed (skip, once, all), overlap (skip, allow), active.
create function jobs.schedule(name text, schedule text, task text, payload jsonb default '{}', options jsonb default '{}')
returns bigint
language plpgsql volatile security definer
set search_path = ''
as $$
#variable_conflict use_variable
declare
  zone text := coalesce(options ->> 'timeZone', 'UTC');
  schedule_id bigint;
begin
  if name is null or length(name) not between 1 and 200 or name ~ '[[:cntrl:]]' then
    raise exception 'A schedule has a name of 1 to 200 characters' using errcode = 'invalid_parameter_value';
  end if;
  perform jobs.check_job(task, payload, options, array[
    'timeZone', 'missed', 'overlap', 'active', 'queue', 'lane', 'priority', 'maxAttempts', 'backoffSeconds', 'timeoutSeconds']);
  perform jobs.check_schedule(schedule);
  if not exists (select from pg_catalog.pg_timezone_names z where z.name = zone) then
    raise exception 'There is no time zone %', left(zone, 100) using errcode = 'invalid_parameter_value',
      hint = 'Use an IANA name such as Asia/Riyadh.';
  end if;
  if coalesce(options ->> 'missed', 'once') not in ('skip', 'once', 'all')
    or coalesce(options ->> 'overlap', 'skip') not in ('skip', 'allow')
    or coalesce(jsonb_typeof(options -> 'active'), 'boolean') <> 'boolean' then
    raise exception 'missed is skip, once or all; overlap is skip or allow; active is true or false'
      using errcode = 'invalid_parameter_value';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('jobs.schedule', 0));
  if (select count(*) from jobs.schedules s where s.name <> schedule.name) >= 500 then
    raise exception 'A project has at most 500 schedules' using errcode = 'program_limit_exceeded';
  end if;
  insert into jobs.schedules as s (name, schedule, time_zone, task, payload, options, missed, overlap, active, authority)
  values (name, btrim(schedule.schedule), zone, task, payload, options - array['timeZone', 'missed', 'overlap', 'active'],
    coalesce(options ->> 'missed', 'once'), coalesce(options ->> 'overlap', 'skip'),
    coalesce((options ->> 'active')::boolean, true), jobs.authority())
  on conflict on constraint schedules_pkey do update set
    schedule = excluded.schedule, time_zone = excluded.time_zone, task = excluded.task, payload = excluded.payload,
    options = excluded.options, missed = excluded.missed, overlap = excluded.overlap, active = excluded.active,
    authority = excluded.authority, changed_at = clock_timestamp()
  returning s.id into schedule_id;
  perform events.emit_for_scheduler('scheduler.schedule.changed', 'schedules', jsonb_build_object('name', name));
  return schedule_id;
end
$$;

-- Pauses a schedule or lets it go on, as whose it is.
create function jobs.set_schedule_active(name text, active boolean) returns boolean
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  update jobs.schedules s set active = set_schedule_active.active, changed_at = clock_timestamp()
  where s.name = set_schedule_active.name and s.active <> set_schedule_active.active;
  if found then
    perform events.emit_for_scheduler('scheduler.schedule.changed', 'schedules', jsonb_build_object('name', name));
  end if;
  return exists (select from jobs.schedules s where s.name = set_schedule_active.name);
end
$$;

-- Removes a schedule; jobs it has made stay. False: there is none.
create function jobs.unschedule(name text) returns boolean
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  delete from jobs.schedules s where s.name = unschedule.name;
  if not found then return false; end if;
  perform events.emit_for_scheduler('scheduler.schedule.changed', 'schedules', jsonb_build_object('name', name));
  return true;
end
$$;

revoke all on all functions in schema jobs from public;
grant usage on schema jobs to service_role, :owner_role;
grant select on jobs.schedules, jobs.run_details, jobs.tasks to service_role, :owner_role;
grant execute on function jobs.authority(), jobs.enqueue(text, jsonb, jsonb), jobs.schedule(text, text, text, jsonb, jsonb),
  jobs.set_schedule_active(text, boolean), jobs.unschedule(text) to service_role, :owner_role;
