-- What protects accounts from guessers, and what administrators see.

-- Unlogged: a crash forgets who failed, which costs a guesser's wait and no truth.
create unlogged table auth.failed_attempts (
  subject bytea not null primary key check (octet_length(subject) = 32),
  failures integer not null check (failures > 0),
  failed_at timestamptz not null,
  locked_until timestamptz
);
comment on table auth.failed_attempts is
  'Failed sign-ins by hash of account and network; an address without an account is counted like one with.';
create index failed_attempts_failed_at_idx on auth.failed_attempts (failed_at);
grant select, insert, update, delete on auth.failed_attempts to identity;

create table auth.settings_history (
  id bigint generated always as identity primary key,
  section text not null,
  version integer not null,
  value jsonb,
  changed_at timestamptz not null default now(),
  changed_by text not null
);
comment on table auth.settings_history is 'Every state settings were in; secrets stay sealed. value NULL: back to the defaults.';
create index settings_history_section_idx on auth.settings_history (section, id desc);
grant select, insert on auth.settings_history to identity;

-- Search looks for beginnings of addresses and for a name in the metadata.
create index users_email_prefix_idx on auth.users (lower(email) text_pattern_ops);
create index users_phone_prefix_idx on auth.users (phone text_pattern_ops);
create index users_full_name_prefix_idx on auth.users (lower(raw_user_meta_data ->> 'full_name') text_pattern_ops);
create index users_name_prefix_idx on auth.users (lower(raw_user_meta_data ->> 'name') text_pattern_ops);
create index users_last_sign_in_at_idx on auth.users (last_sign_in_at desc nulls last, id);

-- The trail is written, read and, when its time is over, swept by the service alone.
grant select on auth.audit_log_entries to identity;
create index audit_log_entries_actor_idx on auth.audit_log_entries ((payload ->> 'actor_id'), created_at desc);
create index audit_log_entries_subject_idx on auth.audit_log_entries ((payload -> 'traits' ->> 'user_id'), created_at desc);
revoke insert, update, delete, truncate on auth.audit_log_entries from :owner_role, service_role, authenticated, anon;

create function auth.sweep_audit_log(before timestamptz, at_most integer) returns bigint
language sql
security definer
set search_path = ''
as $$
  with old as (
    select id from auth.audit_log_entries where created_at < before order by created_at limit at_most
  ), gone as (
    delete from auth.audit_log_entries using old where audit_log_entries.id = old.id returning 1
  )
  select count(*) from gone
$$;
revoke execute on function auth.sweep_audit_log(timestamptz, integer) from public;
grant execute on function auth.sweep_audit_log(timestamptz, integer) to identity;

-- Sessions opened by an administrator in somebody's name.
create table auth.impersonations (
  session_id uuid not null primary key references auth.sessions on delete cascade,
  user_id uuid not null references auth.users on delete cascade,
  actor text not null check (char_length(actor) between 1 and 255),
  reason text not null check (char_length(reason) between 1 and 1000),
  started_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > started_at)
);
comment on table auth.impersonations is 'Who acts in whose name, why and until when; the trail keeps it after the session is gone.';
grant select, insert, delete on auth.impersonations to identity;
