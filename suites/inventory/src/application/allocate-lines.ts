import { expireOverdue } from '../adapters/holds.ts';
import { lockPickLevels, type PickLevel } from '../adapters/pick-levels.ts';
import { byId, openLevels } from '../adapters/stock-levels.ts';
import { reservationExpired } from '../domain/inventory-events.ts';
import { type Allocation, allocateStock } from '../domain/reserve-stock.ts';
import { factsOfHolds } from './hold-facts.ts';
import type { Measured } from './known-items.ts';
import { inPickingOrder, type PickWish } from './picking-order.ts';
import { type InventoryContext, today } from './posting.ts';

export interface LockedAllocation extends Allocation {
  /** What was locked to decide it, by id. */
  readonly levels: ReadonlyMap<string, PickLevel>;
}

/**
 * Locks the levels of the lines' items and shares out what is available there. Only when that does not suffice,
 * overdue reservations are written off: a sweeper that is late makes nobody believe that stock is out.
 */
export async function allocateLines(
  context: InventoryContext,
  lines: readonly Measured<PickWish>[],
  allowBackorder: boolean,
): Promise<LockedAllocation> {
  const { db, clock, emit } = context;
  if (allowBackorder) await openWaitingPlaces(context, lines);
  const levels = await lockPickLevels(db, itemsOf(lines));
  const at = levels.some(({ expiresOn }) => expiresOn !== null) ? await today(context) : '';
  const wanted = lines.map((line) => {
    const candidates = inPickingOrder(levels, line, at).map(({ id }) => id);
    return {
      lineNo: line.lineNo,
      quantity: line.micros,
      candidates,
      backorderFrom: (allowBackorder && candidates[0]) || null,
    };
  });
  const allocation = allocateStock(byId(levels), wanted);
  if (allocation.shortages.length === 0 && allocation.grants.every(({ backordered }) => backordered === 0n)) {
    return { ...allocation, levels: byId(levels) };
  }
  const overdue = await expireOverdue(
    db,
    levels.map(({ id }) => id),
    clock(),
  );
  if (overdue.length === 0) return { ...allocation, levels: byId(levels) };
  emit(...factsOfHolds(reservationExpired, overdue));
  // The locks are ours already; this only reads what the expiry gave back.
  const freed = await lockPickLevels(db, itemsOf(lines));
  return { ...allocateStock(byId(freed), wanted), levels: byId(freed) };
}

/** A promise needs a level to stand at, also where nothing ever was. */
async function openWaitingPlaces({ db }: InventoryContext, lines: readonly Measured<PickWish>[]): Promise<void> {
  const places = lines.flatMap(({ itemId, locationId, lotId, item }) =>
    locationId === undefined || (item.tracking === 'lot') !== (lotId !== undefined)
      ? []
      : [{ itemId, locationId, lotId: lotId ?? null }],
  );
  if (places.length > 0) await openLevels(db, places);
}

function itemsOf(lines: readonly PickWish[]): readonly string[] {
  return [...new Set(lines.map(({ itemId }) => itemId))];
}
