-- What belongs to a user: the inbox, preferences, language and devices. Everybody reaches their own rows alone.

-- The user of the claims; null for those who are none.
create function notifications.subject() returns uuid
language sql stable parallel safe set search_path = ''
as $$
  select case when sub ~* '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' then sub::uuid end
    from (select nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub' as sub) claims
$$;

create table notifications.inbox (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null,
  category text not null default 'general' references notifications.categories (name),
  title text not null check (char_length(title) between 1 and 500),
  body text not null default '' check (char_length(body) <= 8000),
  url text check (char_length(url) <= 2000 and url ~* '^(https?://[^[:cntrl:][:space:]]+|/([^/\\[:cntrl:][:space:]][^[:cntrl:][:space:]]*)?)$'),
  data jsonb not null default '{}' check (jsonb_typeof(data) = 'object' and octet_length(data::text) <= 65536),
  read_at timestamptz,
  archived_at timestamptz,
  created_at timestamptz not null default now()
);
comment on table notifications.inbox is 'Notifications inside the application; the newest thousand of a user are kept.';
comment on column notifications.inbox.url is 'A page of the web, or a path of the application.';
create index inbox_of_user on notifications.inbox (user_id, created_at desc, id);
create index inbox_unread on notifications.inbox (user_id) where read_at is null and archived_at is null;
-- Realtime decides on the old row who may hear of a change.
alter table notifications.inbox replica identity full;

create function notifications.bound_inbox() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from notifications.inbox i
   where i.user_id = new.user_id
     and i.created_at < (
       select o.created_at from notifications.inbox o
        where o.user_id = new.user_id order by o.created_at desc offset 999 limit 1);
  return null;
end
$$;
create trigger bound_inbox after insert on notifications.inbox
  for each row execute function notifications.bound_inbox();

create table notifications.preferences (
  user_id uuid not null default notifications.subject(),
  category text not null references notifications.categories (name) on delete cascade,
  channel text not null check (channel in ('inbox', 'mail', 'sms', 'push')),
  is_enabled boolean not null,
  updated_at timestamptz not null default now(),
  primary key (user_id, category, channel)
);
comment on table notifications.preferences is 'What users chose; without a row the category''s channels hold.';

create function notifications.keep_transactional() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if not new.is_enabled
     and exists (select from notifications.categories c where c.name = new.category and c.is_transactional) then
    raise exception 'Messages of category % cannot be switched off', new.category using errcode = 'invalid_parameter_value';
  end if;
  new.updated_at := now();
  return new;
end
$$;
create trigger keep_transactional before insert or update on notifications.preferences
  for each row execute function notifications.keep_transactional();

create table notifications.readers (
  user_id uuid primary key default notifications.subject(),
  locale text not null check (locale in ('en', 'ar')),
  updated_at timestamptz not null default now()
);
comment on table notifications.readers is 'The language a user wants to be written to in.';

create table notifications.devices (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default notifications.subject(),
  endpoint text not null unique check (char_length(endpoint) <= 2000 and endpoint ~ '^https?://[^[:cntrl:][:space:]]+$'),
  p256dh text not null check (p256dh ~ '^[A-Za-z0-9_-]{80,100}={0,2}$'),
  auth text not null check (auth ~ '^[A-Za-z0-9_-]{20,40}={0,2}$'),
  name text not null default '' check (char_length(name) <= 100),
  created_at timestamptz not null default now()
);
comment on table notifications.devices is 'Browsers that take Web Push; at most twenty of a user.';
create index devices_of_user on notifications.devices (user_id, created_at desc);

-- A browser has one endpoint, whoever signs in there: who holds its keys takes it over.
create function notifications.register_device(endpoint text, p256dh text, auth text, name text default '') returns uuid
language plpgsql security definer set search_path = ''
as $$
declare
  owner uuid := notifications.subject();
  made uuid;
begin
  if owner is null then
    raise exception 'Only a signed-in user has devices' using errcode = 'insufficient_privilege';
  end if;
  insert into notifications.devices as d (user_id, endpoint, p256dh, auth, name)
  values (owner, register_device.endpoint, register_device.p256dh, register_device.auth, coalesce(register_device.name, ''))
  on conflict on constraint devices_endpoint_key do update
    set user_id = excluded.user_id, p256dh = excluded.p256dh, name = excluded.name, created_at = now()
    where d.auth = excluded.auth
  returning d.id into made;
  if made is null then
    raise exception 'This endpoint is registered with other keys' using errcode = 'unique_violation';
  end if;
  delete from notifications.devices d
   where d.user_id = owner
     and d.id in (select o.id from notifications.devices o where o.user_id = owner order by o.created_at desc, o.id offset 20);
  return made;
end
$$;

create function notifications.unread_count() returns integer
language sql stable set search_path = ''
as $$
  select count(*)::integer from notifications.inbox i
   where i.user_id = notifications.subject() and i.read_at is null and i.archived_at is null
$$;

-- Which ways a message of a category may take to a user.
create function notifications.channels_of(reader uuid, wanted text) returns text[]
language sql stable set search_path = ''
as $$
  select coalesce(array_agg(way), '{}')
    from notifications.categories c
    cross join unnest(array['inbox', 'mail', 'sms', 'push']) way
    left join notifications.preferences p on p.user_id = reader and p.category = c.name and p.channel = way
   where c.name = wanted
     and (coalesce(p.is_enabled, way = any (c.channels)) or (c.is_transactional and way = any (c.channels)))
$$;
