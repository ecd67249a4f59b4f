-- What an administrator may change while the service runs, and what leaves with a commit.

create table auth.settings (
  section text not null primary key check (char_length(section) between 1 and 63),
  value jsonb not null check (jsonb_typeof(value) = 'object' and pg_column_size(value) <= 1048576),
  version integer not null default 1 check (version > 0),
  updated_at timestamptz not null default now(),
  updated_by text not null default ''
);
comment on table auth.settings is
  'Settings of the accounts service that differ from the instance''s defaults. Secrets in it are sealed.';

-- Every process that serves the project forgets what it knew of the settings.
create function auth.announce_settings() returns trigger
language plpgsql
as $$
begin
  perform pg_notify('identity_settings', '');
  return null;
end
$$;
revoke execute on function auth.announce_settings() from public;
create trigger announce_settings after insert or update or delete or truncate on auth.settings
  for each statement execute function auth.announce_settings();

create table auth.outbox (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('mail', 'sms')),
  message jsonb not null,
  created_at timestamptz not null default now()
);
comment on table auth.outbox is
  'Mails and text messages of committed changes on their way to the queue; rows leave as soon as the queue has them.';

grant select, insert, update, delete on auth.settings, auth.outbox to identity;
grant select, insert, update, delete on auth.flow_state to identity;
-- The outbox holds links that sign people in: nobody but the service reads it, the project's owner included.
