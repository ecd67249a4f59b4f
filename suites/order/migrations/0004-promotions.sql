-- What is taken off and what is added: promotions and their coupons, discounts by hand, shipping. All of it is a wish of
-- a cart, and a snapshot of an order.

create table orders.promotions (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  title jsonb not null check (jsonb_typeof(title) = 'object' and octet_length(title::text) <= 8192),
  type text not null check (type in ('percent', 'fixed', 'buy_x_get_y', 'shipping')),
  -- Off what it counts; of buy_x_get_y off each piece given, of shipping off the shipping.
  percent numeric(9, 6) check (percent > 0 and percent <= 100),
  -- Of fixed: minor units off all it counts.
  amount bigint check (amount > 0),
  buy integer check (buy between 1 and 1000000),
  get integer check (get between 1 and 1000000),
  -- Of amount, minimum and budget.
  currency text check (currency ~ '^[A-Z]{3}$'),
  minimum bigint check (minimum > 0),
  -- Whom and what it is for: variants, products, categories, channels, customers; a list that is not there is all of them.
  rules jsonb not null default '{}' check (jsonb_typeof(rules) = 'object' and octet_length(rules::text) <= 262144),
  -- Without a coupon.
  is_automatic boolean not null,
  stackable boolean not null,
  priority integer not null check (priority between 0 and 1000000),
  budget bigint check (budget > 0),
  usage_limit integer check (usage_limit > 0),
  per_customer_limit integer check (per_customer_limit > 0),
  valid_from timestamptz,
  valid_to timestamptz,
  status text not null default 'active' check (status in ('active', 'ended')),
  -- Of orders that stand; triggers alone write these.
  used integer not null default 0 check (used >= 0),
  spent bigint not null default 0 check (spent >= 0),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id(),
  unique (org_id, id),
  constraint promotion_period check (valid_to > valid_from),
  constraint promotion_currency check (
    currency is not null or (amount is null and minimum is null and budget is null)),
  constraint promotion_type check (
    (type = 'fixed') = (amount is not null) and (type = 'fixed') = (percent is null)
    and (type = 'buy_x_get_y') = (buy is not null) and (type = 'buy_x_get_y') = (get is not null))
);
create index promotions_active_idx on orders.promotions (org_id, id) where status = 'active';

create table orders.coupons (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  promotion_id uuid not null,
  -- As it is printed; it is entered in any case.
  code text not null check (code ~ '^[A-Za-z0-9_-]{3,40}$'),
  code_key text not null generated always as (lower(code)) stored,
  usage_limit integer check (usage_limit > 0),
  status text not null default 'active' check (status in ('active', 'withdrawn')),
  used integer not null default 0 check (used >= 0),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id(),
  unique (org_id, id),
  constraint coupon_code_taken unique (org_id, code_key),
  foreign key (org_id, promotion_id) references orders.promotions (org_id, id)
);
create index coupons_promotion_idx on orders.coupons (promotion_id, id);

create table orders.cart_coupons (
  cart_id uuid not null,
  org_id uuid not null default suites.org_id(),
  coupon_id uuid not null,
  promotion_id uuid not null,
  primary key (cart_id, coupon_id),
  -- A promotion counts once, however many codes it has.
  constraint cart_promotion_once unique (cart_id, promotion_id),
  foreign key (org_id, cart_id) references orders.carts (org_id, id) on delete cascade,
  foreign key (org_id, coupon_id) references orders.coupons (org_id, id)
);
create index cart_coupons_coupon_idx on orders.cart_coupons (coupon_id);

-- Taken off by hand: of one line, or of all where there is no line.
create table orders.cart_discounts (
  cart_id uuid not null,
  org_id uuid not null default suites.org_id(),
  line_no integer,
  percent numeric(9, 6) check (percent > 0 and percent <= 100),
  amount bigint check (amount > 0),
  reason text not null check (length(reason) between 1 and 500),
  -- By somebody who may go over the limit.
  is_over_limit boolean not null,
  set_by uuid default suites.actor_id(),
  constraint cart_discount_once unique nulls not distinct (cart_id, line_no),
  check ((percent is null) <> (amount is null)),
  foreign key (org_id, cart_id) references orders.carts (org_id, id) on delete cascade,
  foreign key (cart_id, line_no) references orders.cart_lines (cart_id, line_no) on delete cascade
);

create table orders.shipping_methods (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  code text not null check (code ~ '^[A-Za-z0-9_-]{1,50}$'),
  title jsonb not null check (jsonb_typeof(title) = 'object' and octet_length(title::text) <= 8192),
  tax_category text not null check (length(tax_category) between 1 and 50),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  -- The first that serves an address counts: [{"countries": ["IQ"], "postcodes": ["10"], "price": "500", "freeFrom": "5000"}].
  zones jsonb not null check (jsonb_typeof(zones) = 'array' and octet_length(zones::text) <= 262144),
  status text not null default 'active' check (status in ('active', 'retired')),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id(),
  unique (org_id, id),
  constraint shipping_code_taken unique (org_id, code)
);
alter table orders.carts add foreign key (org_id, shipping_method_id) references orders.shipping_methods (org_id, id);

-- What sending an order costs, as it was when it was placed. Its number is beyond those of the goods, so that an invoice
-- names both alike.
create table orders.shipping_lines (
  order_id uuid not null,
  org_id uuid not null default suites.org_id(),
  line_no integer not null check (line_no > 1000000),
  method_id uuid not null,
  code text not null,
  title jsonb not null check (jsonb_typeof(title) = 'object' and octet_length(title::text) <= 8192),
  -- Minor units, with or without tax as the order's prices are.
  price bigint not null check (price >= 0),
  discount bigint not null default 0 check (discount between 0 and price),
  tax_category text not null,
  taxes jsonb not null default '[]' check (jsonb_typeof(taxes) = 'array'),
  net bigint not null check (net >= 0),
  tax bigint not null check (tax >= 0),
  primary key (order_id, line_no),
  foreign key (org_id, order_id) references orders.orders (org_id, id),
  foreign key (org_id, method_id) references orders.shipping_methods (org_id, id)
);

-- What was taken off which line, and why.
create table orders.adjustments (
  order_id uuid not null,
  org_id uuid not null default suites.org_id(),
  seq integer not null check (seq > 0),
  line_no integer not null,
  source text not null check (source in ('promotion', 'manual')),
  promotion_id uuid,
  coupon text,
  title jsonb,
  reason text,
  amount bigint not null check (amount > 0),
  primary key (order_id, seq),
  check ((source = 'promotion') = (promotion_id is not null and title is not null)),
  check ((source = 'manual') = (reason is not null)),
  foreign key (org_id, order_id) references orders.orders (org_id, id)
);
create trigger append_only before update or delete or truncate on orders.shipping_lines
  for each statement execute function orders.refuse_change();
create trigger append_only before update or delete or truncate on orders.adjustments
  for each statement execute function orders.refuse_change();
create trigger refuse_late_lines after insert on orders.shipping_lines
  referencing new table as added for each statement execute function orders.refuse_late_lines();
create trigger refuse_late_lines after insert on orders.adjustments
  referencing new table as added for each statement execute function orders.refuse_late_lines();

-- Asked at the commit: the discount of each line is what is written down of it.
create function orders.check_discounts() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  wrong record;
begin
  select coalesce(l.line_no, a.line_no) as line, l.discount, a.amount into wrong
  from (
    select line_no, discount from orders.order_lines where order_id = new.id and discount > 0
    union all select line_no, discount from orders.shipping_lines where order_id = new.id and discount > 0
  ) l full join (
    select line_no, sum(amount) as amount from orders.adjustments where order_id = new.id group by line_no
  ) a on a.line_no = l.line_no
  where l.discount is distinct from a.amount
  limit 1;
  if found then
    raise exception 'Line % of order % is discounted by %, of which % is written down',
      wrong.line, new.label, wrong.discount, wrong.amount
      using errcode = 'check_violation', constraint = 'order_adds_up';
  end if;
  return null;
end $$;
create constraint trigger discounts_add_up after insert on orders.orders
  deferrable initially deferred for each row execute function orders.check_discounts();

-- A promotion of an order that was placed. It counts until the order ends without having been had.
create table orders.promotion_uses (
  order_id uuid not null,
  org_id uuid not null default suites.org_id(),
  promotion_id uuid not null,
  coupon_id uuid,
  customer_id uuid,
  amount bigint not null check (amount > 0),
  is_given_back boolean not null default false,
  primary key (order_id, promotion_id),
  foreign key (org_id, order_id) references orders.orders (org_id, id),
  foreign key (org_id, promotion_id) references orders.promotions (org_id, id),
  foreign key (org_id, coupon_id) references orders.coupons (org_id, id)
);
create index promotion_uses_customer_idx on orders.promotion_uses (promotion_id, customer_id) where not is_given_back;

-- The last line: whoever places has locked the promotion and looked. A coupon is only ever held together with its
-- promotion, so nobody waits for another in a circle.
create function orders.count_use() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update orders.promotions p set used = p.used + 1, spent = p.spent + new.amount
  where p.id = new.promotion_id and p.status = 'active'
    and (p.usage_limit is null or p.used < p.usage_limit)
    and (p.budget is null or p.spent + new.amount <= p.budget)
    and (p.per_customer_limit is null or p.per_customer_limit >= (
      select count(*) from orders.promotion_uses u
      where u.promotion_id = p.id and u.customer_id = new.customer_id and not u.is_given_back));
  if not found then
    raise exception 'Promotion % is used up', new.promotion_id using errcode = 'check_violation', constraint = 'usage_exhausted';
  end if;
  if new.coupon_id is not null then
    update orders.coupons c set used = c.used + 1
    where c.id = new.coupon_id and c.status = 'active' and (c.usage_limit is null or c.used < c.usage_limit);
    if not found then
      raise exception 'Coupon % is used up', new.coupon_id using errcode = 'check_violation', constraint = 'usage_exhausted';
    end if;
  end if;
  return null;
end $$;
create trigger count_use after insert on orders.promotion_uses
  for each row execute function orders.count_use();

create function orders.keep_use() returns trigger
language plpgsql set search_path = '' as $$
begin
  if tg_op = 'DELETE' or old.is_given_back or not new.is_given_back
    or (new.order_id, new.promotion_id, new.coupon_id, new.customer_id, new.amount)
      is distinct from (old.order_id, old.promotion_id, old.coupon_id, old.customer_id, old.amount) then
    raise exception 'A use is given back once, and nothing else' using errcode = 'check_violation', constraint = 'order_snapshot';
  end if;
  return new;
end $$;
create trigger keep_use before update or delete on orders.promotion_uses
  for each row execute function orders.keep_use();
create trigger no_truncate before truncate on orders.promotion_uses
  for each statement execute function orders.refuse_change();

-- By whatever way an order ends, what it used is there for others again.
create function orders.give_uses_back() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  -- In the order in which those who place lock them.
  perform 1 from orders.promotions p
  where p.id in (select u.promotion_id from orders.promotion_uses u where u.order_id = new.id and not u.is_given_back)
  order by p.id for update;
  update orders.promotions p set used = p.used - 1, spent = p.spent - u.amount
  from orders.promotion_uses u where u.order_id = new.id and not u.is_given_back and p.id = u.promotion_id;
  update orders.coupons c set used = c.used - 1
  from orders.promotion_uses u where u.order_id = new.id and not u.is_given_back and c.id = u.coupon_id;
  update orders.promotion_uses u set is_given_back = true where u.order_id = new.id and not u.is_given_back;
  return null;
end $$;
create trigger give_uses_back after update of status on orders.orders
  for each row when (new.status in ('cancelled', 'rejected') and old.status <> new.status)
  execute function orders.give_uses_back();

select suites.guard_table('orders.' || name, read_permission => 'order.read')
from unnest(array[
  'promotions', 'cart_coupons', 'cart_discounts', 'shipping_methods', 'shipping_lines', 'adjustments', 'promotion_uses'
]) as name;
-- Whoever reads all codes need not guess any. Others see those that are in a cart.
select suites.guard_table('orders.coupons', read_permission => 'order.promote');
create policy in_carts on orders.coupons for select to authenticated using (
  org_id = (select auth.org_id()) and (select auth.has_permission('order.read'))
  and exists (select from orders.cart_coupons c where c.coupon_id = coupons.id));

revoke all on orders.promotions, orders.coupons, orders.cart_coupons, orders.cart_discounts, orders.shipping_methods,
  orders.shipping_lines, orders.adjustments, orders.promotion_uses from "order", authenticated, service_role;
revoke all on all functions in schema orders from public;
-- All but what triggers count.
grant select, insert on orders.promotions, orders.coupons to "order";
grant update (title, percent, amount, buy, get, currency, minimum, rules, is_automatic, stackable, priority, budget,
  usage_limit, per_customer_limit, valid_from, valid_to, status, version, updated_at, updated_by) on orders.promotions to "order";
grant update (usage_limit, status, version, updated_at, updated_by) on orders.coupons to "order";
grant select, insert, delete on orders.cart_coupons, orders.cart_discounts to "order";
grant select, insert, update on orders.shipping_methods to "order";
grant select, insert on orders.shipping_lines, orders.adjustments, orders.promotion_uses to "order";
grant select on orders.promotions, orders.coupons, orders.cart_coupons, orders.cart_discounts, orders.shipping_methods,
  orders.shipping_lines, orders.adjustments, orders.promotion_uses to authenticated, service_role;
