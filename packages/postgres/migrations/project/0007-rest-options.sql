-- as: admin
-- Options of the REST API live where PostgREST keeps them, as settings of the project's API login in this database.
-- Only a superuser may alter that login; through this the project's owner may set these options of it and no others.

create function ashlar.set_rest_option(option text, value text) returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  login text := regexp_replace(current_database(), '^project_', '') || '_authenticator';
  wanted text := case option
    when 'db_schemas' then '.+'
    when 'db_extra_search_path' then '.*'
    when 'db_max_rows' then '\d{1,9}'
    when 'db_aggregates_enabled' then 'true|false'
    when 'db_plan_enabled' then 'true|false'
    when 'db_tx_end' then '(commit|rollback)(-allow-override)?'
    when 'db_pre_request' then '.*'
    when 'db_root_spec' then '.*'
    when 'openapi_mode' then 'follow-privileges|ignore-privileges|disabled'
  end;
begin
  if wanted is null then
    raise exception 'There is no REST option "%"', option
      using errcode = 'invalid_parameter_value',
        hint = 'Options are db_schemas, db_extra_search_path, db_max_rows, db_aggregates_enabled, db_plan_enabled, '
          'db_tx_end, db_pre_request, db_root_spec and openapi_mode.';
  end if;
  if value is null then
    execute format('alter role %I in database %I reset pgrst.%I', login, current_database(), option);
  elsif value ~ ('^(' || wanted || ')$') then
    execute format('alter role %I in database %I set pgrst.%I = %L', login, current_database(), option, value);
  else
    raise exception 'REST option % takes a value like %, got "%"', option, wanted, value
      using errcode = 'invalid_parameter_value';
  end if;
  perform pg_notify('pgrst', 'reload config');
end
$$;

revoke all on function ashlar.set_rest_option(text, text) from public;
grant usage on schema ashlar to :owner_role;
grant execute on function ashlar.set_rest_option(text, text) to :owner_role;
