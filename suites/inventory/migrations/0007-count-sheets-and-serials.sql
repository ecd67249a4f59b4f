-- What is shown of counts, where serials went, and costs for whoever has the secret key.

-- What to count and what was found, for those who count; one row without an item where there is nothing. Of a blind count only those who approve see what is expected.
create view inventory.count_sheets with (security_barrier) as
  select c.id as count_id, c.org_id, l.item_id, l.lot_id, i.sku, i.base_uom, t.code as lot_code, l.counted,
    case when not c.blind or current_user in ('service_role', 'inventory') or (select auth.has_permission('inventory.approve'))
      then coalesce(l.expected, l.snapshot_qty) end as expected
  from inventory.counts c
    left join inventory.count_lines l on l.count_id = c.id
    left join inventory.items i on i.id = l.item_id
    left join inventory.lots t on t.id = l.lot_id
  where current_user = 'service_role'
    or (current_user = 'inventory' and c.org_id = (select suites.org_id()))
    or (c.org_id = (select auth.org_id()) and (select auth.has_permission('inventory.count')));

-- Queries asked with the secret key run as the suite's own role, for the organisation they name.
create or replace view inventory.level_costs with (security_barrier) as
  select l.id, l.org_id, l.item_id, l.location_id, l.lot_id, l.on_hand, l.value, l.last_cost, i.base_uom, i.currency
  from inventory.stock_levels l join inventory.items i on i.id = l.item_id
  where current_user = 'service_role'
    or (current_user = 'inventory' and l.org_id = (select suites.org_id()))
    or (l.org_id = (select auth.org_id()) and (select auth.has_permission('inventory.read-cost')));

create or replace view inventory.ledger_costs with (security_barrier) as
  select e.seq, e.org_id, l.item_id, l.location_id, l.lot_id, e.document_id, e.line_no, e.qty_delta, e.unit_cost,
    e.value_delta, e.variance, e.posting_date, e.recorded_at, i.base_uom, i.currency,
    d.kind, d.branch, d.fiscal_year, d.number
  from inventory.stock_ledger e
    join inventory.stock_levels l on l.id = e.level_id
    join inventory.items i on i.id = l.item_id
    join inventory.documents d on d.id = e.document_id
  where current_user = 'service_role'
    or (current_user = 'inventory' and e.org_id = (select suites.org_id()))
    or (e.org_id = (select auth.org_id()) and (select auth.has_permission('inventory.read-cost')));

revoke all on inventory.count_sheets from inventory, authenticated, service_role;
grant select on inventory.count_sheets, inventory.level_costs, inventory.ledger_costs to inventory, authenticated, service_role;

-- A serial is in one place or none, and its status says which: the place's kind, or how it left.
create or replace function inventory.move_serial() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  moved_item uuid;
  tracked_by text;
  place_kind text;
begin
  select l.item_id, i.tracking, p.kind into moved_item, tracked_by, place_kind
  from inventory.stock_levels l
    join inventory.items i on i.id = l.item_id
    join inventory.locations p on p.id = l.location_id
  where l.id = new.level_id;
  if (tracked_by = 'serial' and new.qty_delta <> 0) <> (new.serial_id is not null) then
    raise exception 'An item tracked by % moves %', tracked_by, coalesce(new.serial_id::text, 'without a serial')
      using errcode = 'check_violation', constraint = 'serial_as_tracked';
  end if;
  if new.serial_id is null then
    return null;
  end if;
  update inventory.serials s
  set level_id = case when new.qty_delta > 0 then new.level_id end,
    updated_at = now(),
    status = case
      when new.qty_delta > 0 then
        case place_kind when 'repair' then 'in_repair' when 'scrap' then 'scrapped' else 'in_stock' end
      else
        case (select d.kind from inventory.documents d where d.id = new.document_id)
          when 'issue' then 'sold' when 'reversal' then 'returned' when 'adjustment' then 'scrapped'
          when 'count' then 'scrapped' else s.status end
    end
  where s.id = new.serial_id and s.item_id = moved_item
    and s.level_id is not distinct from case when new.qty_delta < 0 then new.level_id end;
  if not found then
    raise exception 'Serial % is not where it would have to be', new.serial_id
      using errcode = 'check_violation', constraint = 'serial_elsewhere';
  end if;
  return null;
end $$;
revoke update (status) on inventory.serials from inventory;

-- Of an item kept by serial, which pieces a count did not find and which it found besides: by id, since they are known
-- here, and by code, since they may be new.
alter table inventory.count_lines
  add column missing_serials uuid[] not null default '{}',
  add column found_serials text[] not null default '{}';

-- What expires next.
create index lots_expiry_idx on inventory.lots (org_id, expires_on) where expires_on is not null;
