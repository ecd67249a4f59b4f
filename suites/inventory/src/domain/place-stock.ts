import { available, type StockLevel } from './stock-level.ts';

/** What is at a location of an item, all lots together. */
export interface PlaceStock {
  readonly itemId: string;
  readonly locationId: string;
  readonly onHand: bigint;
  readonly reserved: bigint;
  readonly backordered: bigint;
  readonly available: bigint;
}

/** Adds the lots of each item at each location up, in the order of items and locations. */
export function placeStock(levels: Iterable<StockLevel>): readonly PlaceStock[] {
  const places = new Map<string, PlaceStock>();
  for (const level of levels) {
    const key = `${level.itemId}/${level.locationId}`;
    const sum = places.get(key);
    places.set(key, {
      itemId: level.itemId,
      locationId: level.locationId,
      onHand: (sum?.onHand ?? 0n) + level.onHand,
      reserved: (sum?.reserved ?? 0n) + level.reserved,
      backordered: (sum?.backordered ?? 0n) + level.backordered,
      available: (sum?.available ?? 0n) + available(level),
    });
  }
  return [...places].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, place]) => place);
}
