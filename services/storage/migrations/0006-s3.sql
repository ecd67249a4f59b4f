-- What the S3 protocol needs beside buckets and objects: listings in the order of names, uploads in parts, and keys to
-- sign with. Rows of uploads and keys are the service's own; rights are those to storage.objects.

create index objects_by_name on storage.objects (bucket_id, name collate "C");

-- Names after `after` in the order of their bytes; names with the delimiter behind the prefix come once, as the common
-- part up to it. One index probe per entry: a folder of a million files costs as much as one file.
create function storage.list_s3_entries(bucket text, prefix text, delimiter text, after text, entries integer)
returns table (name text, is_prefix boolean, id uuid, version text, metadata jsonb, updated_at timestamptz, owner_id text)
language plpgsql stable
as $$
#variable_conflict use_column
declare
  low constant text collate "C" := prefix;
  high constant text collate "C" := prefix || chr(1114111);
  at text collate "C" := after;
  found_row storage.objects;
  cut integer;
  remaining integer := entries;
begin
  if delimiter = '' then
    return query
      select o.name, false, o.id, o.version, o.metadata, o.updated_at, o.owner_id from storage.objects o
       where o.bucket_id = bucket and o.name collate "C" > at and o.name collate "C" >= low and o.name collate "C" < high
       order by o.name collate "C" limit entries;
    return;
  end if;
  -- Of a common part that was listed already nothing comes again.
  if starts_with(after, prefix) and right(after, length(delimiter)) = delimiter
     and position(delimiter in substr(after, length(prefix) + 1)) = length(after) - length(prefix) - length(delimiter) + 1 then
    at := after || chr(1114111);
  end if;
  while remaining > 0 loop
    select o.* into found_row from storage.objects o
     where o.bucket_id = bucket and o.name collate "C" > at and o.name collate "C" >= low and o.name collate "C" < high
     order by o.name collate "C" limit 1;
    exit when not found;
    cut := position(delimiter in substr(found_row.name, length(prefix) + 1));
    is_prefix := cut > 0;
    if is_prefix then
      name := left(found_row.name, length(prefix) + cut + length(delimiter) - 1);
      at := name || chr(1114111);
      id := null; version := null; metadata := null; updated_at := null; owner_id := null;
    else
      name := found_row.name;
      at := name;
      id := found_row.id;
      version := found_row.version;
      metadata := found_row.metadata;
      updated_at := found_row.updated_at;
      owner_id := found_row.owner_id;
    end if;
    remaining := remaining - 1;
    return next;
  end loop;
end $$;

alter table storage.s3_multipart_uploads_parts add column checksum text;
create unique index parts_by_number on storage.s3_multipart_uploads_parts (upload_id, part_number);
create index parts_by_version on storage.s3_multipart_uploads_parts (version);
create index uploads_by_age on storage.s3_multipart_uploads (created_at);

-- An unfinished upload is no content: it does not keep a bucket alive.
alter table storage.s3_multipart_uploads
  drop constraint s3_multipart_uploads_bucket_id_fkey,
  add constraint s3_multipart_uploads_bucket_id_fkey foreign key (bucket_id) references storage.buckets (id) on delete cascade;
alter table storage.s3_multipart_uploads_parts
  drop constraint s3_multipart_uploads_parts_bucket_id_fkey,
  add constraint s3_multipart_uploads_parts_bucket_id_fkey foreign key (bucket_id) references storage.buckets (id) on delete cascade;

create trigger note_deleted_part after delete on storage.s3_multipart_uploads_parts
  for each row execute function storage.note_unwanted_file();
create trigger note_replaced_part after update of version on storage.s3_multipart_uploads_parts
  for each row when (old.version is distinct from new.version) execute function storage.note_unwanted_file();

create table storage.s3_access_keys (
  id text primary key,
  description text not null,
  sealed_secret text not null,
  created_at timestamptz not null default now()
);
alter table storage.s3_access_keys enable row level security;

create function storage.service_add_access_key(new_id text, new_description text, new_sealed_secret text)
returns table (id text, description text, created_at timestamptz)
language sql volatile security definer set search_path = ''
as $$
  insert into storage.s3_access_keys as k (id, description, sealed_secret)
  values (new_id, new_description, new_sealed_secret) returning k.id, k.description, k.created_at
$$;

create function storage.service_access_keys() returns table (id text, description text, created_at timestamptz)
language sql stable security definer set search_path = ''
as $$ select k.id, k.description, k.created_at from storage.s3_access_keys k order by k.created_at, k.id $$;

create function storage.service_access_key_secret(wanted text) returns text
language sql stable security definer set search_path = ''
as $$ select k.sealed_secret from storage.s3_access_keys k where k.id = wanted $$;

create function storage.service_revoke_access_key(wanted text) returns boolean
language sql volatile security definer set search_path = ''
as $$
  with gone as (delete from storage.s3_access_keys k where k.id = wanted returning k.id)
  select exists (select from gone)
$$;

create function storage.service_start_upload(
  new_id text, new_bucket text, new_key text, new_owner text, new_metadata jsonb, new_user_metadata jsonb
) returns void
language sql volatile security definer set search_path = ''
as $$
  insert into storage.s3_multipart_uploads (id, upload_signature, bucket_id, key, version, owner_id, metadata, user_metadata)
  values (new_id, '', new_bucket, new_key, new_id, new_owner, new_metadata, new_user_metadata)
$$;

create function storage.service_upload(wanted text, wanted_bucket text, wanted_key text)
returns setof storage.s3_multipart_uploads
language sql stable security definer set search_path = ''
as $$
  select * from storage.s3_multipart_uploads where id = wanted and bucket_id = wanted_bucket and key = wanted_key
$$;

-- The upload's row is held until the end, so that a part is stored before it is completed or not at all. No row comes
-- back when the upload is gone or would hold more bytes than allowed.
create function storage.service_put_part(
  wanted text, number integer, new_size bigint, new_etag text, new_version text, new_checksum text, limit_bytes bigint
) returns setof storage.s3_multipart_uploads_parts
language plpgsql volatile security definer set search_path = ''
as $$
declare
  upload storage.s3_multipart_uploads;
  grown bigint;
begin
  select * into upload from storage.s3_multipart_uploads u where u.id = wanted for update;
  if not found then return; end if;
  grown := upload.in_progress_size + new_size
    - coalesce((select p.size from storage.s3_multipart_uploads_parts p where p.upload_id = wanted and p.part_number = number), 0);
  if grown > limit_bytes then return; end if;
  update storage.s3_multipart_uploads u set in_progress_size = grown where u.id = wanted;
  return query
    insert into storage.s3_multipart_uploads_parts as p
      (upload_id, size, part_number, bucket_id, key, etag, owner_id, version, checksum)
    values (wanted, new_size, number, upload.bucket_id, upload.key, new_etag, upload.owner_id, new_version, new_checksum)
    on conflict (upload_id, part_number) do update
      set size = excluded.size, etag = excluded.etag, version = excluded.version, checksum = excluded.checksum,
          created_at = now()
    returning p.*;
end $$;

create function storage.service_parts(wanted text, after integer, entries integer)
returns setof storage.s3_multipart_uploads_parts
language sql stable security definer set search_path = ''
as $$
  select * from storage.s3_multipart_uploads_parts
   where upload_id = wanted and part_number > after order by part_number limit entries
$$;

-- Upload and object change places in one transaction. No row comes back when the upload is gone, when its parts are
-- not those the object was made of, or when the name is taken and may not be replaced.
create function storage.service_complete_upload(
  wanted text, used text[], new_bucket text, new_name text, new_owner text, new_version text, new_metadata jsonb,
  new_user_metadata jsonb, replace boolean
) returns setof storage.objects
language plpgsql volatile security definer set search_path = ''
as $$
declare
  made storage.objects;
begin
  perform from storage.s3_multipart_uploads u
    where u.id = wanted and u.bucket_id = new_bucket and u.key = new_name for update;
  if not found then return; end if;
  if (select count(*) from storage.s3_multipart_uploads_parts p where p.upload_id = wanted and p.version = any (used))
     <> cardinality(used) then return; end if;
  select * into made from storage.service_put_object(
    new_bucket, new_name, new_owner, new_version, new_metadata, new_user_metadata, replace);
  if not found then return; end if;
  delete from storage.s3_multipart_uploads u where u.id = wanted;
  return next made;
end $$;

create function storage.service_abort_upload(wanted text) returns boolean
language sql volatile security definer set search_path = ''
as $$
  with gone as (delete from storage.s3_multipart_uploads u where u.id = wanted returning u.id)
  select exists (select from gone)
$$;

-- Null for the owner: everybody's uploads.
create function storage.service_uploads(
  wanted_bucket text, prefix text, after_key text, after_upload text, wanted_owner text, entries integer
) returns setof storage.s3_multipart_uploads
language sql stable security definer set search_path = ''
as $$
  select * from storage.s3_multipart_uploads u
   where u.bucket_id = wanted_bucket and starts_with(u.key, prefix) and (wanted_owner is null or u.owner_id = wanted_owner)
     and (u.key collate "C" > after_key or (u.key collate "C" = after_key and after_upload <> '' and u.id > after_upload))
   order by u.key collate "C", u.id limit entries
$$;

create function storage.service_expire_uploads(before timestamptz) returns bigint
language sql volatile security definer set search_path = ''
as $$
  with gone as (delete from storage.s3_multipart_uploads u where u.created_at < before returning u.id)
  select count(*) from gone
$$;

create function storage.service_known_part_versions(asked text[]) returns setof text
language sql stable security definer set search_path = ''
as $$ select distinct version from storage.s3_multipart_uploads_parts where version = any (asked) $$;

-- As service_put_object, when the object is still of the version somebody looked at.
create function storage.service_replace_object(
  wanted_bucket text, wanted_name text, expected_version text, new_owner text, new_version text, new_metadata jsonb,
  new_user_metadata jsonb
) returns setof storage.objects
language sql volatile security definer set search_path = ''
as $$
  update storage.objects o
     set owner = case when new_owner ~* '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' then new_owner::uuid end,
         owner_id = new_owner, version = new_version, metadata = new_metadata, user_metadata = new_user_metadata,
         last_accessed_at = now()
   where o.bucket_id = wanted_bucket and o.name = wanted_name and o.version = expected_version
  returning o.*
$$;

do $$
declare
  kept regprocedure;
begin
  foreach kept in array array[
    'storage.service_add_access_key(text, text, text)', 'storage.service_access_keys()',
    'storage.service_access_key_secret(text)', 'storage.service_revoke_access_key(text)',
    'storage.service_start_upload(text, text, text, text, jsonb, jsonb)', 'storage.service_upload(text, text, text)',
    'storage.service_put_part(text, integer, bigint, text, text, text, bigint)',
    'storage.service_parts(text, integer, integer)',
    'storage.service_complete_upload(text, text[], text, text, text, text, jsonb, jsonb, boolean)',
    'storage.service_abort_upload(text)', 'storage.service_uploads(text, text, text, text, text, integer)',
    'storage.service_expire_uploads(timestamptz)', 'storage.service_known_part_versions(text[])',
    'storage.service_replace_object(text, text, text, text, text, jsonb, jsonb)'
  ]::regprocedure[] loop
    execute format('revoke execute on function %s from public', kept);
    execute format('grant execute on function %s to storage', kept);
  end loop;
end $$;
