-- What policies ask about a name and about the request, and the listings. All of them run with the rights of whoever
-- calls: a listing shows the rows its caller's policies show.

create function storage.foldername(name text) returns text[]
language sql immutable parallel safe
as $$ select (string_to_array(name, '/'))[1 : cardinality(string_to_array(name, '/')) - 1] $$;

create function storage.filename(name text) returns text
language sql immutable parallel safe
as $$ select (string_to_array(name, '/'))[cardinality(string_to_array(name, '/'))] $$;

create function storage.extension(name text) returns text
language sql immutable parallel safe
as $$ select reverse(split_part(reverse(storage.filename(name)), '.', 1)) $$;

create function storage.operation() returns text
language sql stable parallel safe
as $$ select current_setting('storage.operation', true) $$;

-- Operations may be named with or without the leading `storage.`.
create function storage.allow_only_operation(expected_operation text) returns boolean
language sql stable parallel safe
as $$
  select coalesce(regexp_replace(storage.operation(), '^storage\.', '') = regexp_replace(expected_operation, '^storage\.', ''), false)
$$;

create function storage.allow_any_operation(expected_operations text[]) returns boolean
language sql stable parallel safe
as $$ select coalesce(bool_or(storage.allow_only_operation(expected)), false) from unnest(expected_operations) expected $$;

create function storage.get_size_by_bucket() returns table (size bigint, bucket_id text)
language sql stable
as $$ select sum((metadata ->> 'size')::bigint)::bigint, bucket_id from storage.objects group by bucket_id $$;

-- Files and folders under a prefix in the order of their lower-case names: a run of files is read in one go, and behind a
-- folder the next entry is looked for anew, so a folder of a million files costs as much as one file. `after` is the
-- `position` of the last entry seen. The way along the index is asked for, because right after a bulk load the planner
-- knows nothing yet and may choose to sort all that is below a prefix instead.
create function storage.list_entries(
  bucket text, prefix text, after text default null, entries integer default 100,
  descending boolean default false, by_folder boolean default true
) returns table (
  "position" text, name text, id uuid,
  updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz, metadata jsonb
)
language plpgsql stable set enable_sort = off
as $$
#variable_conflict use_column
declare
  low constant text collate "C" := lower(prefix collate "C");
  high constant text collate "C" := low || chr(1114111);
  at text collate "C" := case when descending then least(after collate "C", high) else greatest(after collate "C", low) end;
  -- Rows are fetched one by one, so that no more are read than are told of.
  ahead refcursor;
  found_row storage.objects;
  slash integer;
  remaining integer := entries;
  is_over boolean := false;
begin
  while remaining > 0 and not is_over loop
    if descending then
      open ahead for select o.* from storage.objects o
       where o.bucket_id = bucket and o.sort_key > low and o.sort_key < at order by o.sort_key desc limit remaining;
    else
      open ahead for select o.* from storage.objects o
       where o.bucket_id = bucket and o.sort_key > at and o.sort_key < high order by o.sort_key limit remaining;
    end if;
    loop
      fetch ahead into found_row;
      is_over := not found;
      exit when is_over;
      slash := case when by_folder then position('/' in substr(found_row.name, length(prefix) + 1)) else 0 end;
      if slash > 0 then
        name := left(found_row.name, length(prefix) + slash);
        -- Beyond all that begins with the folder: the letter after the slash is a zero.
        at := case when descending then lower(name collate "C") else left(lower(name collate "C"), -1) || '0' end;
        id := null; updated_at := null; created_at := null; last_accessed_at := null; metadata := null;
      else
        name := found_row.name;
        at := found_row.sort_key;
        id := found_row.id;
        updated_at := found_row.updated_at;
        created_at := found_row.created_at;
        last_accessed_at := found_row.last_accessed_at;
        metadata := found_row.metadata;
      end if;
      "position" := at;
      remaining := remaining - 1;
      return next;
      exit when slash > 0 or remaining = 0;
    end loop;
    close ahead;
  end loop;
end $$;

create function storage.search(
  prefix text, bucketname text, limits integer default 100, levels integer default 1, offsets integer default 0,
  search text default '', sortcolumn text default 'name', sortorder text default 'asc'
) returns table (
  name text, id uuid, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz, metadata jsonb
)
language plpgsql stable
as $$
#variable_conflict use_column
declare
  whole constant text := prefix || coalesce(search, '');
  folder constant text := coalesce(substring(whole from '^.*/'), '');
  low constant text collate "C" := lower(whole collate "C");
  high constant text collate "C" := low || chr(1114111);
  falling constant boolean := lower(sortorder) = 'desc';
begin
  if sortcolumn not in ('updated_at', 'created_at', 'last_accessed_at') then
    return query
      select rtrim(substr(e.name, length(folder) + 1), '/'),
             e.id, e.updated_at, e.created_at, e.last_accessed_at, e.metadata
        from storage.list_entries(bucketname, whole, null, limits + offsets, falling) e
       offset offsets;
    return;
  end if;
  return query
    with below as (
      select substr(o.name, length(folder) + 1) as rest, o.*
        from storage.objects o
       where o.bucket_id = bucketname and o.sort_key > low and o.sort_key < high
    ), entries as (
      select min(split_part(rest, '/', 1)) as name, null::uuid as id, null::timestamptz as updated_at,
             null::timestamptz as created_at, null::timestamptz as last_accessed_at, null::jsonb as metadata, true as is_folder
        from below where position('/' in rest) > 0 group by lower(split_part(rest, '/', 1))
      union all
      select rest, b.id, b.updated_at, b.created_at, b.last_accessed_at, b.metadata, false
        from below b where position('/' in rest) = 0
    ), moments as (
      select e.*, case sortcolumn when 'updated_at' then e.updated_at when 'created_at' then e.created_at
                                  else e.last_accessed_at end as moment
        from entries e
    )
    select m.name, m.id, m.updated_at, m.created_at, m.last_accessed_at, m.metadata from moments m
     order by m.is_folder desc,
              case when falling then m.moment end desc nulls last, case when not falling then m.moment end nulls last,
              lower(m.name) collate "C", m.name collate "C"
     limit limits offset offsets;
end $$;

create function storage.search_v2(
  prefix text, bucket_name text, limits integer default 100, levels integer default 1, start_after text default '',
  sort_order text default 'asc'
) returns table (
  key text, name text, id uuid, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz, metadata jsonb
)
language sql stable
as $$
  select e.name, rtrim(e.name, '/'), e.id, e.updated_at, e.created_at, e.last_accessed_at, e.metadata
    from storage.list_entries(bucket_name, prefix,
      case when start_after = '' then null else lower(start_after collate "C") || E'\x01' || start_after end,
      limits, lower(sort_order) = 'desc') e
$$;

create function storage.list_objects_with_delimiter(
  _bucket_id text, prefix_param text, delimiter_param text, max_keys integer default 100,
  start_after text default '', next_token text default ''
) returns table (name text, id uuid, metadata jsonb, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz)
language sql stable
as $$
  select e.name, e.id, e.metadata, e.updated_at, e.created_at, e.last_accessed_at
    from storage.list_entries(_bucket_id, prefix_param,
      case when greatest(start_after, next_token) = '' then null
           else lower(greatest(start_after, next_token) collate "C") || E'\x01' || greatest(start_after, next_token) end,
      max_keys, false, delimiter_param = '/') e
$$;
