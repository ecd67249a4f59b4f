-- as: admin
-- Messages sent from the database or stored for late members, and the policies that say who may enter a private
-- channel: whoever may read a row of a topic may listen there, whoever may insert one may send.

create table realtime.messages (
  id uuid not null default gen_random_uuid(),
  topic text not null,
  extension text not null,
  event text,
  payload jsonb,
  binary_payload bytea,
  private boolean default false,
  inserted_at timestamp not null default (now() at time zone 'UTC'),
  updated_at timestamp not null default (now() at time zone 'UTC'),
  primary key (id, inserted_at)
) partition by range (inserted_at);
alter table realtime.messages enable row level security;
create index messages_topic_idx on realtime.messages (topic, inserted_at) where private and extension = 'broadcast';
comment on table realtime.messages is
  'Messages of channels, one partition per UTC day; its policies decide who may listen (SELECT) and send (INSERT).';

-- The topic that is being joined or sent to, for policies.
create function realtime.topic() returns text
language sql stable
set search_path = ''
as $$ select nullif(current_setting('realtime.topic', true), '') $$;

create function realtime.ensure_partition(day date) returns void
language plpgsql security definer
set search_path = ''
as $$
declare
  partition_name text := 'messages_' || to_char(day, 'YYYY_MM_DD');
  today date := (now() at time zone 'UTC')::date;
begin
  if to_regclass('realtime.' || partition_name) is not null then
    return;
  end if;
  -- Everybody who may send can call this; they cannot make tables at will.
  if day not between today - 1 and today + 7 then
    raise exception 'Partitions of realtime.messages are made for the coming week, not for %', day
      using errcode = 'invalid_parameter_value';
  end if;
  perform pg_advisory_xact_lock(hashtext('realtime.ensure_partition'));
  if to_regclass('realtime.' || partition_name) is not null then
    return;
  end if;
  execute format('create table realtime.%I (like realtime.messages including all)', partition_name);
  -- Without a policy of its own nobody reads around those of the whole.
  execute format('alter table realtime.%I enable row level security', partition_name);
  execute format(
    'alter table realtime.messages attach partition realtime.%I for values from (%L) to (%L)',
    partition_name, day::timestamp, (day + 1)::timestamp
  );
end
$$;

-- Makes the partitions of today and the coming days and drops those older than three days; returns how many.
create function realtime.maintain() returns integer
language plpgsql security definer
set search_path = ''
as $$
declare
  today date := (now() at time zone 'UTC')::date;
  expired text;
  dropped integer := 0;
begin
  for day_offset in 0..3 loop
    perform realtime.ensure_partition(today + day_offset);
  end loop;
  for expired in
    select child.relname
    from pg_catalog.pg_inherits
    join pg_catalog.pg_class child on child.oid = inhrelid
    where inhparent = 'realtime.messages'::regclass
      and to_date(substring(child.relname from '^messages_(\d{4}_\d{2}_\d{2})$'), 'YYYY_MM_DD') < today - 3
    order by child.relname
  loop
    execute format('drop table realtime.%I', expired);
    dropped := dropped + 1;
  end loop;
  return dropped;
end
$$;

-- The latest messages a topic's private channel was sent from the database, newest first.
create function realtime.recent_messages(topic_name text, since timestamp, max_messages integer)
returns table (id uuid, event text, payload jsonb, binary_payload bytea)
language sql stable security definer
set search_path = ''
as $$
  select m.id, m.event, m.payload, m.binary_payload
  from realtime.messages m
  where m.topic = topic_name and m.private and m.extension = 'broadcast' and m.inserted_at >= since
  order by m.inserted_at desc, m.id desc
  limit least(max_messages, 25)
$$;

-- Sends a message to a channel when the transaction commits. It runs with the rights of who calls it. A message that
-- cannot be sent is a warning: it never takes the caller's transaction with it.
create function realtime.send(payload jsonb, event text, topic text, private boolean default true) returns void
language plpgsql
set search_path = ''
as $$
declare
  message_id uuid := gen_random_uuid();
  previous text := current_setting('realtime.topic', true);
begin
  begin
    if octet_length(send.payload::text) > 3000000 then
      raise exception 'the payload has % bytes; 3000000 are allowed', octet_length(send.payload::text);
    end if;
    perform realtime.ensure_partition((now() at time zone 'UTC')::date);
    perform set_config('realtime.topic', send.topic, true);
    insert into realtime.messages (id, payload, event, topic, private, extension)
    values (
      message_id,
      case
        when jsonb_typeof(send.payload) = 'object' and not send.payload ? 'id'
          then send.payload || jsonb_build_object('id', message_id)
        else send.payload
      end,
      send.event, send.topic, send.private, 'broadcast');
  exception
    when others then raise warning 'ErrorSendingBroadcastMessage: %', sqlerrm;
  end;
  perform set_config('realtime.topic', coalesce(previous, ''), true);
end
$$;

create function realtime.send_binary(payload bytea, event text, topic text, private boolean default true) returns void
language plpgsql
set search_path = ''
as $$
declare
  previous text := current_setting('realtime.topic', true);
begin
  begin
    if octet_length(send_binary.payload) > 3000000 then
      raise exception 'the payload has % bytes; 3000000 are allowed', octet_length(send_binary.payload);
    end if;
    perform realtime.ensure_partition((now() at time zone 'UTC')::date);
    perform set_config('realtime.topic', send_binary.topic, true);
    insert into realtime.messages (binary_payload, event, topic, private, extension)
    values (send_binary.payload, send_binary.event, send_binary.topic, send_binary.private, 'broadcast');
  exception
    when others then raise warning 'ErrorSendingBroadcastMessage: %', sqlerrm;
  end;
  perform set_config('realtime.topic', coalesce(previous, ''), true);
end
$$;

-- For row triggers: tells a private channel of the change.
create function realtime.broadcast_changes(
  topic_name text, event_name text, operation text, table_name text, table_schema text,
  new record, old record, level text default 'ROW'
) returns void
language plpgsql
set search_path = ''
as $$
begin
  if level = 'STATEMENT' then
    raise exception 'realtime.broadcast_changes tells of rows: make the trigger FOR EACH ROW';
  end if;
  perform realtime.send(
    jsonb_build_object(
      'id', gen_random_uuid(), 'record', to_jsonb(new), 'old_record', to_jsonb(old),
      'operation', operation, 'table', table_name, 'schema', table_schema),
    event_name, topic_name, true);
end
$$;

-- The project's owner writes the policies, which takes the table's owner; partitions are made in its name.
grant usage, create on schema realtime to :owner_role;
alter table realtime.messages owner to :owner_role;
alter function realtime.ensure_partition(date) owner to :owner_role;
alter function realtime.maintain() owner to :owner_role;
alter function realtime.recent_messages(text, timestamp, integer) owner to :owner_role;
alter function realtime.topic() owner to supabase_realtime_admin;
alter function realtime.send(jsonb, text, text, boolean) owner to supabase_realtime_admin;
alter function realtime.send_binary(bytea, text, text, boolean) owner to supabase_realtime_admin;
alter function realtime.broadcast_changes(text, text, text, text, text, record, record, text)
  owner to supabase_realtime_admin;

revoke all on all functions in schema realtime from public;
grant usage on schema realtime to anon, authenticated, service_role;
grant select, insert, update on realtime.messages to anon, authenticated, service_role;
grant execute on function
  realtime.topic(), realtime.ensure_partition(date), realtime.send(jsonb, text, text, boolean),
  realtime.send_binary(bytea, text, text, boolean),
  realtime.broadcast_changes(text, text, text, text, text, record, record, text)
  to anon, authenticated, service_role, :owner_role;
grant execute on function realtime.maintain(), realtime.recent_messages(text, timestamp, integer) to realtime;

select realtime.maintain();
