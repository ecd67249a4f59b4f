import { expireOverdue } from '../adapters/holds.ts';
import { lockPickLevels, type PickLevel } from '../adapters/pick-levels.ts';
import { byId, openLevels } from '../adapters/stock-levels.ts';
import { reservationExpired } from '../domain/inventory-events.ts';
import { type Allocation, allocateStock } from '../domain/reserve-stock.ts';
import { factsOfHolds } from './hold-facts.ts';
import type { Measured } from './known-items.ts';
import { inPickingOrder, type PickWish } from './picking-order.ts';
import { type InventoryContext, today } from './posting.ts';

export interface Leniency {
  readonly allowPartial: boolean;
  readonly allowBackorder: boolean;
}

export interface ReadAllocation extends Allocation {
  /** What it was decided by, by id. */
  readonly levels: ReadonlyMap<string, PickLevel>;
}

/**
 * Shares out what is available to the lines, under the locks of all levels of their items.
 *
 * Before anything is locked comes a glance: of two hundred who want the last ten, most learn from it that they came
 * too late, and only those who may succeed stand in line. Overdue reservations are written off when they are in the
 * way and not before, so that a sweeper that is late makes nobody believe that stock is out.
 *
 * @param seen What the glance saw.
 */
export async function allocateLines(
  context: InventoryContext,
  lines: readonly Measured<PickWish>[],
  seen: readonly PickLevel[],
  { allowPartial, allowBackorder }: Leniency,
): Promise<ReadAllocation> {
  const { db, clock, emit } = context;
  const itemIds = [...new Set(lines.map(({ itemId }) => itemId))];
  const day = seen.some(({ expiresOn }) => expiresOn !== null) ? await today(context) : '';
  const decide = (levels: readonly PickLevel[]): ReadAllocation => {
    const wanted = lines.map((line) => {
      const candidates = inPickingOrder(levels, line, day).map(({ id }) => id);
      const backorderFrom = (allowBackorder && candidates[0]) || null;
      return { lineNo: line.lineNo, quantity: line.micros, candidates, backorderFrom };
    });
    return { ...allocateStock(byId(levels), wanted), levels: byId(levels) };
  };
  const glance = decide(seen);
  if (glance.shortages.length > 0 && !allowPartial && !allowBackorder) return glance;

  if (allowBackorder) await openWaitingPlaces(context, lines);
  const { levels: locked, hasOverdue } = await lockPickLevels(db, itemIds, clock());
  const allocation = decide(locked);
  // Of those who came too late, none keeps the others waiting for longer than it takes to know it.
  if (isComplete(allocation) || !hasOverdue) return allocation;
  const overdue = await expireOverdue(
    db,
    locked.map(({ id }) => id),
    clock(),
  );
  if (overdue.length === 0) return allocation;
  emit(...factsOfHolds(reservationExpired, overdue));
  // The locks are ours already; this only reads what the expiry gave back.
  return decide((await lockPickLevels(db, itemIds, clock())).levels);
}

function isComplete({ grants, shortages }: Allocation): boolean {
  return shortages.length === 0 && grants.every(({ backordered }) => backordered === 0n);
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
