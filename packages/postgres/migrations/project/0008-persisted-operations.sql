-- as: admin
-- Documents of GraphQL that clients name by their SHA-256, so that they need not be sent again after a restart or by
-- way of another process. A cache: what is missing is sent again. It is bounded in rows and bytes, whoever fills it.

create table ashlar.persisted_operations (
  hash bytea primary key,
  document text not null,
  -- Of the last process that read it, to the day.
  used_at timestamptz not null default now()
);
create index persisted_operations_used_at on ashlar.persisted_operations (used_at);
comment on table ashlar.persisted_operations is 'GraphQL documents by their hash; written by ashlar.keep_operation, at most 1,000 of 16 KiB each.';

-- The document of that hash, or null.
create function ashlar.find_operation(hash bytea) returns text
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  known ashlar.persisted_operations;
begin
  select * into known from ashlar.persisted_operations o where o.hash = find_operation.hash;
  if known.used_at < now() - interval '1 day' then
    update ashlar.persisted_operations o set used_at = now() where o.hash = find_operation.hash;
  end if;
  return known.document;
end
$$;

-- Keeps a document under its own hash, which nobody can give another one. What was not used for 30 days goes, and so
-- does what was used longest ago beyond 1,000 documents.
create function ashlar.keep_operation(document text) returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if octet_length(document) > 16384 then
    raise exception 'A persisted operation has at most 16384 bytes, got %', octet_length(document)
      using errcode = 'invalid_parameter_value';
  end if;
  insert into ashlar.persisted_operations (hash, document)
  values (sha256(convert_to(document, 'UTF8')), document)
  on conflict do nothing;
  if not found then
    return;
  end if;
  delete from ashlar.persisted_operations o
  where o.hash in (
    select late.hash
    from (
      select l.hash, l.used_at, row_number() over (order by l.used_at desc, l.hash) as place
      from ashlar.persisted_operations l
    ) late
    where late.place > 1000 or late.used_at < now() - interval '30 days'
  );
end
$$;

-- Owned by a role that has little else, instead of the administrator.
grant usage, create on schema ashlar to events_owner;
alter table ashlar.persisted_operations owner to events_owner;
alter function ashlar.find_operation(bytea) owner to events_owner;
alter function ashlar.keep_operation(text) owner to events_owner;
revoke create on schema ashlar from events_owner;

revoke all on ashlar.persisted_operations from public, anon, authenticated, service_role;
revoke all on function ashlar.find_operation(bytea), ashlar.keep_operation(text) from public;
grant execute on function ashlar.find_operation(bytea) to anon, authenticated, service_role;
-- Anonymous callers may use what others keep, and keep nothing themselves.
grant execute on function ashlar.keep_operation(text) to authenticated, service_role;
