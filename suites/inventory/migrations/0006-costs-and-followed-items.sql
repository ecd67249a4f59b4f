-- What is known of the catalogue by its events, and what stock is worth for those who may see it.

-- The product whose variant an item is; null: somebody tracked it by hand.
alter table inventory.items add column product_id uuid;
create index items_product_idx on inventory.items (product_id) where product_id is not null;

-- Events of a product and of its variants come in any order: a variant told late of a product that is gone is archived too.
create table inventory.archived_products (
  org_id uuid not null default suites.org_id(),
  product_id uuid not null,
  archived_at timestamptz not null default now(),
  primary key (org_id, product_id)
);
select suites.guard_table('inventory.archived_products', read_permission => 'inventory.read');
revoke all on inventory.archived_products from inventory, authenticated, service_role;
grant select, insert on inventory.archived_products to inventory;

-- What items that come from the catalogue are valued in; the catalogue does not say.
alter table inventory.policies add column currency text not null default 'USD' check (currency ~ '^[A-Z]{3}$');

-- From how little on somebody wants to be told that there is little of an item at a location.
create table inventory.stock_minimums (
  org_id uuid not null default suites.org_id(),
  item_id uuid not null,
  location_id uuid not null,
  minimum numeric(18,6) not null check (minimum > 0),
  -- It was told, and there has not been enough since.
  is_low boolean not null default false,
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id(),
  primary key (item_id, location_id),
  foreign key (org_id, item_id) references inventory.items (org_id, id),
  foreign key (org_id, location_id) references inventory.locations (org_id, id)
);
create index stock_minimums_location_idx on inventory.stock_minimums (location_id);
select suites.guard_table('inventory.stock_minimums', read_permission => 'inventory.read');
revoke all on inventory.stock_minimums from inventory, authenticated, service_role;
grant select, insert, update, delete on inventory.stock_minimums to inventory;
grant select on inventory.stock_minimums to authenticated, service_role;

-- The columns people may not read in the tables, for those who may. A view reads its tables as its owner and asks
-- its functions as the reader, so the condition is what the row-level security is for the tables.
create view inventory.level_costs with (security_barrier) as
  select l.id, l.org_id, l.item_id, l.location_id, l.lot_id, l.on_hand, l.value, l.last_cost, i.base_uom, i.currency
  from inventory.stock_levels l join inventory.items i on i.id = l.item_id
  where current_user = 'service_role'
    or (l.org_id = (select auth.org_id()) and (select auth.has_permission('inventory.read-cost')));

create view inventory.ledger_costs with (security_barrier) as
  select e.seq, e.org_id, l.item_id, l.location_id, l.lot_id, e.document_id, e.line_no, e.qty_delta, e.unit_cost,
    e.value_delta, e.variance, e.posting_date, e.recorded_at, i.base_uom, i.currency,
    d.kind, d.branch, d.fiscal_year, d.number
  from inventory.stock_ledger e
    join inventory.stock_levels l on l.id = e.level_id
    join inventory.items i on i.id = l.item_id
    join inventory.documents d on d.id = e.document_id
  where current_user = 'service_role'
    or (e.org_id = (select auth.org_id()) and (select auth.has_permission('inventory.read-cost')));

revoke all on inventory.level_costs, inventory.ledger_costs from inventory, authenticated, service_role;
grant select on inventory.level_costs, inventory.ledger_costs to authenticated, service_role;
