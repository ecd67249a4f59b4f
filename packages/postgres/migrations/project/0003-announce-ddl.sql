-- as: admin
-- Tells whoever keeps a snapshot of the schema that it changed, at commit, on the channel clients of PostgREST know.

create function ashlar.announce_ddl() returns event_trigger
language plpgsql
set search_path = ''
as $$
begin
  if exists (
    select from pg_event_trigger_ddl_commands() command
    where command.schema_name is distinct from 'pg_temp'
      -- The log makes a partition a day, which no snapshot shows.
      and command.schema_name is distinct from 'events'
      -- Nothing a plan is made from.
      and command.command_tag not in ('REFRESH MATERIALIZED VIEW', 'REINDEX', 'CREATE STATISTICS', 'CREATE SUBSCRIPTION')
  ) then
    notify pgrst, 'reload schema';
  end if;
end
$$;

create function ashlar.announce_drop() returns event_trigger
language plpgsql
set search_path = ''
as $$
begin
  if exists (
    select from pg_event_trigger_dropped_objects() object
    where not object.is_temporary
      and object.schema_name is distinct from 'events'
      and object.object_type not in ('toast table', 'statistics object')
  ) then
    notify pgrst, 'reload schema';
  end if;
end
$$;

-- Without the right to make event triggers the platform compares catalogue fingerprints instead.
do $$
begin
  create event trigger ashlar_announce_ddl on ddl_command_end execute function ashlar.announce_ddl();
  create event trigger ashlar_announce_drop on sql_drop execute function ashlar.announce_drop();
exception
  when insufficient_privilege then
    raise notice 'no event triggers: %', sqlerrm;
end
$$;
