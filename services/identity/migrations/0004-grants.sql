-- Who may touch accounts. Clients never read these tables: they ask the auth endpoints, and policies ask auth.uid().

grant usage on schema auth to anon, authenticated, service_role, :owner_role;
grant execute on function auth.uid(), auth.role(), auth.email(), auth.jwt()
  to anon, authenticated, service_role, :owner_role;

-- The project's owner seeds accounts, references them and puts triggers on them, and changes no definition.
grant select, insert, update, delete, truncate, references, trigger on all tables in schema auth to :owner_role;
grant usage, select on all sequences in schema auth to :owner_role;
revoke insert, update, delete, truncate, references, trigger on auth.schema_migrations from :owner_role;

-- The service gets the statements it runs today and no more; a feature that needs another grant brings it along.
grant select, insert, update, delete on auth.users, auth.identities, auth.sessions, auth.one_time_tokens to identity;
grant select, insert, update on auth.refresh_tokens to identity;
grant usage on sequence auth.refresh_tokens_id_seq to identity;
grant select, insert on auth.mfa_amr_claims to identity;
grant select on auth.mfa_factors to identity;
grant insert on auth.audit_log_entries to identity;
