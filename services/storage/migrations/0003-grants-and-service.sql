-- Rows are everybody's under row-level security; without a policy only service_role sees or changes any.

grant usage on schema storage to anon, authenticated, service_role, :owner_role;
grant select, insert, update, delete on storage.buckets, storage.objects to anon, authenticated, service_role;
-- A trigger runs as whoever writes the row, the service among them: nobody but the project's owner may put one here.
grant select, insert, update, delete, references, trigger on storage.buckets, storage.objects to :owner_role;
grant select on storage.migrations to service_role, :owner_role;
grant select on storage.s3_multipart_uploads, storage.s3_multipart_uploads_parts
  to anon, authenticated, service_role, :owner_role;

-- What the service itself needs beyond its callers: a bucket's rules at an upload, the object behind a public or
-- signed address, the row of an upload whose bytes are stored, and the bookkeeping of files. Functions of the tables'
-- owner, so that no policy of the project can come between a stored file and its row.

create function storage.service_bucket(wanted text) returns setof storage.buckets
language sql stable security definer set search_path = ''
as $$ select * from storage.buckets where id = wanted $$;

create function storage.service_object(wanted_bucket text, wanted_name text) returns setof storage.objects
language sql stable security definer set search_path = ''
as $$ select * from storage.objects where bucket_id = wanted_bucket and name = wanted_name $$;

create function storage.service_public_object(wanted_bucket text, wanted_name text) returns setof storage.objects
language sql stable security definer set search_path = ''
as $$
  select o.* from storage.objects o join storage.buckets b on b.id = o.bucket_id and b.public
   where o.bucket_id = wanted_bucket and o.name = wanted_name
$$;

-- No row comes back when the name is taken and may not be replaced.
create function storage.service_put_object(
  new_bucket text, new_name text, new_owner text, new_version text, new_metadata jsonb, new_user_metadata jsonb, replace boolean
) returns setof storage.objects
language sql volatile security definer set search_path = ''
as $$
  insert into storage.objects as o (bucket_id, name, owner, owner_id, version, metadata, user_metadata)
  values (
    new_bucket, new_name,
    case when new_owner ~* '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' then new_owner::uuid end,
    new_owner, new_version, new_metadata, new_user_metadata)
  on conflict (bucket_id, name) do update
    set owner = excluded.owner, owner_id = excluded.owner_id, version = excluded.version,
        metadata = excluded.metadata, user_metadata = excluded.user_metadata, last_accessed_at = now()
    where replace
  returning o.*
$$;

create function storage.service_known_versions(asked text[]) returns setof text
language sql stable security definer set search_path = ''
as $$ select distinct version from storage.objects where version = any (asked) $$;

-- A version may be named by a row again: rows can be written by SQL.
create function storage.service_unwanted_files(entries integer) returns table (version text, is_used boolean)
language sql stable security definer set search_path = ''
as $$
  select f.version, exists (select from storage.objects o where o.version = f.version)
    from storage.unwanted_files f order by f.noted_at limit entries
$$;

create function storage.service_forget_files(gone text[]) returns void
language sql volatile security definer set search_path = ''
as $$ delete from storage.unwanted_files where version = any (gone) $$;

create function storage.service_versions_after(last_seen text, entries integer) returns setof text
language sql stable security definer set search_path = ''
as $$ select distinct version from storage.objects where version > last_seen order by version limit entries $$;

revoke execute on function
  storage.service_bucket(text), storage.service_object(text, text), storage.service_public_object(text, text),
  storage.service_put_object(text, text, text, text, jsonb, jsonb, boolean), storage.service_known_versions(text[]),
  storage.service_unwanted_files(integer), storage.service_forget_files(text[]),
  storage.service_versions_after(text, integer)
  from public;
grant execute on function
  storage.service_bucket(text), storage.service_object(text, text), storage.service_public_object(text, text),
  storage.service_put_object(text, text, text, text, jsonb, jsonb, boolean), storage.service_known_versions(text[]),
  storage.service_unwanted_files(integer), storage.service_forget_files(text[]),
  storage.service_versions_after(text, integer)
  to storage;
