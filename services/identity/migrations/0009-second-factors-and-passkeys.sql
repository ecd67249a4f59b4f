-- Second factors, their recovery codes, and passkeys in use.

alter type auth.factor_type add value if not exists 'recovery_code';

-- Two people may well be asked for a code within one millisecond.
alter table auth.mfa_factors drop constraint if exists mfa_factors_last_challenged_at_key;

create table auth.mfa_totp_steps (
  factor_id uuid not null primary key references auth.mfa_factors on delete cascade,
  last_step bigint not null
);
comment on table auth.mfa_totp_steps is 'The last time step of a TOTP factor whose code was taken; none up to it is taken again.';

create table auth.mfa_text_messages (
  user_id uuid not null primary key references auth.users on delete cascade,
  sent_at timestamptz not null
);
comment on table auth.mfa_text_messages is
  'When an account was last sent a code for a second factor; it outlives the factor, so that removing one earns no second message.';

create table auth.mfa_recovery_codes (
  id uuid not null default gen_random_uuid() primary key,
  mfa_factor_id uuid not null references auth.mfa_factors on delete cascade,
  code_hash text not null check (char_length(code_hash) > 0),
  created_at timestamptz not null default now(),
  used_at timestamptz,
  unique (mfa_factor_id, code_hash)
);
comment on table auth.mfa_recovery_codes is 'One-use codes that stand in for a lost factor, as keyed hashes.';

create index sessions_factor_id_idx on auth.sessions (factor_id) where factor_id is not null;

grant insert, update, delete on auth.mfa_factors to identity;
grant select, insert, update, delete on auth.mfa_challenges to identity;
grant update, delete on auth.mfa_amr_claims to identity;
grant select, insert, update, delete on
  auth.mfa_totp_steps, auth.mfa_text_messages, auth.mfa_recovery_codes,
  auth.webauthn_credentials, auth.webauthn_challenges to identity;
