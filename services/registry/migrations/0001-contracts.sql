-- Contracts by subject and version. A document is kept once, under the SHA-256 of its text, and nothing here changes
-- once it was written.

create table registry.subjects (
  name text primary key check (name ~ '^[a-z][a-z0-9]*([._-][a-z0-9]+)*$' and octet_length(name) <= 200),
  format text not null check (format in ('json-schema', 'openapi', 'asyncapi', 'graphql', 'proto')),
  -- Public ones are read by anybody the project lets in, others with the secret key alone.
  visibility text not null check (visibility in ('public', 'private')),
  created_at timestamptz not null default now()
);

create table registry.documents (
  hash text primary key check (hash ~ '^[0-9a-f]{64}$'),
  content text not null
);

create table registry.versions (
  subject text not null references registry.subjects (name),
  major integer not null check (major between 0 and 999999),
  minor integer not null check (minor between 0 and 999999),
  patch integer not null check (patch between 0 and 999999),
  hash text not null references registry.documents (hash),
  -- A user's id; null: the secret key, or the platform.
  created_by text,
  created_at timestamptz not null default now(),
  primary key (subject, major, minor, patch)
);
create index on registry.versions (hash);

create function registry.refuse_change() returns trigger
language plpgsql set search_path = '' as $$
begin
  raise exception 'What is registered does not change' using errcode = 'restrict_violation';
end $$;

do $$
declare
  name text;
begin
  foreach name in array array['subjects', 'documents', 'versions'] loop
    execute format('create trigger stays before update or delete on registry.%I
      for each row execute function registry.refuse_change()', name);
    execute format('create trigger stays_whole before truncate on registry.%I
      for each statement execute function registry.refuse_change()', name);
    execute format('alter table registry.%I enable row level security', name);
    execute format('create policy service on registry.%I to registry using (true) with check (true)', name);
    execute format('create policy administration on registry.%I for select to service_role using (true)', name);
    execute format('grant select, insert on registry.%I to registry', name);
    execute format('grant select on registry.%I to service_role', name);
  end loop;
end $$;
grant usage on schema registry to anon, authenticated, service_role;

-- Who else the project lets in reads what is public.
grant select on registry.subjects, registry.versions, registry.documents to anon, authenticated;
create policy readers on registry.subjects for select to anon, authenticated using (visibility = 'public');
create policy readers on registry.versions for select to anon, authenticated
  using (exists (select from registry.subjects s where s.name = versions.subject and s.visibility = 'public'));
create policy readers on registry.documents for select to anon, authenticated
  using (exists (
    select from registry.versions v join registry.subjects s on s.name = v.subject
    where v.hash = documents.hash and s.visibility = 'public'
  ));
