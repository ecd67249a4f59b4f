import { Rational } from '@ashlar/kernel/values';
import { type Selectable, sql } from 'kysely';
import type { Item } from '../domain/entered-quantity.ts';
import type { InventoryDb, InventoryTables } from './tables.ts';

type ItemRow = Pick<
  Selectable<InventoryTables['inventory.items']>,
  'id' | 'sku' | 'base_uom' | 'whole_units' | 'tracking' | 'currency' | 'status'
> & { readonly units: readonly [string, string, string][] | null };

/** Items with their units, by id; those that are unknown, or another organisation's, are left out. */
export async function findItems(db: InventoryDb, ids: readonly string[]): Promise<Map<string, Item>> {
  const { rows } = await sql<ItemRow>`
    select item.id, item.sku, item.base_uom, item.whole_units, item.tracking, item.currency, item.status,
      (select json_agg(json_build_array(unit.uom, unit.num::text, unit.den::text))
       from inventory.item_units unit where unit.item_id = item.id) as units
    from inventory.items item where item.id = any(${[...new Set(ids)]}::uuid[])`.execute(db);
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        sku: row.sku,
        baseUom: row.base_uom,
        wholeUnits: row.whole_units,
        tracking: row.tracking,
        currency: row.currency,
        archived: row.status === 'archived',
        units: new Map((row.units ?? []).map(([uom, num, den]) => [uom, Rational.of(BigInt(num), BigInt(den))])),
      },
    ]),
  );
}
