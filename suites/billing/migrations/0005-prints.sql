-- What an issued document looked like when it was first printed. A later print is the same bytes, or is marked a copy.

create table billing.prints (
  org_id uuid not null default suites.org_id(),
  document_id uuid not null,
  paper text not null check (paper in ('a4', '80mm')),
  language text not null check (language in ('en', 'ar')),
  -- Of the file, in hexadecimal digits.
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  -- What made it: only prints of one edition can be compared.
  edition text not null check (length(edition) between 1 and 60),
  printed_at timestamptz not null default now(),
  printed_by uuid default suites.actor_id(),
  primary key (org_id, document_id, paper, language),
  foreign key (org_id, document_id) references billing.invoices (org_id, id)
);
create trigger append_only before update or delete or truncate on billing.prints
  for each statement execute function billing.refuse_change();

select suites.guard_table('billing.prints', read_permission => 'billing.read');
revoke all on billing.prints from billing, authenticated, service_role;
grant select, insert on billing.prints to billing;
grant select on billing.prints to authenticated, service_role;

-- Who sells stands on every paper, so every member of the organisation may know it; how its books are kept they may not.
create function billing.letterhead() returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('seller', s.seller, 'timeZone', s.time_zone)
  from billing.settings s where s.org_id = suites.org_id()
$$;
revoke all on function billing.letterhead() from public;
grant execute on function billing.letterhead() to billing, authenticated, service_role;
