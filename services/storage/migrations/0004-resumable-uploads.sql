-- Uploads that come in several requests. The row says what is being uploaded and by whom; the bytes are a file of their
-- own until the last of them is there, and only then does the object exist.

create table storage.resumable_uploads (
  -- Becomes the object's version.
  id uuid primary key,
  bucket_id text not null references storage.buckets (id) on delete cascade on update cascade,
  name text not null,
  -- Null until the client knows it.
  length_bytes bigint check (length_bytes >= 0),
  owner_id text,
  role text not null,
  -- Made with a signed address: whoever holds that goes on.
  is_signed boolean not null,
  replaces boolean not null,
  content_type text,
  cache_control text not null,
  user_metadata jsonb,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  -- Who is writing to it, and until when that holds without being said again.
  held_by text,
  held_until timestamptz
);
create index resumable_uploads_by_expiry on storage.resumable_uploads (expires_at);
create index resumable_uploads_by_owner on storage.resumable_uploads (owner_id);
create index resumable_uploads_by_bucket on storage.resumable_uploads (bucket_id);
alter table storage.resumable_uploads enable row level security;

-- Nothing comes back when the owner has as many unfinished uploads as one may have.
create function storage.service_begin_upload(facts jsonb, most integer) returns setof storage.resumable_uploads
language plpgsql volatile security definer set search_path = '' as $$
begin
  -- One owner's beginnings are counted one after the other.
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('resumable ' || coalesce(facts ->> 'owner', ''), 0));
  if (select count(*) >= most from storage.resumable_uploads u
       where u.owner_id is not distinct from facts ->> 'owner' and u.expires_at > now()) then
    return;
  end if;
  return query insert into storage.resumable_uploads
    (id, bucket_id, name, length_bytes, owner_id, role, is_signed, replaces, content_type, cache_control, user_metadata, expires_at)
  values (
    (facts ->> 'id')::uuid, facts ->> 'bucket', facts ->> 'name', (facts ->> 'length')::bigint, facts ->> 'owner',
    facts ->> 'role', (facts ->> 'signed')::boolean, (facts ->> 'replaces')::boolean, facts ->> 'contentType',
    facts ->> 'cacheControl', nullif(facts -> 'userMetadata', 'null'), (facts ->> 'expires')::timestamptz)
  returning *;
end $$;

create function storage.service_upload(wanted uuid) returns setof storage.resumable_uploads
language sql stable security definer set search_path = ''
as $$ select * from storage.resumable_uploads where id = wanted $$;

-- Takes or prolongs the right to write. Nothing comes back when somebody else has it; a holder that is known to be gone
-- has it no more.
create function storage.service_hold_upload(wanted uuid, holder text, seconds integer, gone text) returns setof storage.resumable_uploads
language sql volatile security definer set search_path = ''
as $$
  update storage.resumable_uploads set held_by = holder, held_until = clock_timestamp() + make_interval(secs => seconds)
   where id = wanted and (held_by is null or held_by in (holder, gone) or held_until < clock_timestamp())
  returning *
$$;

create function storage.service_release_upload(wanted uuid, holder text) returns void
language sql volatile security definer set search_path = ''
as $$ update storage.resumable_uploads set held_by = null, held_until = null where id = wanted and held_by = holder $$;

create function storage.service_set_upload_length(wanted uuid, bytes bigint) returns void
language sql volatile security definer set search_path = ''
as $$ update storage.resumable_uploads set length_bytes = bytes where id = wanted and length_bytes is null $$;

create function storage.service_end_upload(wanted uuid) returns void
language sql volatile security definer set search_path = ''
as $$ delete from storage.resumable_uploads where id = wanted $$;

create function storage.service_expired_uploads(before timestamptz, entries integer) returns setof uuid
language sql stable security definer set search_path = ''
as $$
  select id from storage.resumable_uploads
   where expires_at < before and (held_until is null or held_until < clock_timestamp()) order by expires_at limit entries
$$;

do $$
declare
  made text;
begin
  foreach made in array array[
    'service_begin_upload(jsonb, integer)', 'service_upload(uuid)', 'service_hold_upload(uuid, text, integer, text)',
    'service_release_upload(uuid, text)', 'service_set_upload_length(uuid, bigint)', 'service_end_upload(uuid)',
    'service_expired_uploads(timestamptz, integer)'
  ] loop
    execute format('revoke execute on function storage.%s from public', made);
    execute format('grant execute on function storage.%s to storage', made);
  end loop;
end $$;
