-- The doors for who sends: functions for SQL in the caller's own transaction, which the HTTP surface calls as well.

-- Tells the service that something is due, once per transaction.
create function notifications.wake() returns void
language plpgsql security definer set search_path = ''
as $$
declare
  transaction_id text := pg_current_xact_id()::text;
begin
  if current_setting('notifications.woken_in', true) is distinct from transaction_id then
    perform set_config('notifications.woken_in', transaction_id, true);
    -- Any role may emit events of the application: whose transaction this is cannot be foreseen.
    perform events.emit('app.notifications.queued', null, '{}');
  end if;
end
$$;

create function notifications.wake_on_insert() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform notifications.wake();
  return null;
end
$$;
create trigger wake_on_insert after insert on notifications.messages
  for each statement execute function notifications.wake_on_insert();

-- Refuses what could add a header or a second address, whichever door it came through.
create function notifications.mail_address(given text) returns text
language plpgsql immutable set search_path = ''
as $$
declare
  address text := lower(btrim(given, ' '));
begin
  if address is null or char_length(address) > 254
     or address !~ '^[^[:space:][:cntrl:]@<>,;:"()\\[\]]{1,64}@[^[:space:][:cntrl:]@<>,;:"()\\[\]]+$' then
    raise exception '% is no address of a mailbox', coalesce(quote_literal(left(given, 80)), 'null')
      using errcode = 'invalid_parameter_value';
  end if;
  return address;
end
$$;

create function notifications.check_headers(headers jsonb) returns void
language plpgsql immutable set search_path = ''
as $$
declare
  name text;
  value jsonb;
begin
  if jsonb_typeof(headers) <> 'object' then
    raise exception 'headers must be an object of texts' using errcode = 'invalid_parameter_value';
  end if;
  for name, value in select * from jsonb_each(headers) loop
    if name !~* '^(x-[a-z0-9-]{1,60}|in-reply-to|references|list-id|importance|keywords)$' then
      raise exception 'The header % may not be given: wanted X-… or In-Reply-To', quote_literal(left(name, 64))
        using errcode = 'invalid_parameter_value';
    end if;
    if jsonb_typeof(value) <> 'string' or (value #>> '{}') ~ '[[:cntrl:]]' or char_length(value #>> '{}') > 998 then
      raise exception 'The header % must be one line of text', name using errcode = 'invalid_parameter_value';
    end if;
  end loop;
end
$$;

-- The answer kept under a key; null when there is none yet. Others with the key wait until this transaction ends.
create function notifications.kept_answer(wanted text, wanted_digest text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  known notifications.keys;
begin
  if char_length(wanted) not between 1 and 200 then
    raise exception 'An idempotency key has 1 to 200 characters' using errcode = 'invalid_parameter_value';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('notifications.key:' || wanted, 0));
  select * into known from notifications.keys k where k.key = wanted;
  if known.key is not null and known.digest <> wanted_digest then
    raise exception 'The idempotency key was used for something else' using errcode = 'unique_violation';
  end if;
  return known.result;
end
$$;

create function notifications.digest_of(request jsonb) returns text
language sql immutable set search_path = ''
as $$ select encode(sha256(convert_to(request::text, 'UTF8')), 'hex') $$;

/*
 * Queues one mail for each recipient: of a template with data, or with subject and html or body (plain text).
 * Returns [{"id": …, "recipient": …}].
 */
create function notifications.send_mail(
  recipients text[],
  template text default null,
  data jsonb default '{}',
  subject text default null,
  html text default null,
  body text default null,
  locale text default null,
  category text default 'transactional',
  headers jsonb default '{}',
  reply_to text default null,
  send_at timestamptz default null,
  idempotency_key text default null
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_variable
declare
  addresses text[];
  digest text;
  result jsonb;
begin
  if coalesce(cardinality(recipients), 0) not between 1 and 50 then
    raise exception 'A mail has 1 to 50 recipients, each of whom gets one of their own; got %', coalesce(cardinality(recipients), 0)
      using errcode = 'invalid_parameter_value';
  end if;
  if (template is null) = (subject is null and html is null and body is null) or (template is null and (subject is null or (html is null and body is null))) then
    raise exception 'A mail has either a template, or a subject and html or body' using errcode = 'invalid_parameter_value';
  end if;
  if send_at > now() + interval '1 year' then
    raise exception 'send_at is more than a year away' using errcode = 'invalid_parameter_value';
  end if;
  perform notifications.check_headers(coalesce(headers, '{}'));
  select array_agg(distinct notifications.mail_address(given)) into addresses from unnest(recipients) given;
  if idempotency_key is not null then
    digest := notifications.digest_of(jsonb_build_array(
      'send_mail', addresses, template, data, subject, html, body, locale, category, headers, reply_to, send_at));
    result := notifications.kept_answer(idempotency_key, digest);
    if result is not null then
      return result;
    end if;
  end if;
  with made as (
    insert into notifications.messages as m
      (channel, category, recipient, template, data, subject, html, body, locale, headers, reply_to, due_at)
    select 'mail', coalesce(category, 'transactional'), address, template, coalesce(data, '{}'), subject, html, body, locale,
           coalesce(headers, '{}'), case when reply_to is not null then notifications.mail_address(reply_to) end,
           coalesce(send_at, now())
      from unnest(addresses) address
    returning m.id, m.recipient)
  select jsonb_agg(jsonb_build_object('id', made.id, 'recipient', made.recipient) order by made.recipient) into result from made;
  if idempotency_key is not null then
    insert into notifications.keys (key, digest, result) values (idempotency_key, digest, result);
  end if;
  return result;
end
$$;

-- A text in the reader's language: data gives it plainly or by language.
create function notifications.text_for(value jsonb, locale text) returns text
language sql immutable set search_path = ''
as $$
  select case jsonb_typeof(value)
    when 'string' then value #>> '{}'
    when 'object' then coalesce(value ->> locale, value ->> 'en', value ->> 'ar')
  end
$$;

/*
 * Tells a user something, by the channels the category and the user's preferences allow. data holds title (needed), body
 * and url, each a text or {"en": …, "ar": …}, and whatever a template reads. Returns {"inbox": id | null, "messages": [{"id", "channel"}]}.
 */
create function notifications.notify(
  user_id uuid,
  category text,
  data jsonb,
  template text default null,
  channels text[] default null,
  idempotency_key text default null
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_variable
declare
  reader uuid := user_id;
  language text := coalesce((select r.locale from notifications.readers r where r.user_id = reader), data ->> 'locale');
  title text := notifications.text_for(data -> 'title', coalesce(language, 'en'));
  said text := coalesce(notifications.text_for(data -> 'body', coalesce(language, 'en')), '');
  link text := notifications.text_for(data -> 'url', coalesce(language, 'en'));
  ways text[];
  filled jsonb;
  digest text;
  inbox_id uuid;
  messages jsonb;
  result jsonb;
begin
  if reader is null or coalesce(title, '') = '' then
    raise exception 'A notification needs a user and data with a title' using errcode = 'invalid_parameter_value';
  end if;
  if language is not null and language not in ('en', 'ar') then
    raise exception 'locale must be en or ar' using errcode = 'invalid_parameter_value';
  end if;
  if not exists (select from notifications.categories c where c.name = category) then
    raise exception 'There is no category %', quote_literal(left(category, 63)) using errcode = 'invalid_parameter_value';
  end if;
  if idempotency_key is not null then
    digest := notifications.digest_of(jsonb_build_array('notify', reader, category, data, template, channels));
    result := notifications.kept_answer(idempotency_key, digest);
    if result is not null then
      return result;
    end if;
  end if;
  ways := notifications.channels_of(reader, category);
  if channels is not null then
    ways := array(select way from unnest(ways) way where way = any (channels));
  end if;
  if 'inbox' = any (ways) then
    insert into notifications.inbox as i (user_id, category, title, body, url, data)
    values (reader, category, title, said, link, data - 'title' - 'body' - 'url' - 'locale')
    returning i.id into inbox_id;
  end if;
  filled := data || jsonb_build_object('title', title, 'body', said, 'url', link);
  with made as (
    insert into notifications.messages as m (channel, category, user_id, recipient, template, data, locale)
    select way, category, reader, null, case when way = 'mail' then coalesce(template, 'notification') end, filled, language
      from unnest(ways) way where way in ('mail', 'sms')
    union all
    select 'push', category, reader, d.id::text, null, filled, language
      from notifications.devices d where d.user_id = reader and 'push' = any (ways)
    returning m.id, m.channel)
  select coalesce(jsonb_agg(jsonb_build_object('id', made.id, 'channel', made.channel) order by made.channel, made.id), '[]')
    into messages from made;
  result := jsonb_build_object('inbox', inbox_id, 'messages', messages);
  if idempotency_key is not null then
    insert into notifications.keys (key, digest, result) values (idempotency_key, digest, result);
  end if;
  return result;
end
$$;

-- True when it was waiting; what is being sent cannot be called back.
create function notifications.cancel_message(message_id uuid) returns boolean
language sql volatile security definer set search_path = ''
as $$
  with done as (
    update notifications.messages set state = 'cancelled', updated_at = now()
     where id = message_id and state = 'queued' returning id)
  select exists (select from done)
$$;

-- True when it was over; it is sent as a message of its own, under a new Message-ID.
create function notifications.replay_message(message_id uuid) returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
begin
  update notifications.messages
     set state = 'queued', attempts = 0, replays = replays + 1, due_at = now(), error = null, answer = null,
         provider_id = null, sent_at = null, updated_at = now()
   where id = message_id and state in ('sent', 'failed', 'cancelled', 'suppressed');
  if not found then
    return false;
  end if;
  perform notifications.wake();
  return true;
end
$$;

-- Puts a new version of a template in force; the youngest fifty are kept. Returns its number.
create function notifications.put_template(template_name text, new_content jsonb) returns integer
language plpgsql volatile security definer set search_path = ''
as $$
declare
  made integer;
begin
  perform pg_advisory_xact_lock(hashtextextended('notifications.templates', 0));
  if (select count(*) from notifications.templates t where t.name <> template_name) >= 500 then
    raise exception 'There are 500 templates already' using errcode = 'program_limit_exceeded';
  end if;
  select coalesce(max(v.version), 0) + 1 into made from notifications.template_versions v where v.name = template_name;
  insert into notifications.templates as t (name, version) values (template_name, made)
    on conflict (name) do update set version = excluded.version, updated_at = now();
  insert into notifications.template_versions (name, version, content, created_by)
    values (template_name, made, new_content, notifications.subject()::text);
  delete from notifications.template_versions v where v.name = template_name and v.version <= made - 50;
  return made;
end
$$;

-- Puts an older version in force again.
create function notifications.use_template(template_name text, wanted integer) returns boolean
language sql volatile security definer set search_path = ''
as $$
  with done as (
    update notifications.templates t set version = wanted, updated_at = now()
     where t.name = template_name
       and exists (select from notifications.template_versions v where v.name = template_name and v.version = wanted)
    returning t.name)
  select exists (select from done)
$$;
