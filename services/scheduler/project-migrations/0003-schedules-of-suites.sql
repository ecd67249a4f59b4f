-- Schedules a suite brings along. Only whoever adds suites writes them: their task is none SQL may ask for.

-- Makes these, [{name, schedule}], the schedules of a suite, and tells the scheduler when that changed any. One that was
-- paused stays so.
create function jobs.set_suite_schedules(suite text, schedules jsonb) returns void
language plpgsql volatile
set search_path = ''
as $$
declare
  own_task constant text := 'suite.schedule';
  wanted record;
  changed bigint;
  removed bigint;
begin
  for wanted in select w.schedule from jsonb_to_recordset(schedules) as w (schedule text) loop
    perform jobs.check_schedule(wanted.schedule);
  end loop;
  insert into jobs.schedules as s (name, schedule, task, payload, options, authority)
  select w.name, w.schedule, own_task, jsonb_build_object('suite', suite, 'schedule', w.name), '{"queue": "suites"}',
    'service_role'
  from jsonb_to_recordset(schedules) as w (name text, schedule text)
  on conflict on constraint schedules_pkey do update set
    schedule = excluded.schedule, time_zone = excluded.time_zone, task = excluded.task, payload = excluded.payload,
    options = excluded.options, missed = excluded.missed, overlap = excluded.overlap, authority = excluded.authority,
    changed_at = clock_timestamp()
  where (s.schedule, s.time_zone, s.task, s.payload) is distinct from
    (excluded.schedule, excluded.time_zone, excluded.task, excluded.payload);
  get diagnostics changed = row_count;
  delete from jobs.schedules s
  where s.task = own_task and s.payload ->> 'suite' = set_suite_schedules.suite and not exists (
    select from jsonb_to_recordset(schedules) as w (name text) where w.name = s.name);
  get diagnostics removed = row_count;
  if changed + removed > 0 then
    perform events.emit_for_scheduler('scheduler.schedule.changed', 'schedules', jsonb_build_object('suite', suite));
  end if;
end
$$;
revoke all on function jobs.set_suite_schedules(text, jsonb) from public;
