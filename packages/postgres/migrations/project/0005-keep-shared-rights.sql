-- as: admin
-- The owner's role is the same one in every project of a cluster, and DROP OWNED revokes what it was granted on all
-- databases, not on this one alone: one project would close its neighbours. What it owns here it can drop by name.

create function ashlar.refuse_drop_owned() returns event_trigger
language plpgsql
set search_path = ''
as $$
begin
  if not (select r.rolsuper from pg_catalog.pg_roles r where r.rolname = current_user) then
    raise exception using
      errcode = 'insufficient_privilege',
      message = 'DROP OWNED would also revoke rights in other projects of this server',
      hint = 'Drop the schemas or tables by name.';
  end if;
end
$$;

do $$
begin
  create event trigger ashlar_refuse_drop_owned on ddl_command_start
    when tag in ('DROP OWNED') execute function ashlar.refuse_drop_owned();
exception
  when insufficient_privilege then
    raise notice 'no event triggers: %', sqlerrm;
end
$$;
