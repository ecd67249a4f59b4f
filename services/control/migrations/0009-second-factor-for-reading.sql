-- Who has a second factor of type app or phone reads nothing of the instance with the first alone, as the control
-- service answers such a caller nothing. Restrictive: whatever another policy lets through, this one has to as well.
create function control.has_shown_factors() returns boolean
-- PL/pgSQL finds the function when it is called: accounts may come to the database after this file.
language plpgsql stable
set search_path = ''
as $$
begin
  return auth.has_shown_factors();
end
$$;
revoke all on function control.has_shown_factors() from public;
grant execute on function control.has_shown_factors() to authenticated;

do $$
declare
  name text;
begin
  foreach name in array array[
    'accounts', 'organisations', 'members', 'projects', 'project_members', 'invitations', 'setup_links', 'api_keys',
    'personal_tokens', 'data_keys', 'secrets', 'settings_history', 'usage', 'audit', 'saved_queries', 'table_views'
  ] loop
    execute format(
      'create policy second_factor on control.%I as restrictive for select to authenticated
        using ((select control.has_shown_factors()))', name);
  end loop;
end
$$;
