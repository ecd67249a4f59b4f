-- The suite's role writes, and moves no balance; people read what their permissions show them.

select suites.guard_table('inventory.' || name, read_permission => 'inventory.read')
from unnest(array[
  'items', 'item_units', 'warehouses', 'locations', 'lots', 'policies', 'documents', 'number_series', 'stock_levels',
  'serials', 'stock_ledger', 'reservations', 'transfers', 'transfer_lines', 'counts', 'count_lines'
]) as name;

-- Policies say which rows; what follows says which tables and columns.
revoke all on all tables in schema inventory from inventory, authenticated, service_role;

grant select, insert, update on inventory.items, inventory.item_units, inventory.warehouses, inventory.locations,
  inventory.lots, inventory.policies, inventory.number_series, inventory.reservations, inventory.transfers,
  inventory.transfer_lines, inventory.counts, inventory.count_lines to inventory;
grant delete on inventory.item_units to inventory;
grant select, insert on inventory.documents, inventory.stock_ledger, inventory.stock_levels, inventory.serials to inventory;
-- Locking a level takes the right to update something of it. No balance is among that.
grant update (allow_negative) on inventory.stock_levels to inventory;
grant update (status) on inventory.serials to inventory;

grant select on inventory.items, inventory.item_units, inventory.warehouses, inventory.locations, inventory.lots,
  inventory.policies, inventory.serials, inventory.reservations, inventory.transfers, inventory.counts,
  inventory.documents to authenticated, service_role;
-- Without what it cost.
grant select (id, org_id, item_id, location_id, lot_id, on_hand, reserved, backordered, blocked)
  on inventory.stock_levels to authenticated, service_role;
grant select (seq, org_id, level_id, serial_id, document_id, line_no, qty_delta, uom_entered, qty_entered,
  posting_date, recorded_at, reverses) on inventory.stock_ledger to authenticated, service_role;
grant select (transfer_id, org_id, line_no, item_id, lot_id, serial_id, qty, transit_qty)
  on inventory.transfer_lines to authenticated, service_role;
-- Lines of counts are told by a query, which keeps a blind count blind.
