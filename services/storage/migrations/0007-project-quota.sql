-- What all buckets of a project may hold together. The service writes here what the project's settings say: a setting of
-- the session could be changed by any policy or trigger that runs in it.

create table storage.project_quota (
  is_only boolean primary key default true check (is_only),
  bytes bigint check (bytes >= 0),
  objects bigint check (objects >= 0)
);
comment on table storage.project_quota is 'One row; null = no bound.';
insert into storage.project_quota default values;
alter table storage.project_quota enable row level security;

create function storage.service_set_quota(new_bytes bigint, new_objects bigint) returns void
language sql volatile security definer set search_path = ''
as $$
  update storage.project_quota q set bytes = new_bytes, objects = new_objects
   where (q.bytes, q.objects) is distinct from (new_bytes, new_objects)
$$;

-- Also tells of how many notes the sum was made, so that they are added up before there are too many. Null: of every bucket.
drop function storage.usage_of(text);
create function storage.usage_of(wanted text) returns table (objects bigint, bytes bigint, notes bigint)
language sql volatile security definer set search_path = ''
as $$
  select coalesce(sum(u.objects), 0)::bigint, coalesce(sum(u.bytes), 0)::bigint, coalesce(sum(u.notes), 0)::bigint
    from (select objects, bytes, 0 as notes from storage.bucket_usage where wanted is null or bucket_id = wanted
          union all
          select objects, bytes, 1 from storage.usage_changes where wanted is null or bucket_id = wanted) u
$$;

-- Buckets first, in their order, and the project last: whoever waits for one of these locks holds none that comes later.
create or replace function storage.note_usage(changed jsonb) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  change record;
  quota bigint;
  used record;
  bound storage.project_quota;
  more_objects bigint := 0;
  more_bytes bigint := 0;
  notes bigint := 0;
begin
  for change in
    select c.bucket_id, sum(c.objects)::bigint as objects, sum(c.bytes)::bigint as bytes
      from jsonb_to_recordset(changed) c (bucket_id text, objects bigint, bytes bigint)
     where c.bucket_id is not null group by c.bucket_id having sum(c.objects) <> 0 or sum(c.bytes) <> 0 order by c.bucket_id
  loop
    insert into storage.usage_changes (bucket_id, objects, bytes) values (change.bucket_id, change.objects, change.bytes);
    more_objects := more_objects + change.objects;
    more_bytes := more_bytes + change.bytes;
    if change.bytes > 0 then
      select b.quota_bytes into quota from storage.buckets b where b.id = change.bucket_id;
      if quota is not null then
        -- Only one after the other can there be a sum that no two exceed together.
        perform pg_advisory_xact_lock(hashtextextended('storage quota ' || change.bucket_id, 0));
        select * into used from storage.usage_of(change.bucket_id);
        if used.bytes > quota then
          raise exception 'The quota of bucket % is used up', change.bucket_id using errcode = 'AS413';
        end if;
        notes := greatest(notes, used.notes);
      end if;
    end if;
  end loop;
  if more_bytes > 0 or more_objects > 0 then
    select * into bound from storage.project_quota;
    if bound.bytes is not null or bound.objects is not null then
      perform pg_advisory_xact_lock(hashtextextended('storage project quota', 0));
      select * into used from storage.usage_of(null);
      if more_bytes > 0 and used.bytes > bound.bytes or more_objects > 0 and used.objects > bound.objects then
        raise exception 'The storage quota of the project is used up' using errcode = 'AS413';
      end if;
      notes := greatest(notes, used.notes);
    end if;
  end if;
  if notes > 1000 then
    perform storage.service_add_up_usage();
  end if;
end $$;

revoke execute on function storage.usage_of(text), storage.service_set_quota(bigint, bigint) from public;
grant execute on function storage.service_set_quota(bigint, bigint) to storage;
