-- Carts, and the orders that are made of them. A cart is changed freely; an order keeps prices, taxes, titles and
-- addresses as they were at that moment, and moves only along the table of its states.

-- How orders become money; without a row everything is as the defaults say.
create table orders.settings (
  org_id uuid primary key default suites.org_id(),
  invoice_on text not null default 'place' check (invoice_on in ('place', 'capture', 'ship')),
  capture_on text not null default 'place' check (capture_on in ('place', 'ship')),
  -- What becomes of an order of which not everything is there.
  when_short text not null default 'reject' check (when_short in ('reject', 'partial', 'backorder')),
  -- Who is asked for money that is paid online.
  provider text not null default 'manual' check (provider ~ '^[a-z][a-z0-9-]{0,49}$'),
  -- Minutes after placement within which online money has to come.
  payment_minutes integer not null default 1440 check (payment_minutes between 1 and 43200),
  -- Days after delivery within which goods may come back.
  return_days integer not null default 14 check (return_days between 0 and 3650),
  approve_on_account boolean not null default true,
  -- Percent that one person may take off by hand.
  discount_limit integer not null default 10 check (discount_limit between 0 and 100),
  version integer not null default 1,
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id()
);

create table orders.carts (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  status text not null default 'open' check (status in ('open', 'placed', 'discarded')),
  channel text not null check (channel in ('web', 'pos', 'phone', 'b2b', 'api')),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  customer_id uuid,
  -- Who buys, where it goes and where it is taxed, as far as it is known.
  party jsonb check (jsonb_typeof(party) = 'object' and octet_length(party::text) <= 8192),
  ship_to jsonb check (jsonb_typeof(ship_to) = 'object' and octet_length(ship_to::text) <= 8192),
  place jsonb not null default '{}' check (jsonb_typeof(place) = 'object' and octet_length(place::text) <= 1024),
  shipping_method_id uuid,
  expires_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id(),
  unique (org_id, id)
);
create index carts_open_idx on orders.carts (org_id, updated_at) where status = 'open';

create table orders.cart_lines (
  cart_id uuid not null,
  org_id uuid not null default suites.org_id(),
  line_no integer not null check (line_no between 1 and 1000000),
  variant_id uuid not null,
  quantity numeric(18, 6) not null check (quantity > 0),
  uom text not null check (length(uom) between 1 and 20),
  primary key (cart_id, line_no),
  -- More of the same is more on its line.
  constraint cart_line_once unique (cart_id, variant_id),
  foreign key (org_id, cart_id) references orders.carts (org_id, id) on delete cascade
);

create table orders.orders (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  branch text not null default '' check (length(branch) <= 50),
  year integer not null,
  number bigint not null check (number > 0),
  label text not null check (length(label) <= 100),
  cart_id uuid not null,
  channel text not null check (channel in ('web', 'pos', 'phone', 'b2b', 'api')),
  tender text not null check (tender in ('online', 'by_hand', 'on_account')),
  customer_id uuid,
  party jsonb not null check (jsonb_typeof(party) = 'object' and octet_length(party::text) <= 8192),
  ship_to jsonb not null check (jsonb_typeof(ship_to) = 'object' and octet_length(ship_to::text) <= 8192),
  place jsonb not null default '{}',
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  prices text not null check (prices in ('inclusive', 'exclusive')),
  -- Of the goods; the tax is of goods and shipping.
  net bigint not null check (net >= 0),
  shipping bigint not null default 0 check (shipping >= 0),
  tax bigint not null check (tax >= 0),
  total bigint not null check (total >= 0),
  note text check (length(note) <= 2000),
  placed_at timestamptz not null,
  -- Days of its own policy: a later one is for later orders.
  return_days integer not null,
  -- Whether goods leave before they are paid.
  ships_unpaid boolean not null,
  status text not null check (status in (
    'placed', 'on_hold', 'confirmed', 'in_fulfilment', 'fulfilled', 'completed', 'cancelled', 'rejected')),
  status_reason text check (length(status_reason) <= 500),
  -- Somebody wants it cancelled; it is once everything done for it is undone.
  cancel_reason text check (length(cancel_reason) <= 500),
  hold_id uuid,
  delivered_at timestamptz,
  -- Minor units, as billing told them; triggers alone write these.
  authorised bigint not null default 0,
  captured bigint not null default 0,
  refunded bigint not null default 0 check (refunded <= captured),
  payment_failed boolean not null default false,
  payment_status text not null generated always as (case
    when captured > 0 and refunded >= captured then 'refunded'
    when refunded > 0 then 'partially_refunded'
    when captured > 0 and captured >= total then 'paid'
    when captured > 0 then 'partial'
    when authorised > 0 then 'authorised'
    when payment_failed then 'failed'
    else 'none' end) stored,
  -- Derived from the lines by a trigger.
  fulfilment_status text not null default 'none'
    check (fulfilment_status in ('none', 'partial', 'full', 'partially_returned', 'returned')),
  -- Its lines come in the same transaction.
  placed_in xid8 not null default pg_current_xact_id(),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id(),
  unique (org_id, id),
  constraint one_order_of_a_cart unique (cart_id),
  constraint order_number_taken unique (org_id, branch, year, number),
  constraint order_adds_up check (total = net + shipping + tax),
  foreign key (org_id, cart_id) references orders.carts (org_id, id)
);
create index orders_latest_idx on orders.orders (org_id, id desc);
create index orders_status_idx on orders.orders (org_id, status, id desc);
create index orders_customer_idx on orders.orders (org_id, customer_id, id desc) where customer_id is not null;
create index orders_label_idx on orders.orders (org_id, label);

create table orders.order_lines (
  order_id uuid not null,
  org_id uuid not null default suites.org_id(),
  line_no integer not null check (line_no > 0),
  variant_id uuid not null,
  sku text not null check (length(sku) <= 100),
  title jsonb not null check (jsonb_typeof(title) = 'object' and octet_length(title::text) <= 16384),
  choices jsonb not null default '{}',
  -- Whether stock moves for it: services and downloads have none.
  is_stocked boolean not null,
  quantity numeric(18, 6) not null check (quantity > 0),
  uom text not null check (length(uom) between 1 and 20),
  -- Minor units of one, with or without tax as the order's prices are.
  unit_price numeric(20, 6) not null check (unit_price >= 0),
  discount bigint not null default 0 check (discount >= 0),
  tax_category text not null,
  taxes jsonb not null default '[]' check (jsonb_typeof(taxes) = 'array'),
  net bigint not null check (net >= 0),
  tax bigint not null check (tax >= 0),
  qty_reserved numeric(18, 6) not null default 0 check (qty_reserved >= 0),
  qty_fulfilled numeric(18, 6) not null default 0 check (qty_fulfilled >= 0),
  qty_cancelled numeric(18, 6) not null default 0 check (qty_cancelled >= 0),
  qty_returned numeric(18, 6) not null default 0 check (qty_returned >= 0),
  qty_invoiced numeric(18, 6) not null default 0 check (qty_invoiced >= 0),
  primary key (order_id, line_no),
  constraint exceeds_open_qty check (qty_fulfilled + qty_cancelled <= quantity),
  constraint exceeds_fulfilled check (qty_returned <= qty_fulfilled),
  constraint exceeds_invoiceable check (qty_invoiced <= quantity - qty_cancelled),
  constraint exceeds_reservable check (qty_reserved <= quantity),
  foreign key (org_id, order_id) references orders.orders (org_id, id)
);
create index order_lines_variant_idx on orders.order_lines (org_id, variant_id);

-- Next number of each series; its row is locked from the number to the commit.
create table orders.number_series (
  org_id uuid not null default suites.org_id(),
  branch text not null,
  year integer not null,
  next_number bigint not null default 1,
  primary key (org_id, branch, year)
);

-- What happened to an order, only ever added to.
create table orders.history (
  seq bigint generated always as identity primary key,
  org_id uuid not null default suites.org_id(),
  order_id uuid not null,
  at timestamptz not null default now(),
  by uuid default suites.actor_id(),
  what text not null check (length(what) between 1 and 60),
  details jsonb not null default '{}' check (octet_length(details::text) <= 4096),
  foreign key (org_id, order_id) references orders.orders (org_id, id)
);
create index history_order_idx on orders.history (order_id, seq);

create function orders.refuse_change() returns trigger
language plpgsql set search_path = '' as $$
begin
  raise exception 'orders.% is only added to', tg_table_name using errcode = 'integrity_constraint_violation';
end $$;
create trigger append_only before update or delete or truncate on orders.history
  for each statement execute function orders.refuse_change();
create trigger no_truncate before truncate on orders.orders
  for each statement execute function orders.refuse_change();

-- The one table of states; the application knows the same one and refuses in better words.
create function orders.may_become(old_status text, new_status text) returns boolean
language sql immutable as $$
  select new_status = any (case old_status
    when 'placed' then array['confirmed', 'on_hold', 'rejected', 'cancelled']
    when 'on_hold' then array['placed', 'confirmed', 'cancelled']
    when 'confirmed' then array['in_fulfilment', 'on_hold', 'cancelled']
    when 'in_fulfilment' then array['fulfilled', 'confirmed']
    when 'fulfilled' then array['completed']
    else array[]::text[] end)
$$;

create function orders.keep_order() returns trigger
language plpgsql set search_path = '' as $$
begin
  if tg_op = 'INSERT' then
    if new.status not in ('placed', 'on_hold') then
      raise exception 'An order begins placed, not %', new.status
        using errcode = 'check_violation', constraint = 'illegal_transition';
    end if;
    return new;
  end if;
  if tg_op = 'DELETE' or (new.id, new.org_id, new.branch, new.year, new.number, new.label, new.cart_id, new.channel, new.tender,
      new.customer_id, new.party, new.ship_to, new.place, new.currency, new.prices, new.net, new.shipping, new.tax, new.total,
      new.placed_at, new.return_days, new.ships_unpaid)
    is distinct from (old.id, old.org_id, old.branch, old.year, old.number, old.label, old.cart_id, old.channel, old.tender,
      old.customer_id, old.party, old.ship_to, old.place, old.currency, old.prices, old.net, old.shipping, old.tax, old.total,
      old.placed_at, old.return_days, old.ships_unpaid) then
    raise exception 'Order % is as it was placed', old.label using errcode = 'check_violation', constraint = 'order_snapshot';
  end if;
  if new.status <> old.status and not orders.may_become(old.status, new.status) then
    raise exception 'Order % cannot become % from %', old.label, new.status, old.status
      using errcode = 'check_violation', constraint = 'illegal_transition';
  end if;
  return new;
end $$;
create trigger keep_order before insert or update or delete on orders.orders
  for each row execute function orders.keep_order();

create function orders.keep_line() returns trigger
language plpgsql set search_path = '' as $$
begin
  if tg_op = 'DELETE' or (new.order_id, new.org_id, new.line_no, new.variant_id, new.sku, new.title, new.choices, new.is_stocked,
      new.quantity, new.uom, new.unit_price, new.discount, new.tax_category, new.taxes, new.net, new.tax)
    is distinct from (old.order_id, old.org_id, old.line_no, old.variant_id, old.sku, old.title, old.choices, old.is_stocked,
      old.quantity, old.uom, old.unit_price, old.discount, old.tax_category, old.taxes, old.net, old.tax) then
    raise exception 'Line % is as it was placed', old.line_no using errcode = 'check_violation', constraint = 'order_snapshot';
  end if;
  return new;
end $$;
create trigger keep_line before update or delete on orders.order_lines
  for each row execute function orders.keep_line();
create trigger no_truncate before truncate on orders.order_lines
  for each statement execute function orders.refuse_change();

-- A line comes with its order and never later; asked at the commit, lines and shipping are what the order adds up to.
create function orders.check_totals() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  sums record;
  sent record;
begin
  select count(*) as lines, coalesce(sum(l.net), 0) as net, coalesce(sum(l.tax), 0) as tax
  into sums from orders.order_lines l where l.order_id = new.id;
  select coalesce(sum(s.net), 0) as net, coalesce(sum(s.tax), 0) as tax
  into sent from orders.shipping_lines s where s.order_id = new.id;
  if sums.lines = 0 or sums.net <> new.net or sent.net <> new.shipping or sums.tax + sent.tax <> new.tax then
    raise exception 'Order % says %, % and %, its % lines say % and %, shipping % and %',
      new.label, new.net, new.shipping, new.tax, sums.lines, sums.net, sums.tax, sent.net, sent.tax
      using errcode = 'check_violation', constraint = 'order_adds_up';
  end if;
  return null;
end $$;
create constraint trigger adds_up after insert on orders.orders
  deferrable initially deferred for each row execute function orders.check_totals();

create function orders.refuse_late_lines() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from (select distinct order_id from added) a join orders.orders o on o.id = a.order_id
      where o.placed_in <> pg_current_xact_id()) then
    raise exception 'Lines come with their order' using errcode = 'check_violation', constraint = 'order_snapshot';
  end if;
  return null;
end $$;
create trigger refuse_late_lines after insert on orders.order_lines
  referencing new table as added for each statement execute function orders.refuse_late_lines();

-- What has left and what came back, from the lines.
create function orders.derive_fulfilment() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update orders.orders o set fulfilment_status = s.status
  from (
    select l.order_id, case
      when sum(l.qty_returned) > 0 and bool_and(l.qty_returned = l.qty_fulfilled) then 'returned'
      when sum(l.qty_returned) > 0 then 'partially_returned'
      when sum(l.qty_fulfilled) = 0 then 'none'
      when bool_and(l.qty_fulfilled + l.qty_cancelled = l.quantity) then 'full'
      else 'partial' end as status
    from orders.order_lines l where l.order_id in (select distinct order_id from changed) group by l.order_id
  ) s where o.id = s.order_id and o.fulfilment_status <> s.status;
  return null;
end $$;
create trigger derive_fulfilment after update on orders.order_lines
  referencing new table as changed for each statement execute function orders.derive_fulfilment();
