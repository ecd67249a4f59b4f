-- How deliveries are claimed. Called by the service, with its rights.

-- Claims due deliveries for a worker until the lease ends: of every endpoint its share, so that none waits for another.
-- An endpoint's state is locked meanwhile, which makes its bound of claims hold for all workers together.
create function webhooks.claim(
  worker uuid, lease_seconds float8, slots integer, per_endpoint integer, breaker_after integer
) returns table (delivery_id bigint, endpoint_id uuid, endpoint_version bigint)
language plpgsql volatile set search_path = ''
as $$
#variable_conflict use_column
declare
  ready record;
  share integer;
  capacity integer;
  remaining integer := slots;
  taken integer;
  -- A constant, unlike clock_timestamp(), can be looked for in an index.
  moment constant timestamptz := clock_timestamp();
begin
  share := greatest(1, ceil(slots::numeric / greatest(1, (
    select count(*) from webhooks.endpoints e where e.enabled and exists (
      select from webhooks.deliveries d
       where d.endpoint_id = e.id and d.state = 'pending' and d.next_at <= moment))))::integer);
  for ready in
    select e.id, e.version, e.rate, s.failures, s.rate_at
      from webhooks.endpoints e join webhooks.endpoint_states s on s.endpoint_id = e.id
     where e.enabled and (s.paused_until is null or s.paused_until <= moment)
       and exists (select from webhooks.deliveries d
                    where d.endpoint_id = e.id and d.state = 'pending' and d.next_at <= moment)
     order by random()
       for update of s skip locked
  loop
    exit when remaining <= 0;
    -- Of all workers; a claim whose time is over counts no more.
    select case when ready.failures >= breaker_after then 1 else per_endpoint end - count(*)::integer into capacity
      from webhooks.deliveries d
     where d.endpoint_id = ready.id and d.claimed_by is not null and d.next_at > moment;
    capacity := least(capacity, share, remaining);
    if ready.rate is not null then
      -- A second's worth at once, and then as time goes by.
      capacity := least(capacity, floor(ready.rate * (1 - greatest(0,
        extract(epoch from coalesce(ready.rate_at, clock_timestamp()) - clock_timestamp())))::numeric)::integer);
    end if;
    continue when capacity <= 0;
    return query
      update webhooks.deliveries c
         set claimed_by = worker, next_at = clock_timestamp() + lease_seconds * interval '1 s'
       where c.id = any (array(
         select d.id from webhooks.deliveries d
          where d.endpoint_id = ready.id and d.state = 'pending' and d.next_at <= moment
          order by d.next_at limit capacity for update skip locked))
      returning c.id, c.endpoint_id, ready.version;
    get diagnostics taken = row_count;
    remaining := remaining - taken;
    if ready.rate is not null then
      update webhooks.endpoint_states s
         set rate_at = greatest(coalesce(rate_at, clock_timestamp()), clock_timestamp()) + taken * interval '1 s' / ready.rate
       where s.endpoint_id = ready.id;
    end if;
  end loop;
end $$;

-- Milliseconds until something could be claimed; null while nothing waits for a time.
create function webhooks.next_due_ms() returns float8
language sql stable set search_path = ''
as $$
  select (extract(epoch from min(greatest(
           d.next_at, s.paused_until, s.rate_at - interval '1 s' + interval '1 s' / e.rate)) - clock_timestamp()) * 1000)::float8
    from webhooks.endpoints e
    join webhooks.endpoint_states s on s.endpoint_id = e.id
   cross join lateral (select d.next_at from webhooks.deliveries d
                        where d.endpoint_id = e.id and d.state = 'pending' and d.next_at < 'infinity'
                        order by d.next_at limit 1) d
   where e.enabled
$$;

-- Adds deliveries of messages; one that waits behind another of its key is not due yet. The states of ordered endpoints
-- are locked by whoever calls, because else the one it waits for could end unseen at the same moment.
create function webhooks.add_deliveries(entries jsonb) returns integer
language sql volatile set search_path = ''
as $$
  with wanted as (
    select * from jsonb_to_recordset(entries)
      as w(position integer, endpoint_id uuid, event_id uuid, event_type text, key text)
  ), added as (
    insert into webhooks.deliveries (endpoint_id, event_id, event_type, key, next_at)
    select w.endpoint_id, w.event_id, w.event_type, w.key,
           case when w.key is not null and (
                       row_number() over (partition by w.endpoint_id, w.key order by w.position) > 1
                       or exists (select from webhooks.deliveries d
                                   where d.endpoint_id = w.endpoint_id and d.key = w.key and d.state = 'pending'))
                then 'infinity'::timestamptz else clock_timestamp() end
      from wanted w order by w.position
    on conflict (event_id, endpoint_id) do nothing
    returning 1
  )
  select count(*)::integer from added
$$;

-- Makes the first of each key due that waits behind nobody any more.
create function webhooks.free_next(endpoints uuid[], keys text[]) returns void
language sql volatile set search_path = ''
as $$
  update webhooks.deliveries d set next_at = clock_timestamp()
    from (select distinct w.endpoint_id, w.key from unnest(endpoints, keys) w(endpoint_id, key)) w
   where d.id = (select e.id from webhooks.deliveries e
                  where e.endpoint_id = w.endpoint_id and e.key = w.key and e.state = 'pending' and e.next_at = 'infinity'
                  order by e.id limit 1)
     and not exists (select from webhooks.deliveries e
                      where e.endpoint_id = w.endpoint_id and e.key = w.key and e.state = 'pending'
                        and e.next_at < 'infinity')
$$;

-- Asks for a part of the oldest replay again; returns whether there is more to do.
create function webhooks.replay_some(batch integer) returns boolean
language plpgsql volatile set search_path = ''
as $$
declare
  asked webhooks.replays;
  found_ids bigint[];
begin
  select r.* into asked from webhooks.replays r where r.finished_at is null
   order by r.created_at limit 1 for update skip locked;
  if not found then return false; end if;
  select array_agg(d.id order by d.id) into found_ids from (
    select d.id from webhooks.deliveries d
     where d.id > asked.after_id and d.id <= asked.last_id and d.state <> 'pending'
       and (asked.endpoint_id is null or d.endpoint_id = asked.endpoint_id)
       and (asked.state is null or d.state = asked.state)
       and (asked.event_type is null or d.event_type = asked.event_type)
       and (asked.since is null or d.created_at >= asked.since)
       and (asked.until is null or d.created_at < asked.until)
     order by d.id limit least(batch, asked.at_most - asked.replayed)) d;
  perform webhooks.replay(found_ids);
  update webhooks.replays r
     set after_id = coalesce(found_ids[cardinality(found_ids)], r.last_id),
         replayed = r.replayed + coalesce(cardinality(found_ids), 0),
         finished_at = case when coalesce(cardinality(found_ids), 0) < batch
                              or r.replayed + cardinality(found_ids) >= r.at_most then clock_timestamp() end
   where r.id = asked.id;
  return exists (select from webhooks.replays r where r.finished_at is null);
end $$;

-- Makes deliveries that are done due again, with all their attempts still before them; returns how many were done.
create function webhooks.replay(ids bigint[]) returns integer
language plpgsql volatile set search_path = ''
as $$
declare
  replayed integer;
begin
  perform from webhooks.endpoint_states s
    where s.endpoint_id in (select d.endpoint_id from webhooks.deliveries d where d.id = any (ids) and d.key is not null)
    order by s.endpoint_id for update;
  update webhooks.deliveries d
     set state = 'pending', tries = 0, finished_at = null, claimed_by = null,
         next_at = case when d.key is null then clock_timestamp() else 'infinity' end
   where d.id = any (ids) and d.state <> 'pending';
  get diagnostics replayed = row_count;
  perform webhooks.free_next(array_agg(d.endpoint_id), array_agg(d.key))
     from webhooks.deliveries d where d.id = any (ids) and d.key is not null;
  return replayed;
end $$;

-- Removes some of what was kept long enough; returns whether there may be more. What nobody will ever deliver goes too:
-- of endpoints that are gone, and of those disabled for as long.
create function webhooks.sweep(keep_days float8, batch integer) returns boolean
language plpgsql volatile set search_path = ''
as $$
declare
  kept_since constant timestamptz := now() - keep_days * interval '1 day';
  gone bigint[];
  old_messages integer;
begin
  gone := array(
    select d.id from webhooks.deliveries d where d.state <> 'pending' and d.finished_at < kept_since
     order by d.finished_at limit batch for update skip locked);
  if cardinality(gone) < batch then
    gone := gone || array(
      select d.id from webhooks.deliveries d
       where d.state = 'pending' and d.claimed_by is null
         and (not exists (select from webhooks.endpoints e where e.id = d.endpoint_id)
              or (d.created_at < kept_since and exists (
                    select from webhooks.endpoints e
                     where e.id = d.endpoint_id and not e.enabled and e.disabled_at < kept_since)))
       limit batch for update skip locked);
  end if;
  delete from webhooks.attempts a where a.delivery_id = any (gone);
  delete from webhooks.deliveries d where d.id = any (gone);
  delete from webhooks.messages m where m.id = any (array(
    select o.id from webhooks.messages o
     where o.created_at < kept_since and not exists (select from webhooks.deliveries d where d.event_id = o.id)
     limit batch));
  get diagnostics old_messages = row_count;
  delete from webhooks.replays r where r.finished_at < kept_since;
  return cardinality(gone) >= batch or old_messages >= batch;
end $$;

revoke execute on all functions in schema webhooks from public;
grant execute on all functions in schema webhooks to webhooks;
revoke execute on function webhooks.add_endpoint_state() from webhooks;
