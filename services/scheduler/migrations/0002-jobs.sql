-- Jobs, their steps, queues and schedules. Everything that moves a job goes through the functions below, so that a
-- process of any version keeps the same rules.

create table scheduler.jobs (
  id uuid primary key,
  -- Order of arrival.
  seq bigint generated always as identity,
  -- Whose job it is; empty: the platform's own, which no project sees and which leaves when it is done.
  project text not null default '',
  queue text not null,
  task text not null,
  payload jsonb not null default '{}',
  -- One job of a key at a time, until it has ended.
  key text,
  -- Jobs of one lane of a queue are done one after the other.
  lane text,
  -- Lower ones first.
  priority integer not null default 0,
  -- scheduled: its time has not come (a delay, or the pause before another attempt). waiting: it may begin.
  state text not null check (state in ('scheduled', 'waiting', 'running', 'succeeded', 'failed', 'cancelled')),
  -- It waits behind another of its lane; whoever ends that one sets it free.
  held boolean not null default false,
  run_at timestamptz not null default now(),
  attempts integer not null default 0,
  max_attempts integer not null,
  backoff_ms integer not null,
  -- Of one attempt.
  timeout_ms integer not null,
  -- Of the whole job.
  deadline timestamptz,
  -- What the job may do at most: the role of who made it.
  authority text not null default 'service_role',
  locked_by text,
  cancel_requested boolean not null default false,
  -- A newer one of its key has come while it ran: it is not tried again.
  superseded boolean not null default false,
  progress jsonb,
  result jsonb,
  -- The last ten: {attempt, at, message}.
  errors jsonb not null default '[]',
  schedule text,
  scheduled_for timestamptz,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz
);
-- Every job is written three times; what is dead must leave as fast.
alter table scheduler.jobs set (
  fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0,
  autovacuum_analyze_scale_factor = 0.05);
comment on table scheduler.jobs is 'Work to be done in the background and its history.';

create index jobs_waiting on scheduler.jobs (task, project, queue, priority, seq) where state = 'waiting' and not held;
create index jobs_scheduled on scheduler.jobs (run_at) where state = 'scheduled';
create index jobs_running on scheduler.jobs (project, queue) where state = 'running';
create index jobs_of_lane on scheduler.jobs (project, queue, lane, priority, seq)
  where lane is not null and state in ('waiting', 'running');
create unique index jobs_key on scheduler.jobs (project, key)
  where key is not null and state in ('scheduled', 'waiting', 'running');
-- One process of several fires a tick.
create unique index jobs_tick on scheduler.jobs (project, schedule, scheduled_for) where schedule is not null;
-- Whether one of a schedule has not ended is asked at each tick; its history may be long.
create index jobs_of_schedule on scheduler.jobs (project, schedule)
  where schedule is not null and state in ('scheduled', 'waiting', 'running');
create index jobs_listed on scheduler.jobs (project, seq desc);
create index jobs_finished on scheduler.jobs (finished_at) where finished_at is not null;

create table scheduler.steps (
  job_id uuid not null references scheduler.jobs on delete cascade,
  name text not null,
  result jsonb,
  finished_at timestamptz not null default now(),
  primary key (job_id, name)
);
comment on table scheduler.steps is 'What a job has finished of its parts; a later attempt goes on behind them.';

create table scheduler.queues (
  project text not null,
  name text not null,
  -- Jobs of it that run at once, in all processes together; null: as many as there are workers.
  concurrency integer check (concurrency between 1 and 10000),
  paused boolean not null default false,
  primary key (project, name)
);

-- Where the next look at a project's queues begins, of projects that have more of them than are looked at together.
create table scheduler.positions (
  task text not null,
  project text not null,
  queue text not null,
  primary key (task, project)
);

-- Events of projects that have become jobs, or deliberately none; longer than an event can be delivered again.
create table scheduler.taken_events (
  event_id uuid primary key,
  taken_at timestamptz not null default now()
);
create index on scheduler.taken_events (taken_at);

-- Schedules as their projects' databases have them, with what the clock needs to know.
create table scheduler.schedules (
  project text not null,
  name text not null,
  definition jsonb not null,
  next_at timestamptz,
  last_at timestamptz,
  error text,
  primary key (project, name)
);
create index on scheduler.schedules (next_at) where next_at is not null;

-- One transaction at a time moves jobs into lanes and queues; it is over within a millisecond or a few.
create function scheduler.take_turn() returns void
language sql
set search_path = ''
as $$ select pg_advisory_xact_lock(1785684596) $$;

-- Adds jobs: each {id, project, queue, task, payload, key, repeat, lane, priority, runAt, maxAttempts, backoffMs,
-- timeoutMs, deadline, authority, schedule, scheduledFor}. `repeat`: `keep` leaves a job of the key that has not
-- ended, `replace` takes its place. Returns for each the job that is there then.
create function scheduler.add(jobs jsonb) returns table (given uuid, id uuid)
language plpgsql
set search_path = ''
-- Each look is one by key, whatever the table was like when the plan was made: a plan made on an empty one is kept, and
-- would hash all jobs there are.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
  placed jsonb;
  wanted jsonb;
  replaced uuid;
begin
  select coalesce(jsonb_agg(p.job || jsonb_build_object('seq', p.seq)), '[]') into placed from (
    select j.job, nextval('scheduler.jobs_seq_seq') as seq
    from (select job from jsonb_array_elements(jobs) with ordinality j (job, n) order by n) j
  ) p;
  if jsonb_path_exists(jobs, '$[*] ? (@.repeat == "replace")') then
    perform scheduler.take_turn();
    for wanted in select j from jsonb_array_elements(placed) j
      order by j ->> 'project', j ->> 'key', j ->> 'schedule', (j ->> 'scheduledFor')::timestamptz, (j ->> 'seq')::bigint
    loop
      replaced := null;
      if wanted ->> 'repeat' = 'replace' then
        update scheduler.jobs o
        set task = n.task, queue = n.queue, payload = coalesce(n.payload, '{}'), lane = n.lane,
          priority = coalesce(n.priority, 0), run_at = coalesce(n."runAt", now()), attempts = 0,
          state = case when n."runAt" > now() then 'scheduled' else 'waiting' end, held = false,
          max_attempts = n."maxAttempts", backoff_ms = n."backoffMs", timeout_ms = n."timeoutMs",
          deadline = n.deadline, authority = coalesce(n.authority, 'service_role')
        from scheduler.read_jobs(jsonb_build_array(wanted)) n
        where o.project = n.project and o.key = n.key and o.state in ('scheduled', 'waiting') and o.id <> n.id
        returning o.id into replaced;
        if replaced is null then
          update scheduler.jobs o set key = null, superseded = true
          where o.project = wanted ->> 'project' and o.key = wanted ->> 'key' and o.state = 'running'
            and o.id <> (wanted ->> 'id')::uuid;
        end if;
      end if;
      if replaced is null then perform scheduler.insert_jobs(jsonb_build_array(wanted)); end if;
    end loop;
  else
    perform scheduler.insert_jobs(placed);
  end if;
  perform pg_notify('ashlar_jobs', '');
  return query
    select n.id, coalesce(own.id, of_key.id, of_tick.id)
    from scheduler.read_jobs(jobs) n
    left join lateral (select o.id from scheduler.jobs o where o.id = n.id limit 1) own on true
    left join lateral (
      select o.id from scheduler.jobs o
      where own.id is null and o.project = n.project and o.key = n.key and o.state in ('scheduled', 'waiting', 'running')
      limit 1
    ) of_key on true
    left join lateral (
      select o.id from scheduler.jobs o
      where own.id is null and o.project = n.project and o.schedule = n.schedule and o.scheduled_for = n."scheduledFor"
      limit 1
    ) of_tick on true;
end
$$;

-- `seq` is their place in line.
create function scheduler.read_jobs(jobs jsonb) returns table (
  id uuid, project text, queue text, task text, payload jsonb, key text, repeat text, lane text, priority integer,
  "runAt" timestamptz, "maxAttempts" integer, "backoffMs" integer, "timeoutMs" integer, deadline timestamptz,
  authority text, schedule text, "scheduledFor" timestamptz, seq bigint)
language sql stable
set search_path = ''
as $$
  select * from jsonb_to_recordset(jobs) as n (
    id uuid, project text, queue text, task text, payload jsonb, key text, repeat text, lane text, priority integer,
    "runAt" timestamptz, "maxAttempts" integer, "backoffMs" integer, "timeoutMs" integer, deadline timestamptz,
    authority text, schedule text, "scheduledFor" timestamptz, seq bigint)
$$;

create function scheduler.insert_jobs(jobs jsonb) returns void
language sql
set search_path = ''
as $$
  insert into scheduler.jobs (
    id, seq, project, queue, task, payload, key, lane, priority, state, run_at, max_attempts, backoff_ms, timeout_ms,
    deadline, authority, schedule, scheduled_for)
  overriding system value
  select id, seq, project, queue, task, coalesce(payload, '{}'), key, lane, coalesce(priority, 0),
    case when "runAt" > now() then 'scheduled' else 'waiting' end, coalesce("runAt", now()), "maxAttempts",
    "backoffMs", "timeoutMs", deadline, coalesce(authority, 'service_role'), schedule, "scheduledFor"
  from scheduler.read_jobs(jobs)
  -- Two that add the same keys at once wait for each other in one order.
  order by project, key, schedule, "scheduledFor", seq
  on conflict do nothing
$$;

-- Sets the next of these lanes free. Under scheduler.take_turn().
create function scheduler.free_lanes(lanes jsonb) returns void
language sql
set search_path = ''
as $$
  update scheduler.jobs set held = false
  where id in (
    select next.id
    from (select distinct l ->> 'project' as project, l ->> 'queue' as queue, l ->> 'lane' as lane
      from jsonb_array_elements(lanes) l) l
    cross join lateral (
      select o.id, o.held from scheduler.jobs o
      where o.project = l.project and o.queue = l.queue and o.lane = l.lane and o.state = 'waiting'
      order by o.priority, o.seq limit 1
    ) next
    where next.held
  )
$$;

-- Queues in which jobs of these tasks wait: of each project at most so many, and at the next look the next ones, so
-- that one with thousands of queues takes no more of everybody's time. Under scheduler.take_turn().
create function scheduler.heads(tasks text[], most integer) returns table (task text, project text, queue text)
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  began_after text;
  seen integer;
begin
  foreach task in array tasks loop
    project := null;
    loop
      if project is null then
        select j.project into project from scheduler.jobs j
        where j.state = 'waiting' and not j.held and j.task = heads.task order by j.project limit 1;
      else
        select j.project into project from scheduler.jobs j
        where j.state = 'waiting' and not j.held and j.task = heads.task and j.project > heads.project
        order by j.project limit 1;
      end if;
      exit when not found;
      select p.queue into began_after from scheduler.positions p where p.task = heads.task and p.project = heads.project;
      queue := coalesce(began_after, '');
      seen := 0;
      loop
        select j.queue into queue from scheduler.jobs j
        where j.state = 'waiting' and not j.held and j.task = heads.task and j.project = heads.project
          and j.queue > heads.queue
        order by j.queue limit 1;
        exit when not found;
        return next;
        seen := seen + 1;
        exit when seen = most;
      end loop;
      if seen = most then
        insert into scheduler.positions values (heads.task, heads.project, heads.queue)
        on conflict on constraint positions_pkey do update set queue = excluded.queue;
      elsif began_after is not null then
        delete from scheduler.positions p where p.task = heads.task and p.project = heads.project;
      end if;
    end loop;
  end loop;
  -- Where nothing waits any more there is no next look.
  delete from scheduler.positions p
  where p.task = any (tasks) and not exists (
    select from scheduler.jobs j
    where j.state = 'waiting' and not j.held and j.task = p.task and j.project = p.project);
end
$$;

-- Gives a worker up to `wanted` jobs of these tasks, of all queues in turn; of one project it has at most `share` at
-- once, so that the slow jobs of one leave room for the others.
create function scheduler.fetch(worker text, tasks text[], wanted integer, share integer) returns setof scheduler.jobs
language plpgsql
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
-- What is lost of it in a crash of the server is a job that is done again, as after any other crash.
set synchronous_commit = off
as $$
declare
  found_heads jsonb;
  chosen uuid[];
  blocked uuid[];
begin
  perform scheduler.take_turn();
  update scheduler.jobs set state = 'waiting'
  where id in (
    select j.id from scheduler.jobs j where j.state = 'scheduled' and j.run_at <= now()
    order by j.run_at limit 1000 for update
  );
  select jsonb_agg(h) into found_heads from scheduler.heads(tasks, 100) h;
  if found_heads is null then return; end if;
  -- Each round passes by what stands behind a busy lane, and takes it out of the way.
  for round in 1..100 loop
    with room as (
      select h.*, case when q.paused then 0 when q.concurrency is null then wanted else q.concurrency - (
          select count(*) from scheduler.jobs r
          where r.state = 'running' and r.project = h.project and r.queue = h.queue
        )::integer end as places,
        case when h.project = '' then wanted else share - (
          select count(*) from scheduler.jobs r
          where r.state = 'running' and r.project = h.project and r.locked_by = worker
        )::integer end as project_places
      from jsonb_to_recordset(found_heads) as h (task text, project text, queue text)
      left join lateral (
        select * from scheduler.queues o where o.project = h.project and o.name = h.queue limit 1) q on true
    ), candidates as (
      select j.id, j.project, j.queue, j.lane, j.priority, j.seq, r.places, r.project_places
      from room r cross join lateral (
        select * from scheduler.jobs j
        where j.state = 'waiting' and not j.held and j.task = r.task and j.project = r.project and j.queue = r.queue
          and r.places > 0 and r.project_places > 0
        order by j.priority, j.seq limit case when round = 1 then wanted else 1000 end) j
    ), judged as (
      select c.*, c.lane is not null and (
        row_number() over (partition by c.project, c.queue, c.lane order by c.priority, c.seq) > 1
        or exists (select from scheduler.jobs r where r.state = 'running' and r.project = c.project
          and r.queue = c.queue and r.lane = c.lane)) as is_blocked
      from candidates c
    ), ranked as (
      select f.*, row_number() over (partition by f.project, f.queue order by f.priority, f.seq) as place,
        row_number() over (partition by f.project order by f.priority, f.seq) as project_place
      from judged f where not f.is_blocked
    ), best as (
      select r.id from ranked r where r.place <= r.places and r.project_place <= r.project_places
      order by r.priority, r.place, r.seq limit wanted
    )
    select (select array_agg(b.id) from best b), (select array_agg(j.id) from judged j where j.is_blocked)
    into chosen, blocked;
    if blocked is not null then
      update scheduler.jobs j set held = true where j.id = any (blocked);
    end if;
    exit when chosen is not null or blocked is null;
  end loop;
  return query
    update scheduler.jobs j
    set state = 'running', locked_by = worker, attempts = j.attempts + 1, started_at = now(), progress = null
    where j.id = any (chosen) and j.state = 'waiting'
    returning j.*;
end
$$;

-- Milliseconds until it is worth to look again; null: nobody knows of anything. Where not all queues of a project are
-- looked at together, the next ones have their turn soon.
create function scheduler.next_due_ms() returns bigint
language sql volatile
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
as $$
  select least(
    (select ceil(extract(epoch from min(run_at) - clock_timestamp()) * 1000)::bigint
     from scheduler.jobs where state = 'scheduled'),
    (select 250 from scheduler.positions limit 1))
$$;

-- Notes how attempts of a worker ended: each {id, attempt, how, result, error, pauseMs, lane}. `how`: succeeded,
-- failed (for good), again (after a pause) or returned (untouched, as when the process stops). What another worker
-- has taken over meanwhile is passed by; returns what was noted.
create function scheduler.finish(worker text, outcomes jsonb) returns setof uuid
language plpgsql
set search_path = ''
-- The table may have been empty when its plans were made, and they are kept.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  lanes jsonb;
begin
  if jsonb_path_exists(outcomes, '$[*] ? (@.lane == true)') then
    perform scheduler.take_turn();
    select jsonb_agg(jsonb_build_object('project', j.project, 'queue', j.queue, 'lane', j.lane)) into lanes
    from jsonb_to_recordset(outcomes) as o (id uuid)
    join scheduler.jobs j on j.id = o.id where j.lane is not null;
  end if;
  return query
  with ended as materialized (
    select j.id, j.project, o.how, o.result, o.error, o."pauseMs",
      case
        when o.how = 'succeeded' then 'succeeded'
        when j.cancel_requested then 'cancelled'
        when o.how = 'failed' or j.superseded then 'failed'
        when o.how = 'returned' then 'waiting'
        when j.attempts >= j.max_attempts
          or j.deadline <= now() + make_interval(secs => o."pauseMs" / 1000.0) then 'failed'
        else 'scheduled'
      end as state
    from jsonb_to_recordset(outcomes) as o (
      id uuid, attempt integer, how text, result jsonb, error jsonb, "pauseMs" double precision)
    join scheduler.jobs j on j.id = o.id and j.attempts = o.attempt
    where j.state = 'running' and j.locked_by = worker
    order by j.id
    for update of j
  ), gone as (
    delete from scheduler.jobs j using ended e where j.id = e.id and e.project = '' and e.state = 'succeeded'
    returning j.id
  ), noted as (
    update scheduler.jobs j
    set state = e.state,
      locked_by = null,
      attempts = case when e.how = 'returned' then j.attempts - 1 else j.attempts end,
      result = e.result,
      errors = case when e.error is null then j.errors
        when jsonb_array_length(j.errors) >= 10 then (j.errors - 0) || e.error
        else j.errors || e.error end,
      run_at = case when e.state = 'scheduled' then now() + make_interval(secs => e."pauseMs" / 1000.0) else j.run_at end,
      finished_at = case when e.state in ('scheduled', 'waiting') then null else now() end
    from ended e where j.id = e.id and not (e.project = '' and e.state = 'succeeded')
    returning j.id
  )
  select gone.id from gone union all select noted.id from noted;
  if lanes is not null then perform scheduler.free_lanes(lanes); end if;
  if jsonb_path_exists(outcomes, '$[*] ? (@.how == "returned")') then perform pg_notify('ashlar_jobs', ''); end if;
end
$$;

-- Gives back what workers hold that have not been heard of for so long; returns whose jobs they were.
create function scheduler.take_over(silent_seconds integer) returns text[]
language plpgsql
set search_path = ''
-- The table may have been empty when its plans were made, and they are kept.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  dead text[];
  lanes jsonb;
begin
  select array_agg(distinct j.locked_by) into dead
  from scheduler.jobs j
  where j.state = 'running' and j.started_at <= now() - make_interval(secs => silent_seconds) and not exists (
    select from scheduler.workers w
    where w.pool_id = j.locked_by and w.seen_at > now() - make_interval(secs => silent_seconds));
  if dead is null then return null; end if;
  perform scheduler.take_turn();
  with freed as (
    update scheduler.jobs j
    set state = case when j.cancel_requested then 'cancelled'
        when j.superseded or j.attempts >= j.max_attempts then 'failed' else 'waiting' end,
      finished_at = case when j.cancel_requested or j.superseded or j.attempts >= j.max_attempts then now() end,
      locked_by = null,
      errors = (case when jsonb_array_length(j.errors) >= 10 then j.errors - 0 else j.errors end)
        || jsonb_build_object('attempt', j.attempts, 'at', now(), 'message', 'The process that did it ended without a word')
    where j.state = 'running' and j.locked_by = any (dead)
    returning j.project, j.queue, j.lane
  )
  select jsonb_agg(jsonb_build_object('project', project, 'queue', queue, 'lane', lane)) filter (where lane is not null)
  into lanes from freed;
  if lanes is not null then perform scheduler.free_lanes(lanes); end if;
  perform pg_notify('ashlar_jobs', '');
  return dead;
end
$$;

-- Ends a job that has not begun, and asks the worker of one that runs to stop it. Null: there is no such job.
create function scheduler.cancel(of_project text, job uuid) returns text
language plpgsql
set search_path = ''
as $$
declare
  found scheduler.jobs;
begin
  perform scheduler.take_turn();
  update scheduler.jobs j
  set state = case when j.state = 'running' then 'running' else 'cancelled' end,
    cancel_requested = true,
    finished_at = case when j.state = 'running' then null else now() end
  where j.id = job and j.project = of_project and j.state in ('scheduled', 'waiting', 'running')
  returning j.* into found;
  if found.id is null then
    return (select j.state from scheduler.jobs j where j.id = job and j.project = of_project);
  end if;
  if found.state = 'running' then
    perform pg_notify('ashlar_jobs', 'cancel ' || job);
  elsif found.lane is not null then
    perform scheduler.free_lanes(jsonb_build_array(jsonb_build_object(
      'project', found.project, 'queue', found.queue, 'lane', found.lane)));
  end if;
  return found.state;
end
$$;

-- Lets a job that ended without success begin anew, with all its attempts; its steps stay done. False: it did not end
-- so, or another of its key is there.
create function scheduler.retry(of_project text, job uuid) returns boolean
language plpgsql
set search_path = ''
as $$
begin
  update scheduler.jobs j
  set state = 'waiting', held = false, attempts = 0, run_at = now(), finished_at = null, cancel_requested = false,
    superseded = false, deadline = null
  where j.id = job and j.project = of_project and j.state in ('failed', 'cancelled')
    and (j.key is null or not exists (
      select from scheduler.jobs o
      where o.project = j.project and o.key = j.key and o.state in ('scheduled', 'waiting', 'running')));
  if not found then return false; end if;
  perform pg_notify('ashlar_jobs', '');
  return true;
exception
  -- Another of its key has come in this moment.
  when unique_violation then return false;
end
$$;

-- Another time or place in line for a job that has not begun.
create function scheduler.reschedule(of_project text, job uuid, new_run_at timestamptz, new_priority integer) returns boolean
language plpgsql
set search_path = ''
as $$
declare
  moved scheduler.jobs;
begin
  perform scheduler.take_turn();
  update scheduler.jobs j
  set run_at = coalesce(new_run_at, j.run_at), priority = coalesce(new_priority, j.priority), held = false,
    state = case when coalesce(new_run_at, j.run_at) > now() then 'scheduled' else 'waiting' end
  where j.id = job and j.project = of_project and j.state in ('scheduled', 'waiting')
  returning j.* into moved;
  if moved.id is null then return false; end if;
  if moved.lane is not null then
    perform scheduler.free_lanes(jsonb_build_array(jsonb_build_object(
      'project', moved.project, 'queue', moved.queue, 'lane', moved.lane)));
  end if;
  perform pg_notify('ashlar_jobs', '');
  return true;
end
$$;

-- What of the history has had its time; a bounded number of jobs at once.
create function scheduler.forget(done_hours integer, failed_hours integer) returns integer
language plpgsql
set search_path = ''
as $$
declare
  forgotten integer;
begin
  delete from scheduler.workers where seen_at < now() - interval '1 day';
  delete from scheduler.taken_events where event_id in (
    select e.event_id from scheduler.taken_events e where e.taken_at < now() - interval '15 days' limit 10000);
  delete from scheduler.jobs where id in (
    select j.id from scheduler.jobs j
    where j.finished_at < now() - make_interval(hours => case when j.state = 'failed' then failed_hours else done_hours end)
    limit 5000);
  get diagnostics forgotten = row_count;
  return forgotten;
end
$$;

revoke all on all functions in schema scheduler from public;
