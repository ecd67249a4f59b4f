import { useCase } from '@ashlar/kernel';
import { type Checks, Drift, findDrifts } from '@ashlar/kernel/reconciliation';
import { z } from 'zod';
import type { InventoryContext } from './posting.ts';

/**
 * What the balances say against what they are made of. All of it is expected to be empty: the triggers move both in
 * one transaction, and this is how anybody can know that they do.
 */
const CHECKS: Checks = {
  'on hand is the sum of the ledger': `
    select l.id::text as subject, coalesce(e.quantity, 0)::text as expected, l.on_hand::text as found
    from inventory.stock_levels l left join (
      select level_id, sum(qty_delta) as quantity from inventory.stock_ledger group by level_id) e on e.level_id = l.id
    where l.on_hand <> coalesce(e.quantity, 0)`,
  'value is the sum of the ledger': `
    select l.id::text as subject, coalesce(e.value, 0)::text as expected, l.value::text as found
    from inventory.stock_levels l left join (
      select level_id, sum(value_delta) as value from inventory.stock_ledger group by level_id) e on e.level_id = l.id
    where l.value <> coalesce(e.value, 0)`,
  'reserved is the sum of active reservations': `
    select l.id::text as subject, coalesce(r.held, 0)::text as expected, l.reserved::text as found
    from inventory.stock_levels l left join (
      select level_id, sum(held) as held, sum(backordered) as backordered
      from inventory.reservations where state = 'active' group by level_id) r on r.level_id = l.id
    where l.reserved <> coalesce(r.held, 0) or l.backordered <> coalesce(r.backordered, 0)`,
  'no more is reserved than is on hand': `
    select id::text as subject, on_hand::text as expected, reserved::text as found
    from inventory.stock_levels where not allow_negative and reserved > on_hand`,
  'serials are counted where they are': `
    select l.id::text as subject, l.on_hand::text as expected, count(s.id)::text as found
    from inventory.stock_levels l
      join inventory.items i on i.id = l.item_id and i.tracking = 'serial'
      left join inventory.serials s on s.level_id = l.id
    group by l.id, l.on_hand having count(s.id) <> l.on_hand`,
  'what is in transit is on transfers': `
    select l.item_id::text || coalesce('/' || l.lot_id, '') as subject, sum(l.on_hand)::text as expected,
      coalesce(max(t.quantity), 0)::text as found
    from inventory.stock_levels l
      join inventory.locations p on p.id = l.location_id and p.kind = 'transit'
      left join (
        select item_id, lot_id, sum(transit_qty) as quantity, sum(transit_value) as value
        from inventory.transfer_lines group by item_id, lot_id
      ) t on t.item_id = l.item_id and t.lot_id is not distinct from l.lot_id
    group by l.item_id, l.lot_id
    having sum(l.on_hand) <> coalesce(max(t.quantity), 0) or sum(l.value) <> coalesce(max(t.value), 0)`,
  'numbers have no gaps': `
    select s.kind || '/' || s.branch || '/' || s.fiscal_year as subject, (s.next_number - 1)::text as expected,
      count(d.id)::text as found
    from inventory.number_series s left join inventory.documents d
      on d.org_id = s.org_id and d.kind = s.kind and d.branch = s.branch and d.fiscal_year = s.fiscal_year
    group by s.org_id, s.kind, s.branch, s.fiscal_year, s.next_number
    having count(d.id) <> s.next_number - 1`,
};

export const checkStock = useCase('inventory.check-stock', {
  summary: 'Reckons all balances anew and names every drift; none is expected.',
  input: z.strictObject({}),
  output: z.object({ checks: z.int(), drifts: z.array(Drift) }),
  errors: [],
  permission: 'inventory.read-cost',
  on: { http: 'POST /checks', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async (_input, { db, audit }: InventoryContext) => {
    const drifts = await findDrifts(db, CHECKS);
    audit({ after: { drifts: drifts.length } });
    return { checks: Object.keys(CHECKS).length, drifts };
  },
});
