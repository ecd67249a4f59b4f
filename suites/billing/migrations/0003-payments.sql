-- Money that came in or went back, and which documents it settles.

create table billing.payments (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  method text not null check (method in ('cash', 'bank', 'card', 'wallet', 'cheque')),
  -- Who moves the money; 'manual' where people say so themselves.
  provider text not null default 'manual' check (length(provider) between 1 and 50),
  provider_ref text check (length(provider_ref) <= 200),
  party_id uuid,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  -- Asked for, in minor units.
  amount bigint not null check (amount > 0),
  state text not null check (state in (
    'created', 'pending', 'authorised', 'captured', 'partially_captured', 'partially_refunded', 'refunded', 'failed',
    'voided', 'expired', 'disputed', 'lost')),
  authorised bigint not null default 0 check (authorised >= 0),
  captured bigint not null default 0 check (captured >= 0),
  refunded bigint not null default 0 check (refunded >= 0),
  -- Asked of the provider to be given back, which has not said so yet.
  promised bigint not null default 0 check (promised >= 0),
  -- Settles documents; what is left is the party's credit.
  allocated bigint not null default 0 check (allocated >= 0),
  failure text check (length(failure) <= 500),
  reference text check (length(reference) <= 200),
  source_type text check (length(source_type) <= 100),
  source_id text check (length(source_id) <= 200),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id(),
  unique (org_id, id),
  constraint provider_payment_known unique (org_id, provider, provider_ref),
  check ((source_type is null) = (source_id is null)),
  constraint exceeds_captured check (refunded + promised <= captured),
  constraint exceeds_unapplied check (allocated <= captured - refunded - promised)
);
create index payments_party_idx on billing.payments (org_id, party_id) where party_id is not null;
create index payments_source_idx on billing.payments (org_id, source_type, source_id) where source_id is not null;
create index payments_unapplied_idx on billing.payments (org_id, party_id) where captured - refunded - promised > allocated;

-- Money that arrived, or that was given back. Each is a journal.
create table billing.money_moves (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  payment_id uuid not null,
  kind text not null check (kind in ('capture', 'refund')),
  amount bigint not null check (amount > 0),
  on_date date not null,
  -- What the provider calls it.
  provider_ref text check (length(provider_ref) <= 200),
  credit_note_id uuid,
  reason text check (length(reason) <= 500),
  recorded_at timestamptz not null default now(),
  recorded_by uuid default suites.actor_id(),
  unique (org_id, id),
  foreign key (org_id, payment_id) references billing.payments (org_id, id),
  foreign key (org_id, credit_note_id) references billing.invoices (org_id, id)
);
create index money_moves_payment_idx on billing.money_moves (payment_id);

create table billing.allocations (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  kind text not null check (kind in ('payment', 'credit_note', 'write_off')),
  payment_id uuid,
  credit_note_id uuid,
  invoice_id uuid not null,
  -- Below zero: taken back.
  amount bigint not null check (amount <> 0),
  on_date date not null,
  recorded_at timestamptz not null default now(),
  recorded_by uuid default suites.actor_id(),
  foreign key (org_id, payment_id) references billing.payments (org_id, id),
  foreign key (org_id, credit_note_id) references billing.invoices (org_id, id),
  foreign key (org_id, invoice_id) references billing.invoices (org_id, id),
  check ((kind = 'payment') = (payment_id is not null)),
  check ((kind = 'credit_note') = (credit_note_id is not null))
);
create index allocations_invoice_idx on billing.allocations (invoice_id, on_date);
create index allocations_payment_idx on billing.allocations (payment_id) where payment_id is not null;
create index allocations_credit_note_idx on billing.allocations (credit_note_id) where credit_note_id is not null;

-- What a provider told, once each.
create table billing.provider_events (
  org_id uuid not null default suites.org_id(),
  provider text not null check (length(provider) between 1 and 50),
  event_id text not null check (length(event_id) between 1 and 200),
  payment_id uuid,
  received_at timestamptz not null default now(),
  primary key (org_id, provider, event_id)
);

create trigger append_only before update or delete or truncate on billing.allocations
  for each statement execute function billing.refuse_change();
create trigger append_only before update or delete or truncate on billing.money_moves
  for each statement execute function billing.refuse_change();

-- The only way `settled` and `allocated` change. Rows are taken in one order, so that two who settle the same
-- documents wait for each other instead of for ever.
create function billing.settle() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  one record;
begin
  for one in
    select document_id, sum(amount) as amount from (
      select invoice_id as document_id, amount from added
      union all
      select credit_note_id, amount from added where credit_note_id is not null
    ) moved group by document_id order by document_id
  loop
    update billing.open_items o set settled = o.settled + one.amount where o.document_id = one.document_id;
    if not found then
      raise exception 'Document % is not issued', one.document_id
        using errcode = 'check_violation', constraint = 'exceeds_open';
    end if;
  end loop;
  for one in
    select payment_id, sum(amount) as amount from added where payment_id is not null group by payment_id order by payment_id
  loop
    update billing.payments p set allocated = p.allocated + one.amount where p.id = one.payment_id;
  end loop;
  return null;
end $$;
create trigger settle after insert on billing.allocations
  referencing new table as added for each statement execute function billing.settle();

-- Open items of documents, locked until the transaction ends.
create function billing.lock_open_items(documents uuid[]) returns setof billing.open_items
language sql volatile security definer set search_path = '' as $$
  select * from billing.open_items o
  where o.document_id = any (documents) and o.org_id = suites.org_id()
  order by o.document_id for no key update
$$;
revoke all on function billing.lock_open_items(uuid[]) from public;
