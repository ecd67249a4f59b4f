-- What becomes of an order after it was placed: what of it is cancelled, lowered or added, what of it is still to come
-- into the stock, and what its goods are exchanged for. Lines stay as they were placed: lowering cancels some of a line,
-- raising adds another one at the price of that day.

create table orders.order_changes (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  order_id uuid not null,
  -- Of its order, from 1.
  number integer not null check (number > 0),
  kind text not null check (kind in ('edit', 'cancellation', 'short_pick')),
  state text not null
    check (state in ('proposed', 'payment_needed', 'accepted', 'applied', 'rejected', 'withdrawn')),
  reason text not null check (length(reason) between 1 and 500),
  -- Why it came to nothing.
  resolution text check (length(resolution) <= 500),
  -- {"added": [lines as they will be], "cancelled": [{"line": 1, "quantity": "2"}]}
  patch jsonb not null check (jsonb_typeof(patch) = 'object' and octet_length(patch::text) <= 33554432),
  -- Minor units with tax: of what is added, and of what is given up.
  added_total bigint not null default 0 check (added_total >= 0),
  cancelled_total bigint not null default 0 check (cancelled_total >= 0),
  -- A proposal is good until then.
  expires_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id(),
  unique (org_id, id),
  constraint change_number_taken unique (order_id, number),
  foreign key (org_id, order_id) references orders.orders (org_id, id)
);
create index order_changes_open_idx on orders.order_changes (order_id) where state in ('payment_needed', 'accepted');

create function orders.keep_change() returns trigger
language plpgsql set search_path = '' as $$
begin
  if tg_op = 'DELETE' or (new.id, new.org_id, new.order_id, new.number, new.kind, new.reason, new.patch, new.added_total,
      new.cancelled_total)
    is distinct from (old.id, old.org_id, old.order_id, old.number, old.kind, old.reason, old.patch, old.added_total,
      old.cancelled_total)
    or (new.state <> old.state and not new.state = any (case old.state
      when 'proposed' then array['payment_needed', 'accepted', 'withdrawn', 'rejected']
      when 'payment_needed' then array['accepted', 'withdrawn', 'rejected']
      when 'accepted' then array['applied', 'rejected']
      else array[]::text[] end)) then
    raise exception 'Change % cannot become that from %', old.id, old.state
      using errcode = 'check_violation', constraint = 'illegal_transition';
  end if;
  return new;
end $$;
create trigger keep_change before update or delete on orders.order_changes
  for each row execute function orders.keep_change();

alter table orders.order_lines
  -- The change that added it.
  add column change_id uuid references orders.order_changes (id),
  -- Is to be cancelled, once what was done for it is undone.
  add column qty_leaving numeric(18, 6) not null default 0 check (qty_leaving >= 0),
  -- Of what is reserved, what is still to come into the stock.
  add column qty_promised numeric(18, 6) not null default 0 check (qty_promised >= 0),
  drop constraint exceeds_open_qty,
  add constraint exceeds_open_qty check (qty_fulfilled + qty_cancelled + qty_leaving <= quantity),
  add constraint exceeds_promised check (qty_promised <= qty_reserved);

-- Lines come with their order, or with a change of it that was accepted.
create function orders.refuse_unasked_lines() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from added a join orders.orders o on o.id = a.order_id
      where o.placed_in <> pg_current_xact_id() and not exists (
        select from orders.order_changes c
        where c.id = a.change_id and c.order_id = a.order_id and c.state = 'accepted')) then
    raise exception 'Lines come with their order' using errcode = 'check_violation', constraint = 'order_snapshot';
  end if;
  return null;
end $$;
drop trigger refuse_late_lines on orders.order_lines;
create trigger refuse_late_lines after insert on orders.order_lines
  referencing new table as added for each statement execute function orders.refuse_unasked_lines();

-- What is under way and what is gone is never more than was ordered and is still wanted.
create or replace function orders.check_under_way() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if exists (
    select from (select distinct order_id, line_no from added) a
      join orders.order_lines l on l.order_id = a.order_id and l.line_no = a.line_no
    where l.quantity - l.qty_cancelled - l.qty_leaving < (
      select sum(f.quantity) from orders.fulfilment_lines f join orders.fulfilments h on h.id = f.fulfilment_id
      where f.order_id = a.order_id and f.line_no = a.line_no and h.state <> 'cancelled')) then
    raise exception 'More is under way than was ordered' using errcode = 'check_violation', constraint = 'exceeds_open_qty';
  end if;
  return null;
end $$;
-- The same from the side of the lines.
create trigger check_under_way after update on orders.order_lines
  referencing new table as added for each statement execute function orders.check_under_way();

alter table orders.orders
  -- Minor units: what it comes to with what was added to it and without what was cancelled; a trigger writes it.
  add column worth bigint not null default 0,
  -- Of credit notes of an earlier order, set aside to pay this one.
  add column credit bigint not null default 0 check (credit >= 0),
  -- The return whose goods it is exchanged for.
  add column exchange_of uuid,
  add constraint one_exchange_of_a_return unique (exchange_of),
  drop column payment_status,
  add column payment_status text not null generated always as (case
    when captured > 0 and refunded >= captured then 'refunded'
    when refunded > 0 then 'partially_refunded'
    when captured + credit > 0 and captured + credit >= worth then 'paid'
    when captured + credit > 0 then 'partial'
    when authorised > 0 then 'authorised'
    when payment_failed then 'failed'
    else 'none' end) stored;

create function orders.derive_worth() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update orders.orders o set worth = o.total + s.added - s.gone
  from (
    select l.order_id, coalesce(sum(l.net + l.tax) filter (where l.change_id is not null), 0) as added,
      -- As a credit note over as much comes to.
      sum(round(l.net * l.qty_cancelled / l.quantity) + round(l.tax * l.qty_cancelled / l.quantity)) as gone
    from orders.order_lines l where l.order_id in (select distinct order_id from changed) group by l.order_id
  ) s where o.id = s.order_id and o.worth <> o.total + s.added - s.gone;
  return null;
end $$;
create trigger derive_worth_at_first after insert on orders.order_lines
  referencing new table as changed for each statement execute function orders.derive_worth();
create trigger derive_worth after update on orders.order_lines
  referencing new table as changed for each statement execute function orders.derive_worth();

alter table orders.carts
  add column exchange_of uuid,
  -- [{"creditNoteId": …, "amount": …}], set aside to pay what is made of it.
  add column credits jsonb not null default '[]';

alter table orders.returns
  -- What the customer gets for it: the money, as much to have for something else, or something else at once.
  add column outcome text not null default 'refund' check (outcome in ('refund', 'store_credit', 'exchange')),
  -- [{"variantId": …, "quantity": {…}}]
  add column exchange_for jsonb not null default '[]' check (octet_length(exchange_for::text) <= 262144);

select suites.guard_table('orders.order_changes', read_permission => 'order.read');
revoke all on orders.order_changes from "order", authenticated, service_role;
grant select, insert, update on orders.order_changes to "order";
grant delete on orders.fulfilment_lines to "order";
grant update (credit) on orders.orders to "order";
grant update (qty_leaving, qty_promised) on orders.order_lines to "order";
grant select on orders.order_changes to authenticated, service_role;
