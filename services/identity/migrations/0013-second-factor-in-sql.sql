-- For policies: false for who has a second factor of type app or phone and signed in with the first alone.
create function auth.has_shown_factors() returns boolean
language sql stable security definer
set search_path = ''
as $$
  select coalesce(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'aal' = 'aal2', false)
    or not exists (
      select from auth.mfa_factors
      where user_id = (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid
        and status = 'verified' and factor_type <> 'webauthn'
    )
$$;
revoke all on function auth.has_shown_factors() from public;
grant execute on function auth.has_shown_factors() to authenticated;
