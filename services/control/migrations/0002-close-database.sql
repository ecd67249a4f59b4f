-- as: admin
-- Only the platform connects here, and even that login only through what it was granted: nothing is left to PUBLIC.
revoke all on schema public from public;

-- A message in the log could pass for one of the platform's own to its consumers.
do $$
declare
  routine regprocedure;
begin
  for routine in
    select p.oid from pg_proc p
    where p.proname = 'pg_logical_emit_message' and p.pronamespace = 'pg_catalog'::regnamespace
  loop
    execute format('revoke execute on function %s from public', routine);
  end loop;
exception
  when insufficient_privilege then
    raise notice 'pg_logical_emit_message stays callable by everyone: %', sqlerrm;
end
$$;
