-- as: admin
-- Many events in one statement: a command that imports a thousand rows tells several thousand facts. What an event may be
-- is said once, for one and for many.

-- Raises unless the caller may emit such an event.
create function events.assert_event(type text, subject text, data jsonb, envelope jsonb) returns void
language plpgsql stable
set search_path = ''
as $$
declare
  caller text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
  emitter text := split_part(type, '.', 1);
  unknown text;
begin
  if type is null or type !~ '^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+$' or length(type) > 200 then
    raise exception 'An event type looks like app.order.placed, at most 200 characters; got %',
      coalesce(left(type, 250), 'null')
      using errcode = 'invalid_parameter_value';
  end if;
  if length(subject) > 500 then
    raise exception 'The subject of event % has % characters; 500 are allowed', type, length(subject)
      using errcode = 'program_limit_exceeded';
  end if;
  if octet_length(data::text) > 262144 then
    raise exception 'The data of event % has % bytes; 262144 are allowed', type, octet_length(data::text)
      using errcode = 'program_limit_exceeded', hint = 'Store large content in a table and name its key in the event.';
  end if;
  if octet_length(envelope::text) > 4096 then
    raise exception 'The envelope of event % has % bytes; 4096 are allowed', type, octet_length(envelope::text)
      using errcode = 'program_limit_exceeded';
  end if;
  if envelope is not null and jsonb_typeof(envelope) <> 'object' then
    raise exception 'The envelope of event % is no object', type using errcode = 'invalid_parameter_value';
  end if;
  -- Most envelopes are fine, and a question for each key of each would be dear.
  if envelope - '{dataschema,aggregateversion,causationid,correlationid}'::text[] <> '{}' then
    select min(key) into unknown
    from jsonb_object_keys(envelope) key
    where key not in ('dataschema', 'aggregateversion', 'causationid', 'correlationid');
    raise exception 'The envelope of event % has the member %; dataschema, aggregateversion, causationid and correlationid are known', type, unknown
      using errcode = 'invalid_parameter_value';
  end if;
  if emitter <> 'app' and caller not in (emitter, emitter || '_owner') then
    raise exception 'Role % may not emit events of type %', caller, type
      using errcode = 'insufficient_privilege', hint = format('Emit app.* events, or %s.* as role %s.', emitter, emitter);
  end if;
end
$$;

-- Adds events to the log in the order they are given, each an object with type, subject, data and envelope as
-- `events.emit` has them.
create function events.emit_many(facts jsonb) returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  caller text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
  -- Two settings that callers may leave empty or unset.
  claims jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  headers jsonb := nullif(current_setting('request.headers', true), '')::jsonb;
begin
  perform events.assert_event(fact ->> 'type', fact ->> 'subject', fact -> 'data', fact -> 'envelope')
  from jsonb_array_elements(facts) fact;
  perform events.ensure_day('log', (now() at time zone 'UTC')::date);
  insert into events.log (
    id, type, source, subject, data, time, org, actor, traceparent,
    seq, dataschema, aggregateversion, causationid, correlationid
  )
  select
    events.uuid_v7(),
    fact ->> 'type',
    format('/%s/%s', current_database(), caller),
    fact ->> 'subject',
    coalesce(fact -> 'data', '{}'),
    now(),
    coalesce(claims ->> 'org_id', claims -> 'app_metadata' ->> 'org_id'),
    claims ->> 'sub',
    coalesce(nullif(current_setting('request.traceparent', true), ''), headers ->> 'traceparent'),
    nextval('events.log_seq'),
    fact -> 'envelope' ->> 'dataschema',
    (fact -> 'envelope' ->> 'aggregateversion')::bigint,
    fact -> 'envelope' ->> 'causationid',
    fact -> 'envelope' ->> 'correlationid'
  -- Sorted before the sequence is asked.
  from (select value from jsonb_array_elements(facts) with ordinality order by ordinality) as given (fact);
end
$$;

create or replace function events.emit(type text, subject text, data jsonb, envelope jsonb) returns uuid
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  caller text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
  claims jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  headers jsonb := nullif(current_setting('request.headers', true), '')::jsonb;
  event_id uuid := events.uuid_v7();
begin
  perform events.assert_event(type, subject, data, envelope);
  perform events.ensure_day('log', (now() at time zone 'UTC')::date);
  insert into events.log (
    id, type, source, subject, data, time, org, actor, traceparent,
    seq, dataschema, aggregateversion, causationid, correlationid
  )
  values (
    event_id,
    type,
    format('/%s/%s', current_database(), caller),
    subject,
    coalesce(data, '{}'),
    now(),
    coalesce(claims ->> 'org_id', claims -> 'app_metadata' ->> 'org_id'),
    claims ->> 'sub',
    coalesce(nullif(current_setting('request.traceparent', true), ''), headers ->> 'traceparent'),
    nextval('events.log_seq'),
    envelope ->> 'dataschema',
    (envelope ->> 'aggregateversion')::bigint,
    envelope ->> 'causationid',
    envelope ->> 'correlationid'
  );
  return event_id;
end
$$;

alter function events.assert_event(text, text, jsonb, jsonb) owner to events_owner;
alter function events.emit_many(jsonb) owner to events_owner;
revoke all on function events.assert_event(text, text, jsonb, jsonb), events.emit_many(jsonb) from public;
grant execute on function events.emit_many(jsonb) to public;
