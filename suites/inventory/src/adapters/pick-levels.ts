import { parseMicros } from '@ashlar/kernel/values';
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
  /** Of how little somebody wants to be told. */
  readonly minimum: bigint | null;
}

/**
 * Locks every level of the items, in the order in which everybody locks levels: which of them serve an order is
 * decided when nobody else can decide it too.
 */
export async function lockPickLevels(db: InventoryDb, itemIds: readonly string[]): Promise<readonly PickLevel[]> {
  const rows = await pickLevels(db, itemIds).forUpdate('level').execute();
  return rows.map(toPickLevel);
}

/** The same levels as they were a moment ago, without a lock and as if overdue reservations were written off. */
export async function glanceAtPickLevels(
  db: InventoryDb,
  itemIds: readonly string[],
  at: Date,
): Promise<readonly PickLevel[]> {
  const rows = await pickLevels(db, itemIds)
    .select(
      sql<string>`(select coalesce(sum(r.held), 0) from inventory.reservations r
        where r.level_id = level.id and r.state = 'active' and r.expires_at <= ${at})`.as('overdue'),
    )
    .execute();
  return rows.map((row) => {
    const level = toPickLevel(row);
    return { ...level, reserved: level.reserved - parseMicros(row.overdue) };
  });
}

function pickLevels(db: InventoryDb, itemIds: readonly string[]) {
  return db
    .selectFrom('inventory.stock_levels as level')
    .innerJoin('inventory.locations as location', 'location.id', 'level.location_id')
    .leftJoin('inventory.lots as lot', 'lot.id', 'level.lot_id')
    .leftJoin('inventory.stock_minimums as low', (join) =>
      join.onRef('low.item_id', '=', 'level.item_id').onRef('low.location_id', '=', 'level.location_id'),
    )
    .selectAll('level')
    .select(['location.warehouse_id', 'location.pickable', 'lot.expires_on', 'low.minimum'])
    .where(sql<boolean>`level.item_id = any(${[...itemIds]}::uuid[])`)
    .where('location.kind', '=', 'internal')
    .orderBy('level.item_id')
    .orderBy('level.location_id')
    .orderBy('level.lot_id');
}

function toPickLevel(
  row: Parameters<typeof toLevel>[0] & {
    readonly warehouse_id: string | null;
    readonly pickable: boolean;
    readonly expires_on: string | null;
    readonly minimum: string | null;
  },
): PickLevel {
  return {
    ...toLevel(row),
    warehouseId: row.warehouse_id,
    pickable: row.pickable,
    expiresOn: row.expires_on,
    minimum: row.minimum === null ? null : parseMicros(row.minimum),
  };
}
