-- What billing told of an order, and what leaves and comes back.

-- Invoices and credit notes, each once.
create table orders.documents (
  document_id uuid primary key,
  org_id uuid not null default suites.org_id(),
  order_id uuid not null,
  kind text not null check (kind in ('invoice', 'credit_note')),
  -- The invoice a credit note takes back.
  invoice_id uuid,
  label text not null check (length(label) <= 100),
  total bigint not null check (total >= 0),
  -- Of the order's lines: [{"line": 1, "invoiceLine": 1, "quantity": "2"}].
  lines jsonb not null check (jsonb_typeof(lines) = 'array'),
  noted_at timestamptz not null default now(),
  foreign key (org_id, order_id) references orders.orders (org_id, id),
  check ((kind = 'credit_note') = (invoice_id is not null))
);
create index documents_order_idx on orders.documents (order_id);

-- Money that came, went back, is held or did not come; each fact once.
create table orders.payment_facts (
  fact_id text primary key check (length(fact_id) between 1 and 200),
  org_id uuid not null default suites.org_id(),
  order_id uuid not null,
  payment_id uuid not null,
  kind text not null check (kind in ('authorised', 'captured', 'refunded', 'failed')),
  amount bigint not null check (amount >= 0),
  noted_at timestamptz not null default now(),
  foreign key (org_id, order_id) references orders.orders (org_id, id)
);
create index payment_facts_order_idx on orders.payment_facts (order_id);
create trigger append_only before update or delete or truncate on orders.documents
  for each statement execute function orders.refuse_change();
create trigger append_only before update or delete or truncate on orders.payment_facts
  for each statement execute function orders.refuse_change();

-- A refund may be told before the money it gives back, so sums are of everything told so far.
create function orders.sum_payments() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update orders.orders o set
    captured = s.captured, refunded = least(s.refunded, s.captured), authorised = s.authorised, payment_failed = s.failed
  from (
    select coalesce(sum(amount) filter (where kind = 'captured'), 0) as captured,
      coalesce(sum(amount) filter (where kind = 'refunded'), 0) as refunded,
      coalesce(max(amount) filter (where kind = 'authorised'), 0) as authorised,
      coalesce(bool_or(kind = 'failed'), false) as failed
    from orders.payment_facts where order_id = new.order_id
  ) s where o.id = new.order_id;
  return null;
end $$;
create trigger sum_payments after insert on orders.payment_facts
  for each row execute function orders.sum_payments();

create function orders.sum_documents() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update orders.order_lines l set qty_invoiced = l.qty_invoiced + t.quantity
  from (
    select x.line, sum(x.quantity) * case new.kind when 'invoice' then 1 else -1 end as quantity
    from jsonb_to_recordset(new.lines) as x(line integer, quantity numeric) group by x.line
  ) t where l.order_id = new.order_id and l.line_no = t.line;
  return null;
end $$;
create trigger sum_documents after insert on orders.documents
  for each row execute function orders.sum_documents();

create table orders.fulfilments (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  order_id uuid not null,
  -- Of its order, from 1.
  number integer not null check (number > 0),
  state text not null default 'pending'
    check (state in ('pending', 'picking', 'packed', 'ship_requested', 'shipped', 'delivered', 'failed', 'cancelled')),
  -- How often shipping was asked for.
  attempt integer not null default 0 check (attempt >= 0),
  location_id uuid,
  carrier text check (length(carrier) <= 100),
  tracking text check (length(tracking) <= 200),
  -- The posting the goods left with.
  stock_document_id uuid,
  failure text check (length(failure) <= 500),
  shipped_at timestamptz,
  delivered_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id(),
  unique (org_id, id),
  constraint fulfilment_number_taken unique (order_id, number),
  foreign key (org_id, order_id) references orders.orders (org_id, id)
);
create index fulfilments_open_idx on orders.fulfilments (org_id, id)
  where state in ('pending', 'picking', 'packed', 'ship_requested');

create table orders.fulfilment_lines (
  fulfilment_id uuid not null,
  org_id uuid not null default suites.org_id(),
  order_id uuid not null,
  line_no integer not null,
  quantity numeric(18, 6) not null check (quantity > 0),
  picked numeric(18, 6) not null default 0,
  -- What it cost us, once it has left; minor units.
  cost bigint check (cost >= 0),
  primary key (fulfilment_id, line_no),
  constraint over_pick check (picked between 0 and quantity),
  foreign key (org_id, fulfilment_id) references orders.fulfilments (org_id, id),
  foreign key (order_id, line_no) references orders.order_lines (order_id, line_no)
);
create index fulfilment_lines_order_idx on orders.fulfilment_lines (order_id, line_no);

create function orders.keep_fulfilment() returns trigger
language plpgsql set search_path = '' as $$
begin
  if tg_op = 'DELETE' or new.order_id <> old.order_id or (new.state <> old.state and not new.state = any (case old.state
      when 'pending' then array['picking', 'packed', 'cancelled']
      when 'picking' then array['packed', 'cancelled']
      when 'packed' then array['ship_requested', 'cancelled']
      when 'ship_requested' then array['shipped', 'packed']
      when 'shipped' then array['delivered', 'failed']
      when 'failed' then array['delivered']
      else array[]::text[] end)) then
    raise exception 'Fulfilment % cannot become that from %', old.id, old.state
      using errcode = 'check_violation', constraint = 'illegal_transition';
  end if;
  return new;
end $$;
create trigger keep_fulfilment before update or delete on orders.fulfilments
  for each row execute function orders.keep_fulfilment();

-- What is under way and what is gone is never more than was ordered and not cancelled.
create function orders.check_under_way() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if exists (
    select from (select distinct order_id, line_no from added) a
      join orders.order_lines l on l.order_id = a.order_id and l.line_no = a.line_no
    where l.quantity - l.qty_cancelled < (
      select sum(f.quantity) from orders.fulfilment_lines f join orders.fulfilments h on h.id = f.fulfilment_id
      where f.order_id = a.order_id and f.line_no = a.line_no and h.state <> 'cancelled')) then
    raise exception 'More is under way than was ordered' using errcode = 'check_violation', constraint = 'exceeds_open_qty';
  end if;
  return null;
end $$;
create trigger check_under_way after insert on orders.fulfilment_lines
  referencing new table as added for each statement execute function orders.check_under_way();

create table orders.returns (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  order_id uuid not null,
  state text not null default 'requested'
    check (state in ('requested', 'approved', 'received', 'inspected', 'closed', 'rejected')),
  reason text not null check (length(reason) between 1 and 500),
  resolution text check (length(resolution) <= 500),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id(),
  unique (org_id, id),
  foreign key (org_id, order_id) references orders.orders (org_id, id)
);
create index returns_order_idx on orders.returns (order_id);

create table orders.return_lines (
  return_id uuid not null,
  org_id uuid not null default suites.org_id(),
  order_id uuid not null,
  line_no integer not null,
  quantity numeric(18, 6) not null check (quantity > 0),
  received numeric(18, 6) not null default 0,
  restocked numeric(18, 6) not null default 0,
  scrapped numeric(18, 6) not null default 0,
  primary key (return_id, line_no),
  constraint over_received check (received between 0 and quantity),
  constraint over_inspected check (restocked >= 0 and scrapped >= 0 and restocked + scrapped <= received),
  foreign key (org_id, return_id) references orders.returns (org_id, id),
  foreign key (order_id, line_no) references orders.order_lines (order_id, line_no)
);
create index return_lines_order_idx on orders.return_lines (order_id, line_no);

create function orders.keep_return() returns trigger
language plpgsql set search_path = '' as $$
begin
  if tg_op = 'DELETE' or new.order_id <> old.order_id or (new.state <> old.state and not new.state = any (case old.state
      when 'requested' then array['approved', 'rejected']
      when 'approved' then array['received', 'rejected']
      when 'received' then array['inspected']
      when 'inspected' then array['closed']
      else array[]::text[] end)) then
    raise exception 'Return % cannot become that from %', old.id, old.state
      using errcode = 'check_violation', constraint = 'illegal_transition';
  end if;
  return new;
end $$;
create trigger keep_return before update or delete on orders.returns
  for each row execute function orders.keep_return();

-- All that is asked back is never more than has left.
create function orders.check_asked_back() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if exists (
    select from (select distinct order_id, line_no from added) a
      join orders.order_lines l on l.order_id = a.order_id and l.line_no = a.line_no
    where l.qty_fulfilled < (
      select sum(r.quantity) from orders.return_lines r join orders.returns h on h.id = r.return_id
      where r.order_id = a.order_id and r.line_no = a.line_no and h.state <> 'rejected')) then
    raise exception 'More is asked back than has left' using errcode = 'check_violation', constraint = 'exceeds_fulfilled';
  end if;
  return null;
end $$;
create trigger check_asked_back after insert on orders.return_lines
  referencing new table as added for each statement execute function orders.check_asked_back();
