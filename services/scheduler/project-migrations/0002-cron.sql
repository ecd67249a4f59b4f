-- as: admin
-- The words of the extension pg_cron, for those who come with them. Where the extension itself is, it stays.
do $$
begin
  if to_regnamespace('cron') is not null then return; end if;
  create schema cron;

  create view cron.job as
    select id as jobid, schedule, payload ->> 'command' as command, 'localhost'::text as nodename,
      current_setting('port')::integer as nodeport, current_database()::text as database, authority as username,
      active, name as jobname
    from jobs.schedules where task = 'sql' and payload ? 'command';

  create view cron.job_run_details as
    select schedule_id as jobid, runid, pid as job_pid, current_database()::text as database, username, command, status,
      return_message, start_time, end_time
    from jobs.run_details;

  create function cron.schedule(job_name text, schedule text, command text) returns bigint
  language sql volatile security invoker set search_path = ''
  as $f$ select jobs.schedule(job_name, schedule, 'sql', jsonb_build_object('command', command), '{"maxAttempts": 1}') $f$;

  create function cron.schedule(schedule text, command text) returns bigint
  language sql volatile security invoker set search_path = ''
  as $f$ select cron.schedule('job-' || pg_catalog.gen_random_uuid(), schedule, command) $f$;

  create function cron.unschedule(job_name text) returns boolean
  language plpgsql volatile security invoker set search_path = ''
  as $f$
  begin
    if jobs.unschedule(job_name) then return true; end if;
    raise exception 'could not find valid entry for job ''%''', job_name using errcode = 'no_data_found';
  end
  $f$;

  create function cron.unschedule(job_id bigint) returns boolean
  language plpgsql volatile security invoker set search_path = ''
  as $f$
  declare
    found_name text := (select s.name from jobs.schedules s where s.id = job_id);
  begin
    if found_name is null then
      raise exception 'could not find valid entry for job %', job_id using errcode = 'no_data_found';
    end if;
    return cron.unschedule(found_name);
  end
  $f$;

  -- Who writes a schedule anew vouches for its command: one it was not told must be its own.
  create function cron.alter_job(
    job_id bigint, schedule text default null, command text default null, database text default null,
    username text default null, active boolean default null
  ) returns void
  language plpgsql volatile security invoker set search_path = ''
  as $f$
  declare
    job jobs.schedules := (select s from jobs.schedules s where s.id = job_id);
  begin
    if job.id is null then
      raise exception 'Job % does not exist or you don''t own it', job_id using errcode = 'no_data_found';
    end if;
    if database is not null and database <> current_database() or username is not null and username <> job.authority then
      raise exception 'A job runs in the database it was scheduled in, as the role that scheduled it'
        using errcode = 'feature_not_supported';
    end if;
    if schedule is null and command is null then
      perform jobs.set_schedule_active(job.name, coalesce(active, job.active));
      return;
    end if;
    if job.authority <> jobs.authority() and (command is null or job.task <> 'sql') then
      raise exception 'Job % was scheduled by %, and would run as % from now on', job_id, job.authority, jobs.authority()
        using errcode = 'insufficient_privilege', hint = 'Change it as that role, or give the command too.';
    end if;
    perform jobs.schedule(
      job.name, coalesce(schedule, job.schedule), job.task,
      case when command is null then job.payload else jsonb_build_object('command', command) end,
      job.options || jsonb_build_object('timeZone', job.time_zone, 'missed', job.missed, 'overlap', job.overlap,
        'active', coalesce(active, job.active)));
  end
  $f$;

  revoke all on all functions in schema cron from public;
  grant usage on schema cron to service_role, :owner_role;
  grant select on cron.job, cron.job_run_details to service_role, :owner_role;
  grant execute on all functions in schema cron to service_role, :owner_role;
  alter view cron.job owner to scheduler_owner;
  alter view cron.job_run_details owner to scheduler_owner;
end
$$;
