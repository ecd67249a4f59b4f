-- What row-level security asks about the caller. Plain stable SQL without settings of its own, so that the planner can
-- inline each call and evaluate it once per statement. The settings `request.jwt.claim.<name>` are the older form.

create function auth.uid() returns uuid
language sql stable parallel safe
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.sub', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
  )::uuid
$$;

create function auth.role() returns text
language sql stable parallel safe
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.role', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
  )
$$;

create function auth.email() returns text
language sql stable parallel safe
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.email', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email'
  )
$$;

create function auth.jwt() returns jsonb
language sql stable parallel safe
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')
  )::jsonb
$$;

comment on function auth.uid() is 'The user the request''s token names; NULL without one.';
comment on function auth.role() is 'Deprecated: the role claim. Prefer `to authenticated` and the like in the policy itself.';
comment on function auth.email() is 'Deprecated: the email claim. Prefer auth.jwt() ->> ''email''.';
comment on function auth.jwt() is 'All claims of the request''s token; NULL without one.';
