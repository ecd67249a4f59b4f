-- as: admin
-- Answers that outlast a day (0003 sweeps the others), whose they are, and facts written by one statement.

alter table suites.answers
  -- Whose command it was: they go with its data.
  add column suite text not null default suites.current_suite(),
  -- Of what must never be done twice: the filling of a demonstration shop may go on after a week.
  add column lasting boolean not null default coalesce(current_setting('suites.key_lasts', true) = 'on', false);
drop index suites.answers_created_at_idx;
create index answers_created_at_idx on suites.answers (created_at) where not lasting;
comment on table suites.answers is 'Answers to commands that carried an Idempotency-Key, kept for a day unless lasting.';

create or replace function suites.finish_command(
  note jsonb, facts jsonb, key_id bytea, answer text
) returns void
language plpgsql volatile
set search_path = ''
as $$
begin
  if note is not null then
    perform suites.add_audit(note);
  end if;
  -- As the suite itself: the log asks whose events they are.
  if facts <> '[]' then
    perform events.emit_many(facts);
  end if;
  if key_id is not null then
    perform suites.keep_answer(key_id, answer);
  end if;
end
$$;
