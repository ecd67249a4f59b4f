-- What is to be sent, to whom it may be sent, and what was written down about it. A row of notifications.messages is
-- written in the transaction of its cause: what is rolled back is never sent.

create table notifications.categories (
  name text primary key check (name ~ '^[a-z][a-z0-9_-]{0,62}$'),
  title jsonb not null default '{}' check (jsonb_typeof(title) = 'object' and octet_length(title::text) <= 2000),
  is_transactional boolean not null default false,
  channels text[] not null default '{inbox}'
    check (channels <@ array['inbox', 'mail', 'sms', 'push'] and cardinality(channels) <= 4),
  created_at timestamptz not null default now()
);
comment on table notifications.categories is 'What messages are about; users choose by category and channel.';
comment on column notifications.categories.title is 'By language: {"en": "…", "ar": "…"}.';
comment on column notifications.categories.is_transactional is 'Nobody can switch it off, and nobody needs to.';
comment on column notifications.categories.channels is 'What a user who chose nothing gets.';
insert into notifications.categories (name, title, is_transactional, channels) values
  ('transactional', '{"en": "Service messages", "ar": "رسائل الخدمة"}', true, '{inbox,mail}'),
  ('general', '{"en": "News", "ar": "الأخبار"}', false, '{inbox}');

create table notifications.messages (
  id uuid primary key default gen_random_uuid(),
  channel text not null check (channel in ('mail', 'sms', 'push')),
  state text not null default 'queued'
    check (state in ('queued', 'sending', 'sent', 'failed', 'cancelled', 'suppressed')),
  category text not null references notifications.categories (name),
  user_id uuid,
  recipient text check (char_length(recipient) between 1 and 2000 and recipient !~ '[[:cntrl:]]'),
  template text check (template ~ '^[a-z][a-z0-9_-]{0,62}$'),
  data jsonb not null default '{}' check (jsonb_typeof(data) = 'object' and octet_length(data::text) <= 65536),
  subject text check (char_length(subject) <= 500 and subject !~ '[[:cntrl:]]'),
  html text check (octet_length(html) <= 262144),
  body text check (octet_length(body) <= 262144),
  locale text check (locale in ('en', 'ar')),
  headers jsonb not null default '{}' check (jsonb_typeof(headers) = 'object' and octet_length(headers::text) <= 16384),
  reply_to text check (char_length(reply_to) <= 254 and reply_to !~ '[[:cntrl:][:space:]]'),
  due_at timestamptz not null default now(),
  attempts integer not null default 0,
  replays integer not null default 0,
  provider_id text,
  answer text,
  error text,
  history jsonb not null default '[]',
  sent_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (user_id is not null or recipient is not null)
);
comment on table notifications.messages is 'One row per message and receiver, from its cause until its history is forgotten.';
comment on column notifications.messages.recipient is 'Address, number, or id of a device; null = asked of the account when it is sent.';
comment on column notifications.messages.due_at is 'Next attempt; while it is being sent, when that attempt counts as lost.';
create index messages_due on notifications.messages (due_at) where state in ('queued', 'sending');
create index messages_by_time on notifications.messages (created_at desc, id);
create index messages_by_recipient on notifications.messages (recipient, created_at desc);
create index messages_of_user on notifications.messages (user_id, created_at desc);
create index messages_over on notifications.messages (updated_at) where state not in ('queued', 'sending');
create index messages_by_provider on notifications.messages (provider_id) where provider_id is not null;

create table notifications.keys (
  key text primary key check (char_length(key) between 1 and 200),
  digest text not null,
  result jsonb not null,
  created_at timestamptz not null default now()
);
comment on table notifications.keys is 'Answers by idempotency key, for a week.';
create index keys_by_time on notifications.keys (created_at);

create table notifications.templates (
  name text primary key check (name ~ '^[a-z][a-z0-9_-]{0,62}$'),
  version integer not null check (version > 0),
  updated_at timestamptz not null default now()
);
comment on column notifications.templates.version is 'The one in force.';
create table notifications.template_versions (
  name text not null references notifications.templates (name) on delete cascade deferrable initially deferred,
  version integer not null check (version > 0),
  content jsonb not null check (jsonb_typeof(content) = 'object' and octet_length(content::text) <= 1048576),
  created_by text,
  created_at timestamptz not null default now(),
  primary key (name, version)
);
comment on column notifications.template_versions.content is 'By language: {"en": {"subject": "…", "html": "…", "text": "…"}}.';

create table notifications.suppressions (
  address text not null check (char_length(address) between 1 and 254 and address = lower(address)),
  category text not null default '*' check (char_length(category) between 1 and 63),
  reason text not null default 'manual' check (reason in ('bounce', 'complaint', 'manual', 'unsubscribed')),
  detail text check (char_length(detail) <= 500),
  created_at timestamptz not null default now(),
  primary key (address, category)
);
comment on table notifications.suppressions is 'Addresses and numbers nothing is sent to; category * means nothing at all.';

create table notifications.settings (
  section text primary key check (section in ('mail', 'sms', 'push', 'vapid')),
  value jsonb not null check (jsonb_typeof(value) = 'object' and octet_length(value::text) <= 65536),
  updated_at timestamptz not null default now()
);
comment on table notifications.settings is 'Where this differs from the instance''s defaults. Secrets in it are sealed.';
