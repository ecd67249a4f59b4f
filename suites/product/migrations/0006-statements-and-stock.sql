-- Imports write a thousand rows in one statement, and so do those who follow them; and what there is in stock.

drop trigger keep_slugs on product.products;
-- Of whole statements: an import writes a thousand products in one.
create or replace function product.keep_slugs() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' then
    delete from product.slugs s
    using now_there n
    where s.product_id = n.id and s.org_id = n.org_id
      and (n.status = 'archived' or not exists (select from jsonb_each_text(n.slug) e where e.value = s.slug));
  end if;
  -- Not without a word on conflict: a slug that leads elsewhere is refused by its key.
  insert into product.slugs (org_id, slug, product_id)
  select distinct n.org_id, e.value, n.id
  from now_there n cross join jsonb_each_text(n.slug) e
  where n.status <> 'archived' and not exists (
    select from product.slugs s where s.org_id = n.org_id and s.slug = e.value and s.product_id = n.id
  );
  return null;
end
$$;
create trigger add_slugs after insert on product.products
  referencing new table as now_there for each statement execute function product.keep_slugs();
create trigger keep_slugs after update on product.products
  referencing new table as now_there for each statement execute function product.keep_slugs();

drop trigger note_price on product.prices;
drop function product.note_price();
-- Of whole statements, for the same reason as slugs.
create function product.note_prices() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    insert into product.price_changes (org_id, list_id, variant_id, min_qty, new_price)
    select n.org_id, n.list_id, n.variant_id, n.min_qty, n.unit_price from now_there n;
  elsif tg_op = 'DELETE' then
    insert into product.price_changes (org_id, list_id, variant_id, min_qty, old_price)
    select o.org_id, o.list_id, o.variant_id, o.min_qty, o.unit_price from there_before o;
  else
    -- A tier that begins elsewhere is one that went and one that came.
    insert into product.price_changes (org_id, list_id, variant_id, min_qty, old_price, new_price)
    select org_id, list_id, variant_id, min_qty, o.unit_price, n.unit_price
    from there_before o full join now_there n using (org_id, list_id, variant_id, min_qty)
    where o.unit_price is distinct from n.unit_price;
  end if;
  return null;
end
$$;
create trigger note_added after insert on product.prices
  referencing new table as now_there for each statement execute function product.note_prices();
create trigger note_changed after update on product.prices
  referencing old table as there_before new table as now_there
  for each statement execute function product.note_prices();
create trigger note_removed after delete on product.prices
  referencing old table as there_before for each statement execute function product.note_prices();

-- The last digit of a trade item number, by the rule of GS1: counted from the right, every other digit weighs three. One
-- expression without a loop, so that a check of it costs no call.
create or replace function product.is_gtin(code text) returns boolean
language sql immutable strict parallel safe
as $$
  select case when code ~ '^[0-9]{8,14}$' then (
    3 * (
      substr(lpad(code, 14, '0'), 1, 1)::integer + substr(lpad(code, 14, '0'), 3, 1)::integer
      + substr(lpad(code, 14, '0'), 5, 1)::integer + substr(lpad(code, 14, '0'), 7, 1)::integer
      + substr(lpad(code, 14, '0'), 9, 1)::integer + substr(lpad(code, 14, '0'), 11, 1)::integer
      + substr(lpad(code, 14, '0'), 13, 1)::integer
    )
    + substr(lpad(code, 14, '0'), 2, 1)::integer + substr(lpad(code, 14, '0'), 4, 1)::integer
    + substr(lpad(code, 14, '0'), 6, 1)::integer + substr(lpad(code, 14, '0'), 8, 1)::integer
    + substr(lpad(code, 14, '0'), 10, 1)::integer + substr(lpad(code, 14, '0'), 12, 1)::integer
    + substr(lpad(code, 14, '0'), 14, 1)::integer
  ) % 10 = 0 else false end
$$;

-- What the stock's facts last said of a variant at a place, for lists and badges; who promises anything asks the stock.
create table product.stock (
  org_id uuid not null default suites.org_id(),
  variant_id uuid not null,
  location_id uuid not null,
  -- What a newcomer may have there, in the base unit.
  available numeric(18,6) not null,
  -- Whether orders are served from there.
  pickable boolean not null,
  at timestamptz not null,
  primary key (variant_id, location_id),
  foreign key (org_id, variant_id) references product.variants (org_id, id) on delete cascade
);
select suites.guard_table('product.stock', read_permission => 'product.read');
