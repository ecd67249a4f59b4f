-- Which access tokens are worth nothing although their time is not over. The door keeps this set in memory; the table
-- is for a door that comes late, the notification for those that are there. Triggers fill both, so that a session
-- deleted by hand ends like one that signed out.

alter table auth.sessions add column token_expires_at timestamptz;
comment on column auth.sessions.token_expires_at is
  'When the last access token of the session expires; NULL = not known, so the longest life a token can have counts.';

create table auth.revocations (
  kind text not null check (kind in ('session', 'user')),
  id uuid not null,
  expires_at timestamptz not null,
  primary key (kind, id)
);
create index revocations_expires_at_idx on auth.revocations (expires_at);
comment on table auth.revocations is
  'Ended sessions and banned users whose access tokens are still within their time; rows leave when that is over.';

-- Seven days is the longest an access token can be made to live, and half a minute what clocks may differ.
create function auth.longest_token_end() returns timestamptz
language sql stable
as $$ select now() + interval '7 days 30 seconds' $$;

-- Tells every door. Few at once travel in the message; of many it says only that there are some.
create function auth.announce_revocations(kind text, ids uuid[], expires_at timestamptz[]) returns void
language plpgsql
as $$
declare
  per_message constant int := 64;
  first int := 1;
begin
  if cardinality(ids) > 640 then
    perform pg_notify('identity_revocations', '');
    return;
  end if;
  while first <= cardinality(ids) loop
    perform pg_notify('identity_revocations', (
      select jsonb_agg(jsonb_build_array(kind, r.id, ceil(extract(epoch from r.until))))::text
      from unnest(ids[first:first + per_message - 1], expires_at[first:first + per_message - 1]) r(id, until)));
    first := first + per_message;
  end loop;
end
$$;

create function auth.revoke_deleted_sessions() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  ids uuid[];
  ends timestamptz[];
begin
  with revoked as (
    insert into auth.revocations (kind, id, expires_at)
    select 'session', gone.id, gone.until
    from (
      select s.id, coalesce(s.token_expires_at + interval '30 seconds', auth.longest_token_end()) as until from gone s
    ) gone
    where gone.until > now()
    order by gone.id
    on conflict (kind, id) do update set expires_at = greatest(revocations.expires_at, excluded.expires_at)
    returning id, expires_at
  )
  select array_agg(r.id), array_agg(r.expires_at) into ids, ends from revoked r;
  if ids is not null then perform auth.announce_revocations('session', ids, ends); end if;
  -- What is over leaves with those who add; rows another transaction is clearing away are left to it.
  delete from auth.revocations r
  where (r.kind, r.id) in (
    select o.kind, o.id from auth.revocations o where o.expires_at < now() - interval '1 minute'
    order by o.expires_at limit 100 for update skip locked);
  return null;
end
$$;
create trigger revoke_deleted_sessions after delete on auth.sessions
  referencing old table as gone for each statement execute function auth.revoke_deleted_sessions();

create function auth.revoke_truncated_sessions() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into auth.revocations (kind, id, expires_at)
  select 'session', s.id, coalesce(s.token_expires_at + interval '30 seconds', auth.longest_token_end())
  from auth.sessions s
  where coalesce(s.token_expires_at, 'infinity') > now() - interval '30 seconds'
  on conflict do nothing;
  perform pg_notify('identity_revocations', '');
  return null;
end
$$;
create trigger revoke_truncated_sessions before truncate on auth.sessions
  for each statement execute function auth.revoke_truncated_sessions();

-- A token is made for a session in other ways than a refresh (its level is raised, its organisation changed): after a
-- change that does not say when the last token expires that is no longer known.
create function auth.forget_token_end() returns trigger
language plpgsql
as $$
begin
  new.token_expires_at := null;
  return new;
end
$$;
create trigger forget_token_end before update on auth.sessions
  for each row when (
    new.token_expires_at is not distinct from old.token_expires_at
    and new.refreshed_at is not distinct from old.refreshed_at)
  execute function auth.forget_token_end();

-- A ban lasts as long as it lasts, and longer than any token of ours without being remembered for ever.
create function auth.revoke_banned_user() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  until timestamptz := least(new.banned_until, auth.longest_token_end());
begin
  -- least() passes over NULL, which here means no ban.
  if new.banned_until > now() then
    insert into auth.revocations (kind, id, expires_at) values ('user', new.id, until)
    on conflict (kind, id) do update set expires_at = excluded.expires_at;
    perform auth.announce_revocations('user', array[new.id], array[until]);
  else
    delete from auth.revocations r where r.kind = 'user' and r.id = new.id;
    -- An end in the past lifts what was announced before.
    if found then perform auth.announce_revocations('user', array[new.id], array[timestamptz 'epoch']); end if;
  end if;
  return null;
end
$$;
create trigger revoke_banned_user after update of banned_until on auth.users
  for each row when (old.banned_until is distinct from new.banned_until)
  execute function auth.revoke_banned_user();

revoke execute on function auth.longest_token_end(), auth.announce_revocations(text, uuid[], timestamptz[]),
  auth.revoke_deleted_sessions(), auth.revoke_truncated_sessions(), auth.forget_token_end(),
  auth.revoke_banned_user() from public;

grant select on auth.revocations to identity, :owner_role;
