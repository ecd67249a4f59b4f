-- What a browser carries to an identity provider and back, and what is needed to go on when it returns.
-- Name and first columns are those of GoTrue's table, so that dumps of other installations load.

create table auth.oauth_client_states (
  id uuid not null primary key,
  provider_type text not null,
  code_verifier text,
  created_at timestamptz not null,
  state_hash text unique,
  nonce text,
  browser_hash text,
  flow_id uuid references auth.flow_state on delete cascade
);
comment on table auth.oauth_client_states is 'Sign-ins at a provider under way; a row is taken away by the first use of its state.';
comment on column auth.oauth_client_states.state_hash is 'SHA-256 of the state parameter in hexadecimal.';
comment on column auth.oauth_client_states.browser_hash is
  'SHA-256 of what the browser that began must bring in a cookie; NULL = a PKCE verifier or a bearer binds it already.';
create index oauth_client_states_created_at_idx on auth.oauth_client_states (created_at);
create index oauth_client_states_flow_id_idx on auth.oauth_client_states (flow_id);

grant select, insert, delete on auth.oauth_client_states to identity;
-- Factors of an account nobody proved to be theirs go when its owner comes.
grant delete on auth.mfa_factors to identity;
-- Verifiers and nonces stay with the service, as everything that signs people in does.
