-- Buckets and objects as Supabase installations know them, so that policies, seeds and foreign keys written for those
-- work here. What an object holds is a file named after its `version`; names, buckets and owners are rows only.

create type storage.buckettype as enum ('STANDARD', 'ANALYTICS', 'VECTOR');

create table storage.buckets (
  id text primary key,
  name text not null unique,
  owner uuid,
  owner_id text,
  public boolean default false,
  avif_autodetection boolean default false,
  file_size_limit bigint,
  allowed_mime_types text[],
  type storage.buckettype not null default 'STANDARD',
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);
comment on column storage.buckets.owner is 'Deprecated: owner_id.';

create table storage.objects (
  id uuid primary key default gen_random_uuid(),
  bucket_id text references storage.buckets (id),
  name text,
  owner uuid,
  owner_id text,
  version text,
  metadata jsonb,
  user_metadata jsonb,
  path_tokens text[] generated always as (string_to_array(name, '/')) stored,
  -- Listings read in the order of lower-case names. Under row-level security an index serves a comparison only when
  -- nothing in it could leak a row: comparing a column can, calling lower() on it cannot.
  sort_key text collate "C" generated always as (lower(name collate "C") || E'\x01' || name) stored,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  last_accessed_at timestamptz default now()
);
comment on column storage.objects.owner is 'Deprecated: owner_id.';
comment on column storage.objects.version is 'Name of the file that holds the bytes.';

create unique index bucketid_objname on storage.objects (bucket_id, name);
create index objects_in_order on storage.objects (bucket_id, sort_key);
create index objects_by_version on storage.objects (version);

create table storage.migrations (
  id integer primary key,
  name varchar(100) not null unique,
  hash varchar(40) not null,
  executed_at timestamp default current_timestamp
);

create table storage.s3_multipart_uploads (
  id text primary key,
  in_progress_size bigint not null default 0,
  upload_signature text not null,
  bucket_id text not null references storage.buckets (id),
  key text collate "C" not null,
  version text not null,
  owner_id text,
  user_metadata jsonb,
  metadata jsonb,
  created_at timestamptz not null default now()
);
create index idx_multipart_uploads_list on storage.s3_multipart_uploads (bucket_id, key, created_at);

create table storage.s3_multipart_uploads_parts (
  id uuid primary key default gen_random_uuid(),
  upload_id text not null references storage.s3_multipart_uploads (id) on delete cascade,
  size bigint not null default 0,
  part_number integer not null,
  bucket_id text not null references storage.buckets (id),
  key text collate "C" not null,
  etag text not null,
  owner_id text,
  version text not null,
  created_at timestamptz not null default now()
);

-- Files whose row is gone or names another version. Written in the transaction that made them so, by whatever door.
create table storage.unwanted_files (
  version text primary key,
  noted_at timestamptz not null default now()
);

create function storage.update_updated_at_column() returns trigger
language plpgsql as $$
begin
  new.updated_at = now();
  return new;
end $$;

create trigger update_objects_updated_at before update on storage.objects
  for each row execute function storage.update_updated_at_column();
create trigger update_buckets_updated_at before update on storage.buckets
  for each row execute function storage.update_updated_at_column();

create function storage.protect_delete() returns trigger
language plpgsql as $$
begin
  if coalesce(current_setting('storage.allow_delete_query', true), '') <> 'true' then
    raise exception 'Direct deletion from storage tables is not allowed. Use the Storage API instead.'
      using errcode = '42501', hint = 'This prevents accidental data loss from orphaned objects.';
  end if;
  return null;
end $$;

create trigger protect_objects_delete before delete on storage.objects
  for each statement execute function storage.protect_delete();
create trigger protect_buckets_delete before delete on storage.buckets
  for each statement execute function storage.protect_delete();
create trigger protect_objects_truncate before truncate on storage.objects
  for each statement execute function storage.protect_delete();

create function storage.note_unwanted_file() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if old.version is not null then
    insert into storage.unwanted_files (version) values (old.version) on conflict do nothing;
  end if;
  return null;
end $$;

create trigger note_deleted_file after delete on storage.objects
  for each row execute function storage.note_unwanted_file();
create trigger note_replaced_file after update of version on storage.objects
  for each row when (old.version is distinct from new.version) execute function storage.note_unwanted_file();

alter table storage.buckets enable row level security;
alter table storage.objects enable row level security;
alter table storage.migrations enable row level security;
alter table storage.s3_multipart_uploads enable row level security;
alter table storage.s3_multipart_uploads_parts enable row level security;
