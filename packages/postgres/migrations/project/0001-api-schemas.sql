-- as: admin
-- Schemas, extensions and grants every Supabase client, seed file and migration takes for granted.

-- Bodies of SQL functions may name what a later statement makes.
set local check_function_bodies = off;

-- Rights on the public schema are given by name, never to PUBLIC. Dumps of other projects comment on it, which takes
-- its owner.
revoke create on schema public from public;
grant usage on schema public to anon, authenticated, service_role;
alter schema public owner to :owner_role;

create schema if not exists extensions;
grant usage on schema extensions to public;
grant all on schema extensions to :owner_role;

create extension if not exists pgcrypto with schema extensions;
create extension if not exists "uuid-ossp" with schema extensions;

-- Needs an entry in shared_preload_libraries to be of use; a server without it is no reason to fail.
do $$
begin
  create extension if not exists pg_stat_statements with schema extensions;
exception
  when insufficient_privilege or undefined_file or feature_not_supported or object_not_in_prerequisite_state then
    raise notice 'pg_stat_statements is not available: %', sqlerrm;
end
$$;

create schema if not exists graphql_public;
grant usage on schema graphql_public to anon, authenticated, service_role;
grant all on schema graphql_public to :owner_role;

-- Everything the owner makes in public is reachable through the API; row-level security decides about rows.
alter default privileges for role :owner_role in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges for role :owner_role in schema public grant all on sequences to anon, authenticated, service_role;
alter default privileges for role :owner_role in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges for role :owner_role in schema graphql_public grant all on functions to anon, authenticated, service_role;

-- Where Supabase's own tools record migrations; `ashlar migration` keeps the same book.
create schema if not exists supabase_migrations authorization :owner_role;
create table if not exists supabase_migrations.schema_migrations (
  version text primary key,
  statements text[],
  name text
);
alter table supabase_migrations.schema_migrations owner to :owner_role;

-- A message in the log that only the platform may write: whoever can call this could forge events to its consumers.
do $$
declare
  routine regprocedure;
begin
  for routine in
    select p.oid from pg_proc p
    where p.proname = 'pg_logical_emit_message' and p.pronamespace = 'pg_catalog'::regnamespace
  loop
    execute format('revoke execute on function %s from public', routine);
  end loop;
exception
  when insufficient_privilege then
    raise notice 'pg_logical_emit_message stays callable by everyone: %', sqlerrm;
end
$$;
