import { sql } from 'kysely';
import type { StockLevel } from '../domain/stock-level.ts';
import { toLevel } from './stock-levels.ts';
import type { InventoryDb } from './tables.ts';

/** A level something may be handed out from. */
export interface PickLevel extends StockLevel {
  readonly warehouseId: string | null;
  readonly pickable: boolean;
  /** The last day its lot may be handed out. */
  readonly expiresOn: string | null;
}

/**
 * Locks every level of the items, in the order in which everybody locks levels: which of them serve an order is
 * decided when nobody else can decide it too.
 */
export async function lockPickLevels(db: InventoryDb, itemIds: readonly string[]): Promise<readonly PickLevel[]> {
  const rows = await db
    .selectFrom('inventory.stock_levels as level')
    .innerJoin('inventory.locations as location', 'location.id', 'level.location_id')
    .leftJoin('inventory.lots as lot', 'lot.id', 'level.lot_id')
    .selectAll('level')
    .select(['location.warehouse_id', 'location.pickable', 'lot.expires_on'])
    .where(sql<boolean>`level.item_id = any(${[...itemIds]}::uuid[])`)
    .where('location.kind', '=', 'internal')
    .orderBy('level.item_id')
    .orderBy('level.location_id')
    .orderBy('level.lot_id')
    .forUpdate('level')
    .execute();
  return rows.map((row) => ({
    ...toLevel(row),
    warehouseId: row.warehouse_id,
    pickable: row.pickable,
    expiresOn: row.expires_on,
  }));
}
