-- The suite's role writes, and moves no balance; people read what their permissions show them.

grant usage on schema inventory to authenticated, service_role;

grant select, insert, update on inventory.items, inventory.item_units, inventory.warehouses, inventory.locations,
  inventory.lots, inventory.policies, inventory.number_series, inventory.reservations,
  inventory.transfers, inventory.transfer_lines, inventory.counts, inventory.count_lines to inventory;
grant delete on inventory.item_units, inventory.transfer_lines to inventory;
grant select, insert on inventory.documents, inventory.stock_ledger, inventory.stock_levels, inventory.serials to inventory;
-- Locking a level takes the right to update something of it. The balances are not among it.
grant update (allow_negative) on inventory.stock_levels to inventory;
grant update (status) on inventory.serials to inventory;

grant select on inventory.items, inventory.item_units, inventory.warehouses, inventory.locations, inventory.lots,
  inventory.policies, inventory.serials, inventory.reservations, inventory.transfers, inventory.counts,
  inventory.documents to authenticated, service_role;
-- What it cost is for those who may see costs: they ask the queries that check it.
grant select (id, org_id, item_id, location_id, lot_id, on_hand, reserved, backordered, blocked)
  on inventory.stock_levels to authenticated, service_role;
grant select (seq, org_id, level_id, serial_id, document_id, line_no, qty_delta, uom_entered, qty_entered, posting_date, recorded_at, reverses)
  on inventory.stock_ledger to authenticated, service_role;
grant select (transfer_id, org_id, line_no, item_id, lot_id, serial_id, qty, transit_qty)
  on inventory.transfer_lines to authenticated, service_role;
-- A blind count tells its lines to nobody but the suite, which knows who asks.

do $$
declare
  name text;
begin
  for name in select tablename from pg_catalog.pg_tables where schemaname = 'inventory' loop
    execute format('alter table inventory.%I enable row level security', name);
    execute format(
      'create policy own_organisation on inventory.%I to inventory
         using (org_id = (select inventory.org_id())) with check (org_id = (select inventory.org_id()))', name);
    execute format(
      'create policy read on inventory.%I for select to authenticated, service_role
         using (org_id = (select inventory.org_id()))', name);
  end loop;
end $$;
