import { Rational } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import type { Item } from '../domain/entered-quantity.ts';
import type { InventoryDb } from './tables.ts';

/** Items with their units, by id; those that are unknown, or another organisation's, are left out. */
export async function findItems(db: InventoryDb, ids: readonly string[]): Promise<Map<string, Item>> {
  const rows = await db
    .selectFrom('inventory.items as item')
    .select([
      'item.id',
      'item.sku',
      'item.base_uom',
      'item.whole_units',
      'item.tracking',
      'item.currency',
      'item.status',
    ])
    .select(
      sql<readonly [string, string, string][] | null>`(
        select json_agg(json_build_array(unit.uom, unit.num::text, unit.den::text))
        from inventory.item_units unit where unit.item_id = item.id)`.as('units'),
    )
    .where(sql<boolean>`item.id = any(${[...new Set(ids)]}::uuid[])`)
    .execute();
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
