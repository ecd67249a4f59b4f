-- as: admin
-- Suites keep what they were added as, and schedules that find nothing to do leave no trace.

-- Of the declaration this project was last brought up to; null: anything may have changed.
alter table suites.installed add column fingerprint text;

-- As before; `note` is null for what nobody asked for and that changed nothing.
create or replace function suites.finish_command(
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
