-- Where events go, and every delivery with what came of it.

create table webhooks.endpoints (
  id uuid primary key default gen_random_uuid(),
  url text not null check (octet_length(url) <= 4096),
  description text not null default '' check (octet_length(description) <= 4096),
  -- Types, or beginnings of types and '*'.
  event_types text[] not null default '{}' check (cardinality(event_types) <= 100),
  -- Sealed, as are the secrets: among the headers are the receiver's keys.
  headers text,
  -- [{"sealed": …, "expires_at": null | …}], the newest first.
  secrets jsonb not null,
  ordered boolean not null default false,
  -- Deliveries a second; null = as many as it takes.
  rate integer check (rate between 1 and 10000),
  enabled boolean not null default true,
  disabled_at timestamptz,
  -- by-request, gone, failing
  disabled_reason text,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table webhooks.table_changes (
  id bigint generated always as identity primary key,
  endpoint_id uuid not null references webhooks.endpoints (id) on delete cascade,
  schema_name text not null,
  table_name text not null,
  operations text[] not null check (operations <@ array['insert', 'update', 'delete']),
  -- [{"column": …, "operator": …, "value": …}], all of which must hold.
  conditions jsonb not null default '[]',
  unique (endpoint_id, schema_name, table_name)
);
create index on webhooks.table_changes (schema_name, table_name);

-- How deliveries to an endpoint fare. Apart from the endpoint, because it changes with them; its row is the lock under
-- which deliveries of the endpoint are claimed.
create table webhooks.endpoint_states (
  endpoint_id uuid primary key references webhooks.endpoints (id) on delete cascade,
  -- Attempts that failed since the last one that did not.
  failures integer not null default 0,
  failing_since timestamptz,
  paused_until timestamptz,
  pause_seconds float8,
  -- The moment by which what was claimed so far is within the rate.
  rate_at timestamptz
);

create function webhooks.add_endpoint_state() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into webhooks.endpoint_states (endpoint_id) values (new.id);
  return null;
end $$;
create trigger add_endpoint_state after insert on webhooks.endpoints
  for each row execute function webhooks.add_endpoint_state();

-- What is sent, once for all endpoints. The id is the event's.
create table webhooks.messages (
  id uuid primary key,
  type text not null,
  body text not null,
  created_at timestamptz not null default now()
);
create index on webhooks.messages (created_at);

create table webhooks.deliveries (
  id bigint generated always as identity primary key,
  endpoint_id uuid not null,
  event_id uuid not null,
  event_type text not null,
  -- What the endpoint wants in order; null: nothing.
  key text,
  state text not null default 'pending' check (state in ('pending', 'delivered', 'failed')),
  -- When it is due. While it is claimed: when the claim ends. 'infinity': it waits behind another one of its key.
  next_at timestamptz default now(),
  claimed_by uuid,
  attempts integer not null default 0,
  -- Of them, those since it was last asked for: by the event, or by a replay.
  tries integer not null default 0,
  last_status integer,
  last_error text,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  unique (event_id, endpoint_id)
);
create index deliveries_due on webhooks.deliveries (endpoint_id, next_at) where state = 'pending';
create index deliveries_claimed on webhooks.deliveries (endpoint_id) where claimed_by is not null;
create index deliveries_in_order on webhooks.deliveries (endpoint_id, key, next_at, id)
  where state = 'pending' and key is not null;
create index deliveries_of_endpoint on webhooks.deliveries (endpoint_id, id);
create index deliveries_finished on webhooks.deliveries (finished_at) where state <> 'pending';

create table webhooks.attempts (
  id bigint generated always as identity primary key,
  delivery_id bigint not null,
  at timestamptz not null,
  duration_ms integer not null,
  status integer,
  error text,
  request_headers jsonb not null,
  response_headers jsonb,
  -- At most the first 16 KiB.
  response_body text,
  -- Who does not know whether it was written down writes it down again.
  unique (delivery_id, at)
);

-- Deliveries to be made once more; done in the background, some at a time.
create table webhooks.replays (
  id uuid primary key default gen_random_uuid(),
  endpoint_id uuid,
  state text check (state in ('pending', 'delivered', 'failed')),
  event_type text,
  since timestamptz,
  until timestamptz,
  -- Deliveries up to this one are dealt with.
  after_id bigint not null default 0,
  -- Those that came later are none of its business.
  last_id bigint not null,
  replayed integer not null default 0,
  at_most integer not null,
  created_at timestamptz not null default now(),
  finished_at timestamptz
);
create index on webhooks.replays (created_at) where finished_at is null;

-- Nobody but the service and service_role, which the project's owner is a member of.
grant usage on schema webhooks to service_role;
grant select, insert, update, delete on webhooks.endpoints, webhooks.table_changes to service_role;
grant select on webhooks.endpoint_states, webhooks.messages, webhooks.deliveries, webhooks.attempts, webhooks.replays
  to service_role;
grant select, update on webhooks.endpoints, webhooks.endpoint_states to webhooks;
grant select on webhooks.table_changes to webhooks;
grant select, insert, update, delete on webhooks.messages, webhooks.deliveries, webhooks.attempts, webhooks.replays
  to webhooks;

do $$
declare
  name text;
begin
  foreach name in array array['endpoints', 'table_changes', 'endpoint_states', 'messages', 'deliveries', 'attempts', 'replays'] loop
    execute format('alter table webhooks.%I enable row level security', name);
    execute format('create policy service on webhooks.%I to webhooks using (true) with check (true)', name);
    execute format('create policy administration on webhooks.%I to service_role using (true) with check (true)', name);
  end loop;
end $$;
