-- How much is stored. Every change of an object notes by how much it changes its bucket, in its own transaction and as a
-- row of its own, so that uploads into one bucket do not wait for each other; now and then the notes are added up.

alter table storage.buckets add column quota_bytes bigint check (quota_bytes >= 0);
comment on column storage.buckets.quota_bytes is 'Bytes all objects of the bucket may have together; null = no bound.';

create table storage.bucket_usage (
  bucket_id text primary key,
  objects bigint not null,
  bytes bigint not null
);
create table storage.usage_changes (
  id bigint generated always as identity primary key,
  bucket_id text not null,
  objects bigint not null,
  bytes bigint not null
);
create index usage_changes_by_bucket on storage.usage_changes (bucket_id);
alter table storage.bucket_usage enable row level security;
alter table storage.usage_changes enable row level security;

-- Rows can come from SQL as well: what is no size counts as none.
create function storage.size_of(metadata jsonb) returns bigint
language sql immutable parallel safe set search_path = ''
as $$
  select case when jsonb_typeof(metadata -> 'size') = 'number'
              then least(greatest((metadata ->> 'size')::numeric, 0), 9007199254740991)::bigint else 0 end
$$;

create function storage.usage_of(wanted text) returns table (objects bigint, bytes bigint)
language sql volatile security definer set search_path = ''
as $$
  select coalesce(sum(u.objects), 0)::bigint, coalesce(sum(u.bytes), 0)::bigint
    from (select objects, bytes from storage.bucket_usage where bucket_id = wanted
          union all select objects, bytes from storage.usage_changes where bucket_id = wanted) u
$$;

create function storage.note_usage(changed jsonb) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  change record;
  quota bigint;
begin
  for change in
    select c.bucket_id, sum(c.objects)::bigint as objects, sum(c.bytes)::bigint as bytes
      from jsonb_to_recordset(changed) c (bucket_id text, objects bigint, bytes bigint)
     where c.bucket_id is not null group by c.bucket_id having sum(c.objects) <> 0 or sum(c.bytes) <> 0 order by c.bucket_id
  loop
    insert into storage.usage_changes (bucket_id, objects, bytes) values (change.bucket_id, change.objects, change.bytes);
    if change.bytes > 0 then
      select b.quota_bytes into quota from storage.buckets b where b.id = change.bucket_id;
      if quota is not null then
        -- Only one after the other can there be a sum that no two exceed together.
        perform pg_advisory_xact_lock(hashtextextended('storage quota ' || change.bucket_id, 0));
        if (select u.bytes > quota from storage.usage_of(change.bucket_id) u) then
          raise exception 'The quota of bucket % is used up', change.bucket_id using errcode = 'AS413';
        end if;
      end if;
    end if;
  end loop;
end $$;

create function storage.note_inserted() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform storage.note_usage((select jsonb_agg(s) from (
    select n.bucket_id, count(*) as objects, sum(storage.size_of(n.metadata)) as bytes from added n group by 1) s));
  return null;
end $$;

create function storage.note_deleted() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform storage.note_usage((select jsonb_agg(s) from (
    select o.bucket_id, -count(*) as objects, -sum(storage.size_of(o.metadata)) as bytes from gone o group by 1) s));
  return null;
end $$;

create function storage.note_updated() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform storage.note_usage((select jsonb_agg(s) from (
    select n.bucket_id, count(*) as objects, sum(storage.size_of(n.metadata)) as bytes from added n group by 1
    union all
    select o.bucket_id, -count(*), -sum(storage.size_of(o.metadata)) from gone o group by 1) s));
  return null;
end $$;

create trigger note_inserted after insert on storage.objects referencing new table as added
  for each statement execute function storage.note_inserted();
create trigger note_deleted after delete on storage.objects referencing old table as gone
  for each statement execute function storage.note_deleted();
create trigger note_updated after update on storage.objects referencing new table as added old table as gone
  for each statement execute function storage.note_updated();

insert into storage.bucket_usage (bucket_id, objects, bytes)
  select bucket_id, count(*), sum(storage.size_of(metadata)) from storage.objects where bucket_id is not null group by 1;

-- Adds the notes up. Who adds at the same time waits; what is noted meanwhile is left for the next time.
create function storage.service_add_up_usage() returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  if not pg_try_advisory_xact_lock(hashtextextended('storage usage', 0)) then return; end if;
  with taken as (delete from storage.usage_changes returning bucket_id, objects, bytes),
       sums as (select bucket_id, sum(objects)::bigint as objects, sum(bytes)::bigint as bytes from taken group by 1)
  insert into storage.bucket_usage as u (bucket_id, objects, bytes) select * from sums
  on conflict (bucket_id) do update set objects = u.objects + excluded.objects, bytes = u.bytes + excluded.bytes;
  delete from storage.bucket_usage u where objects = 0 and bytes = 0;
end $$;

-- Counts past policies, so it is for who is past them anyway.
create function storage.usage() returns table (bucket_id text, objects bigint, bytes bigint, quota_bytes bigint)
language sql volatile security definer set search_path = ''
as $$
  with used as (
    select u.bucket_id, sum(u.objects)::bigint as objects, sum(u.bytes)::bigint as bytes
      from (select bucket_id, objects, bytes from storage.bucket_usage
            union all select bucket_id, objects, bytes from storage.usage_changes) u group by 1)
  select b.id, coalesce(u.objects, 0), coalesce(u.bytes, 0), b.quota_bytes
    from storage.buckets b left join used u on u.bucket_id = b.id order by b.id
$$;

revoke execute on function storage.usage_of(text), storage.note_usage(jsonb), storage.service_add_up_usage(), storage.usage()
  from public;
grant execute on function storage.service_add_up_usage() to storage;
grant execute on function storage.usage() to service_role, :owner_role;
