-- Codes and links that are mailed or sent as text messages: how often one was guessed at, what a client of the PKCE flow
-- began with, and how many mailboxes have a say.

alter table auth.one_time_tokens
  add column wrong_tries smallint not null default 0 check (wrong_tries >= 0),
  add column halves smallint not null default 1 check (halves in (1, 2)),
  add column code_challenge text check (char_length(code_challenge) <= 128),
  add column code_challenge_method auth.code_challenge_method;
comment on column auth.one_time_tokens.wrong_tries is 'Wrong codes typed for this token; after ten of them only its link works.';
comment on column auth.one_time_tokens.halves is 'Confirmations a change of address takes: 2 when the old mailbox is asked too.';

-- Kept by address and not by account, so that an address without one is answered alike.
create table auth.address_guards (
  subject text not null check (char_length(subject) between 1 and 100),
  purpose text not null check (char_length(purpose) between 1 and 30),
  count integer not null default 0 check (count >= 0),
  at timestamptz not null,
  primary key (subject, purpose)
);
create index address_guards_at_idx on auth.address_guards (at);
comment on table auth.address_guards is
  'When an address was last sent a message of a kind, and how many wrong codes came for it; keyed hashes, kept for a day.';

grant select, insert, update, delete on auth.address_guards to identity;
