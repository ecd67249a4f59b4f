-- as: admin
-- Answers of writes that carried an Idempotency-Key: the same request again is answered from here instead of being
-- done twice. Scope is the database, the role and the subject of the claims; nobody reads the table but through these
-- functions, which take the scope from the transaction they run in.

create table ashlar.idempotency_keys (
  -- SHA-256 of role, subject and key: of fixed size, and it tells nobody's subject.
  id bytea primary key,
  request_hash bytea not null,
  -- Null between claim and store, which are one transaction.
  status smallint,
  headers jsonb,
  body text,
  created_at timestamptz not null default now()
);
create index idempotency_keys_created_at on ashlar.idempotency_keys (created_at);
comment on table ashlar.idempotency_keys is 'Answers to keyed writes, kept for a day; written by ashlar.claim_key and ashlar.store_answer.';

-- SET ROLE is refused inside a security definer function, so the setting tells the truth about the role.
create function ashlar.key_scope() returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_array(
    nullif(current_setting('role', true), 'none'),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
  )
$$;

create function ashlar.key_id(key text) returns bytea
language sql stable
set search_path = ''
as $$
  select sha256(convert_to((ashlar.key_scope() || to_jsonb(key))::text, 'UTF8'))
$$;

-- Whether many may hold these credentials: the answer of one of them is then none of the others' business.
create function ashlar.key_is_shared() returns boolean
language sql stable
set search_path = ''
as $$
  select ashlar.key_scope() ->> 0 = 'anon' or ashlar.key_scope() ->> 1 is null
$$;

-- Takes the key for this transaction, waiting for another one that holds it. Outcomes: `claimed`, and the answer is to
-- be stored; `replayed`, with the stored answer; `reused`, by a request that is another one.
create function ashlar.claim_key(
  key text, request_hash bytea,
  out outcome text, out status smallint, out headers jsonb, out body text
)
language plpgsql volatile security definer
set search_path = ''
set lock_timeout = '10s'
as $$
declare
  wanted bytea := ashlar.key_id(key);
  known ashlar.idempotency_keys;
begin
  if length(key) not between 1 and 255 or octet_length(request_hash) <> 32 then
    raise exception 'A key has 1 to 255 characters and a hash 32 bytes, got % and %', length(key), octet_length(request_hash)
      using errcode = 'invalid_parameter_value';
  end if;
  insert into ashlar.idempotency_keys (id, request_hash) values (wanted, claim_key.request_hash) on conflict do nothing;
  if found then
    outcome := 'claimed';
    return;
  end if;
  select * into known from ashlar.idempotency_keys k where k.id = wanted for update;
  if known.id is null or known.status is null then
    -- Swept between the two statements, or claimed by SQL that never stored an answer.
    insert into ashlar.idempotency_keys as k (id, request_hash) values (wanted, claim_key.request_hash)
    on conflict (id) do update set request_hash = excluded.request_hash;
    outcome := 'claimed';
  elsif known.request_hash <> claim_key.request_hash then
    outcome := 'reused';
  else
    outcome := 'replayed';
    status := known.status;
    headers := known.headers;
    body := known.body;
  end if;
end
$$;

-- Stores the answer beside the claim of this transaction. Only a success is kept: after anything else the same key may
-- try again. Of shared credentials, and of answers above 1 MiB, the status alone.
create function ashlar.store_answer(key text, status integer, headers jsonb, body text) returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  keeps_body boolean := not ashlar.key_is_shared() and octet_length(body) <= 1048576;
begin
  if status between 200 and 299 then
    update ashlar.idempotency_keys k
    set status = store_answer.status,
        headers = case when keeps_body then store_answer.headers end,
        body = case when keeps_body then store_answer.body end
    where k.id = ashlar.key_id(key) and k.status is null;
  else
    delete from ashlar.idempotency_keys k where k.id = ashlar.key_id(key) and k.status is null;
  end if;
end
$$;

-- Forgets keys older than a day, at most `max_rows` of them; returns how many.
create function ashlar.sweep_keys(max_rows integer default 10000) returns bigint
language plpgsql volatile
set search_path = ''
as $$
declare
  swept bigint;
begin
  delete from ashlar.idempotency_keys
  where id in (
    select k.id from ashlar.idempotency_keys k
    where k.created_at < now() - interval '24 hours'
    order by k.created_at
    limit max_rows
    for update skip locked
  );
  get diagnostics swept = row_count;
  return swept;
end
$$;

-- Owned by a role that has little else, instead of the administrator.
grant usage, create on schema ashlar to events_owner;
alter table ashlar.idempotency_keys owner to events_owner;
alter function ashlar.key_scope() owner to events_owner;
alter function ashlar.key_id(text) owner to events_owner;
alter function ashlar.key_is_shared() owner to events_owner;
alter function ashlar.claim_key(text, bytea) owner to events_owner;
alter function ashlar.store_answer(text, integer, jsonb, text) owner to events_owner;
alter function ashlar.sweep_keys(integer) owner to events_owner;
revoke create on schema ashlar from events_owner;

-- Whatever default privileges a project has set: by name, and to nobody else.
revoke all on ashlar.idempotency_keys from public, anon, authenticated, service_role;
revoke all on function
  ashlar.key_scope(), ashlar.key_id(text), ashlar.key_is_shared(),
  ashlar.claim_key(text, bytea), ashlar.store_answer(text, integer, jsonb, text), ashlar.sweep_keys(integer)
  from public;
grant execute on function ashlar.claim_key(text, bytea), ashlar.store_answer(text, integer, jsonb, text)
  to anon, authenticated, service_role;
