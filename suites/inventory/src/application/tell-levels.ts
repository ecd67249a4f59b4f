import { sql } from 'kysely';
import type { PickLevel } from '../adapters/pick-levels.ts';
import { toLevel } from '../adapters/stock-levels.ts';
import { lockMinimums, noteLowPlaces } from '../adapters/stock-minimums.ts';
import type { ItemId, LocationId } from '../domain/ids.ts';
import { levelChanged, stockLow } from '../domain/inventory-events.ts';
import { type PlaceStock, placeStock } from '../domain/place-stock.ts';
import type { Grant } from '../domain/reserve-stock.ts';
import type { InventoryContext } from './posting.ts';

interface Place {
  readonly pickable: boolean;
  readonly uom: string;
}
type PlaceOf = (place: PlaceStock) => Place;

/**
 * Tells how much there is now where the command changed something: once for each item and location, as the last
 * thing it does to its levels. They are locked, so no later fact overtakes this one.
 */
export async function tellLevels(context: InventoryContext, levelIds: Iterable<string>): Promise<void> {
  const ids = [...levelIds];
  if (ids.length === 0) return;
  const { db } = context;
  const hasMinimum = await lockMinimums(db, ids);
  const rows = await db
    .selectFrom('inventory.stock_levels as level')
    .innerJoin('inventory.items as item', 'item.id', 'level.item_id')
    .innerJoin('inventory.locations as location', 'location.id', 'level.location_id')
    .selectAll('level')
    .select(['item.base_uom', 'location.pickable'])
    .where(
      sql<boolean>`(level.item_id, level.location_id) in (
        select l.item_id, l.location_id from inventory.stock_levels l where l.id = any(${ids}::bigint[]))`,
    )
    .execute();
  const known = new Map(
    rows.map((row) => [`${row.item_id}/${row.location_id}`, { pickable: row.pickable, uom: row.base_uom }]),
  );
  await tell(context, placeStock(rows.map(toLevel)), (place) => placeIn(known, place), hasMinimum);
}

/** The same after something was held: the command has every level of its items, so nothing is read again. */
export async function tellHeld(
  context: InventoryContext,
  levels: ReadonlyMap<string, PickLevel>,
  grants: readonly Grant[],
  unitOf: (itemId: string) => string,
): Promise<void> {
  const touched = new Set(grants.flatMap(({ levelId }) => levels.get(levelId)?.locationId ?? []));
  const after = [...levels.values()]
    .filter(({ locationId }) => touched.has(locationId))
    .map((level) => {
      const granted = grants.filter(({ levelId }) => levelId === level.id);
      return {
        ...level,
        reserved: granted.reduce((sum, { quantity, backordered }) => sum + quantity - backordered, level.reserved),
        backordered: granted.reduce((sum, { backordered }) => sum + backordered, level.backordered),
      };
    });
  const known = new Map(
    after.map(({ itemId, locationId, pickable }) => [`${itemId}/${locationId}`, { pickable, uom: unitOf(itemId) }]),
  );
  const granted = new Set(
    grants.flatMap(({ levelId }) => {
      const level = levels.get(levelId);
      return level === undefined ? [] : [`${level.itemId}/${level.locationId}`];
    }),
  );
  const places = placeStock(after).filter(({ itemId, locationId }) => granted.has(`${itemId}/${locationId}`));
  const hasMinimum = after.some(({ minimum }) => minimum !== null);
  await tell(context, places, (place) => placeIn(known, place), hasMinimum);
}

async function tell(
  { db, emit }: InventoryContext,
  places: readonly PlaceStock[],
  placeOf: PlaceOf,
  hasMinimum: boolean,
): Promise<void> {
  emit(
    ...places.map((place) => {
      const { uom, pickable } = placeOf(place);
      return levelChanged.of({
        subject: `${place.itemId}/${place.locationId}`,
        data: {
          ...idsOf(place),
          onHand: { micros: place.onHand, uom },
          held: { micros: place.reserved, uom },
          available: { micros: place.available, uom },
          promised: { micros: place.backordered, uom },
          pickable,
        },
      });
    }),
  );
  if (!hasMinimum) return;
  const low = new Map((await noteLowPlaces(db, places)).map((one) => [`${one.itemId}/${one.locationId}`, one.minimum]));
  emit(
    ...places.flatMap((place) => {
      const subject = `${place.itemId}/${place.locationId}`;
      const minimum = low.get(subject);
      if (minimum === undefined) return [];
      const { uom } = placeOf(place);
      const data = { ...idsOf(place), available: { micros: place.available, uom }, minimum: { micros: minimum, uom } };
      return [stockLow.of({ subject, data })];
    }),
  );
}

function placeIn(known: ReadonlyMap<string, Place>, { itemId, locationId }: PlaceStock): Place {
  const place = known.get(`${itemId}/${locationId}`);
  if (place === undefined) throw new Error(`Stock at ${locationId} that was not read`);
  return place;
}

/** Ids out of our own tables are what they were when they were made. */
function idsOf({ itemId, locationId }: PlaceStock): { itemId: ItemId; locationId: LocationId } {
  return { itemId: itemId as ItemId, locationId: locationId as LocationId };
}
