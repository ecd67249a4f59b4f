-- as: admin
-- Changes of tables become events in the transaction that makes them.

-- Adds an event without asking who emits it; for owners of schemas, whose functions run in other people's transactions.
create function events.append(type text, subject text, data jsonb) returns uuid
language plpgsql volatile security definer set search_path = ''
as $$
declare
  -- Two settings that callers may leave empty or unset.
  claims jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  headers jsonb := nullif(current_setting('request.headers', true), '')::jsonb;
  event_id uuid := events.uuid_v7();
begin
  perform events.ensure_day('log', (now() at time zone 'UTC')::date);
  insert into events.log (id, type, source, subject, data, time, org, actor, traceparent, seq)
  values (
    event_id, type,
    format('/%s/%s', current_database(), coalesce(nullif(current_setting('role', true), 'none'), session_user)),
    subject, data, now(),
    coalesce(claims ->> 'org_id', claims -> 'app_metadata' ->> 'org_id'), claims ->> 'sub',
    coalesce(nullif(current_setting('request.traceparent', true), ''), headers ->> 'traceparent'),
    nextval('events.log_seq')
  );
  return event_id;
end $$;
alter function events.append(text, text, jsonb) owner to events_owner;
revoke execute on function events.append(text, text, jsonb) from public;
grant execute on function events.append(text, text, jsonb) to webhooks_owner;

set local role webhooks_owner;

-- A row as an event carries it: a value of more than 8 KiB is replaced by {"$cut": <its bytes>}, and where that is not
-- enough, every value but the key's. Numbers of more digits than a JSON reader keeps become text.
create function webhooks.bounded_row(full_row jsonb, key_columns text[]) returns jsonb
language plpgsql immutable set search_path = ''
as $$
declare
  most constant integer := 98304;
  bounded jsonb := full_row;
  largest integer := 8192;
begin
  if full_row::text ~ '[0-9.]{16}' then
    select jsonb_object_agg(m.key, case
             when jsonb_typeof(m.value) = 'number' and length(m.value::text) > 15 then to_jsonb(m.value #>> '{}')
             else m.value end) into bounded
      from jsonb_each(full_row) m;
    full_row := bounded;
  end if;
  while octet_length(bounded::text) > most and largest >= 64 loop
    select jsonb_object_agg(m.key, case
             when octet_length(m.value::text) > largest then jsonb_build_object('$cut', octet_length(m.value::text))
             else m.value end) into bounded
      from jsonb_each(full_row) m;
    largest := largest / 8;
  end loop;
  if octet_length(bounded::text) > most then
    select coalesce(jsonb_object_agg(m.key, left(m.value #>> '{}', 300)), '{}') into bounded
      from jsonb_each(full_row) m where m.key = any (key_columns);
  end if;
  return bounded;
end $$;

-- Called by triggers alone. Its caller writes rows of the table and may be anybody, so anybody may execute it.
create function webhooks.record_change(
  schema_name text, table_name text, operation text, key_columns text[], new_row jsonb, old_row jsonb
) returns void
language plpgsql volatile security definer set search_path = ''
as $$
#variable_conflict use_variable
declare
  key_row constant jsonb := coalesce(new_row, old_row);
  key_text text;
begin
  if pg_trigger_depth() = 0 then
    raise exception 'webhooks.record_change is for triggers' using errcode = 'insufficient_privilege';
  end if;
  if not exists (
    select from webhooks.table_changes c join webhooks.endpoints e on e.id = c.endpoint_id
     where c.schema_name = record_change.schema_name and c.table_name = record_change.table_name
       and record_change.operation = any (c.operations) and e.enabled)
  then
    return;
  end if;
  select string_agg(key_row ->> k.name, ',' order by k.position) into key_text
    from unnest(key_columns) with ordinality k(name, position);
  -- A long key is told apart by its hash.
  if octet_length(key_text) > 300 then key_text := md5(key_text); end if;
  perform events.append(
    'webhooks.row.' || case operation when 'insert' then 'inserted' when 'update' then 'updated' else 'deleted' end,
    left(schema_name || '.' || table_name || '/' || key_text, 500),
    jsonb_build_object(
      'schema', schema_name, 'table', table_name, 'operation', operation,
      'record', webhooks.bounded_row(new_row, key_columns),
      'old_record', webhooks.bounded_row(old_row, key_columns)));
end $$;

-- Arguments: schema, table, columns of the primary key. Runs with the rights of who writes the row: making JSON of it may
-- call casts that the project's owner wrote, and those must not run as the owner of this schema.
create function webhooks.note_change() returns trigger
language plpgsql volatile set search_path = '' set timezone = 'UTC'
as $$
declare
  key_columns constant text[] := tg_argv[2:];
  new_row jsonb;
  old_row jsonb;
begin
  begin
    if tg_op <> 'DELETE' then new_row := to_jsonb(new); end if;
    if tg_op <> 'INSERT' then old_row := to_jsonb(old); end if;
  exception
    -- JSON for PostgreSQL's type json alone, with \u0000 in it, or more than a jsonb can be.
    when untranslatable_character or program_limit_exceeded then
      new_row := null;
      old_row := null;
  end;
  perform webhooks.record_change(tg_argv[0], tg_argv[1], lower(tg_op), key_columns, new_row, old_row);
  return null;
end $$;

revoke execute on function webhooks.bounded_row(jsonb, text[]) from public;
grant usage on schema webhooks to public;
grant execute on function webhooks.record_change(text, text, text, text[], jsonb, jsonb) to public;
revoke execute on function webhooks.note_change() from public;
grant execute on function webhooks.note_change() to :owner_role;
