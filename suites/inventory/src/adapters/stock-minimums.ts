import { microsText, parseMicros } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import type { PlaceStock } from '../domain/place-stock.ts';
import type { InventoryDb } from './tables.ts';

export interface LowPlace {
  readonly itemId: string;
  readonly locationId: string;
  readonly minimum: bigint;
}

/**
 * Locks the minimums of these places, in one order. Two commands that move different lots of an item at a location
 * hold different levels and meet here, so that the second counts what the first has left.
 *
 * @returns Whether there is any.
 */
export async function lockMinimums(db: InventoryDb, levelIds: readonly string[]): Promise<boolean> {
  const rows = await db
    .selectFrom('inventory.stock_minimums as low')
    .select('low.item_id')
    .where(
      sql<boolean>`(low.item_id, low.location_id) in (
        select l.item_id, l.location_id from inventory.stock_levels l where l.id = any(${[...levelIds]}::bigint[]))`,
    )
    .orderBy('low.item_id')
    .orderBy('low.location_id')
    .forUpdate('low')
    .execute();
  return rows.length > 0;
}

/** Writes down where there is too little and where there is enough again. @returns Where too little is news. */
export async function noteLowPlaces(db: InventoryDb, places: readonly PlaceStock[]): Promise<readonly LowPlace[]> {
  const { rows } = await sql<{ item_id: string; location_id: string; minimum: string; is_low: boolean }>`
    update inventory.stock_minimums low set is_low = p.available < low.minimum
    from unnest(${places.map(({ itemId }) => itemId)}::uuid[], ${places.map(({ locationId }) => locationId)}::uuid[],
      ${places.map((place) => microsText(place.available))}::numeric[]) p(item_id, location_id, available)
    where low.item_id = p.item_id and low.location_id = p.location_id and low.is_low <> (p.available < low.minimum)
    returning low.item_id, low.location_id, low.minimum::text, low.is_low`.execute(db);
  return rows
    .filter(({ is_low }) => is_low)
    .map((row) => ({ itemId: row.item_id, locationId: row.location_id, minimum: parseMicros(row.minimum) }));
}
