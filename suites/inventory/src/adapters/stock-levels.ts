import { parseDecimal, parseMicros } from '@ashlar/kernel/values';
import { type Selectable, sql } from 'kysely';
import type { StockLevel } from '../domain/stock-level.ts';
import type { InventoryDb, InventoryTables } from './tables.ts';

/** Where something is kept. */
export interface Place {
  readonly itemId: string;
  readonly locationId: string;
  readonly lotId: string | null;
}

export type Levels = ReadonlyMap<string, StockLevel>;

/** Text under which a level is found by its place. */
export function placeKey({ itemId, locationId, lotId }: Place): string {
  return `${itemId}/${locationId}/${lotId ?? ''}`;
}

/**
 * Locks the levels of these places, in the one order in which everybody locks them, so that no two commands wait for
 * each other. Waiting is the point: who skipped a locked row would take stock for missing that is there.
 *
 * @returns By `placeKey`; places that never held anything are left out.
 */
export async function lockLevels(db: InventoryDb, places: readonly Place[]): Promise<Map<string, StockLevel>> {
  if (places.length === 0) return new Map();
  const wanted = db
    .selectFrom(
      sql<{ item: string; location: string; lot: string | null }>`unnest(
        ${places.map(({ itemId }) => itemId)}::uuid[],
        ${places.map(({ locationId }) => locationId)}::uuid[],
        ${places.map(({ lotId }) => lotId)}::uuid[]
      )`.as<'place'>(sql`place(item, location, lot)`),
    )
    .selectAll();
  const rows = await db
    .selectFrom('inventory.stock_levels as level')
    .selectAll('level')
    .where(({ exists, eb }) =>
      exists(
        db
          .selectFrom(wanted.as('place'))
          .select(sql`1`.as('one'))
          .whereRef('place.item', '=', eb.ref('level.item_id'))
          .whereRef('place.location', '=', eb.ref('level.location_id'))
          .where(sql<boolean>`place.lot is not distinct from level.lot_id`),
      ),
    )
    .orderBy('level.item_id')
    .orderBy('level.location_id')
    .orderBy('level.lot_id')
    .forUpdate('level')
    .execute();
  return new Map(rows.map(toLevel).map((level) => [placeKey(level), level]));
}

/** The same, and what is missing begins empty. */
export async function openLevels(db: InventoryDb, places: readonly Place[]): Promise<Map<string, StockLevel>> {
  const sorted = [...new Map(places.map((place) => [placeKey(place), place])).values()].toSorted((left, right) =>
    placeKey(left) < placeKey(right) ? -1 : 1,
  );
  await db
    .insertInto('inventory.stock_levels')
    .values(
      sorted.map(({ itemId, locationId, lotId }) => ({ item_id: itemId, location_id: locationId, lot_id: lotId })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return lockLevels(db, sorted);
}

/** Locks levels by their ids, in the same order. */
export async function lockLevelsById(db: InventoryDb, ids: readonly string[]): Promise<Map<string, StockLevel>> {
  const rows = await db
    .selectFrom('inventory.stock_levels as level')
    .selectAll('level')
    .where(sql<boolean>`level.id = any(${[...ids]}::bigint[])`)
    .orderBy('level.item_id')
    .orderBy('level.location_id')
    .orderBy('level.lot_id')
    .forUpdate('level')
    .execute();
  return new Map(rows.map(toLevel).map((level) => [level.id, level]));
}

/** Locks every level of a location, in the same order. @returns Their ids. */
export async function lockLevelsAt(db: InventoryDb, locationId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('inventory.stock_levels')
    .select('id')
    .where('location_id', '=', locationId)
    .orderBy('item_id')
    .orderBy('location_id')
    .orderBy('lot_id')
    .forUpdate()
    .execute();
  return rows.map(({ id }) => id.toString());
}

/** Levels by id, as the rules of the domain want them. */
export function byId<Level extends StockLevel>(levels: Iterable<Level>): Map<string, Level> {
  return new Map([...levels].map((level) => [level.id, level]));
}

export function toLevel(row: Selectable<InventoryTables['inventory.stock_levels']>): StockLevel {
  return {
    id: row.id.toString(),
    itemId: row.item_id,
    locationId: row.location_id,
    lotId: row.lot_id,
    onHand: parseMicros(row.on_hand),
    reserved: parseMicros(row.reserved),
    backordered: parseMicros(row.backordered),
    valueMinor: row.value,
    lastCost: parseDecimal(row.last_cost, { scale: 6, digits: 14 }),
    allowNegative: row.allow_negative,
    blocked: row.blocked,
  };
}
