-- Who moves money on cards for an organisation, what is asked of it, and what a payer needs to pay.

create table billing.providers (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  -- What payments name; 'manual' is nobody.
  name text not null check (name ~ '^[a-z][a-z0-9-]{0,49}$' and name <> 'manual'),
  kind text not null check (kind in ('stripe')),
  -- Of the address its events come to, which holds the organisation's id and is not to be guessed.
  hook text not null unique check (hook ~ '^[0-9a-f]{64}$'),
  -- Sealed, for this row alone.
  secret_key text not null check (length(secret_key) <= 2000),
  webhook_secret text check (length(webhook_secret) <= 2000),
  -- Signs beside its successor until that is a day old.
  former_webhook_secret text check (length(former_webhook_secret) <= 2000),
  webhook_secret_since timestamptz,
  -- For everybody to see.
  publishable_key text check (length(publishable_key) <= 300),
  base_url text check (length(base_url) <= 300),
  capture text not null default 'automatic' check (capture in ('automatic', 'manual')),
  is_active boolean not null default true,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id(),
  unique (org_id, id),
  constraint provider_name_taken unique (org_id, name)
);

-- Each is asked for under its id, however often: what is unclear is never asked for as something new.
create table billing.provider_orders (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  payment_id uuid not null,
  provider_id uuid not null,
  kind text not null check (kind in ('charge', 'capture', 'void', 'refund')),
  -- Null: all there is.
  amount bigint check (amount > 0),
  -- Of a charge: whether money moves at once, by what, and where the payer comes back to.
  capture text check (capture in ('automatic', 'manual')),
  payment_method text check (length(payment_method) <= 200),
  return_url text check (length(return_url) <= 2000),
  -- Of a refund.
  credit_note_id uuid,
  reason text check (length(reason) <= 500),
  -- Of its amount, what the provider has said is given back.
  returned bigint not null default 0,
  state text not null default 'open' check (state in ('open', 'done', 'refused', 'unclear')),
  failure text check (length(failure) <= 500),
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  settled_at timestamptz,
  unique (org_id, id),
  foreign key (org_id, payment_id) references billing.payments (org_id, id),
  foreign key (org_id, provider_id) references billing.providers (org_id, id),
  foreign key (org_id, credit_note_id) references billing.invoices (org_id, id),
  check (kind <> 'refund' or (amount is not null and reason is not null)),
  check (returned = 0 or (kind = 'refund' and returned between 0 and amount))
);
create index provider_orders_payment_idx on billing.provider_orders (payment_id);
create unique index provider_order_one_charge on billing.provider_orders (payment_id) where kind = 'charge';
-- What is held is taken or let go, and not both at once.
create unique index provider_order_one_end on billing.provider_orders (payment_id)
  where kind in ('capture', 'void') and state = 'open';

-- With it a payer finishes a payment in a page of the shop; gone as soon as there is nothing left to do.
create table billing.payment_steps (
  org_id uuid not null default suites.org_id(),
  payment_id uuid not null,
  publishable_key text,
  client_secret text check (length(client_secret) <= 500),
  visit text check (length(visit) <= 2000),
  updated_at timestamptz not null default now(),
  primary key (org_id, payment_id),
  foreign key (org_id, payment_id) references billing.payments (org_id, id)
);

select suites.guard_table('billing.providers', read_permission => 'billing.manage');
select suites.guard_table('billing.provider_orders', read_permission => 'billing.read');
select suites.guard_table('billing.payment_steps', read_permission => 'billing.collect');
revoke all on billing.providers, billing.provider_orders, billing.payment_steps from billing, authenticated, service_role;

grant select, insert, update on billing.providers to billing;
-- Nobody who reads sees a secret, not even a sealed one.
grant select (id, org_id, name, kind, hook, webhook_secret_since, publishable_key, base_url, capture, is_active, version,
  created_at, created_by, updated_at, updated_by) on billing.providers to authenticated, service_role;
grant select, insert on billing.provider_orders to billing;
grant update (state, failure, returned, settled_at) on billing.provider_orders to billing;
grant select on billing.provider_orders to authenticated, service_role;
grant select, insert, update, delete on billing.payment_steps to billing;
grant select on billing.payment_steps to authenticated, service_role;
