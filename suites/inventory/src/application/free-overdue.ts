import type { Decision } from '@ashlar/kernel';
import { expireOverdue } from '../adapters/holds.ts';
import { byId, lockLevelsById } from '../adapters/stock-levels.ts';
import { inventoryErrors } from '../domain/inventory-errors.ts';
import { reservationExpired } from '../domain/inventory-events.ts';
import type { Movement, StockLevel } from '../domain/stock-level.ts';
import { factsOfHolds } from './hold-facts.ts';
import type { InventoryContext } from './posting.ts';

type Levels = ReadonlyMap<string, StockLevel>;

/**
 * Decides; and if stock was short, writes overdue reservations of these levels off and decides once more. The levels
 * are locked.
 */
export async function decideOrFreeOverdue(
  { db, clock, emit }: InventoryContext,
  levels: Levels,
  decide: (levels: Levels) => Decision<Movement>,
): Promise<Decision<Movement>> {
  const decision = decide(levels);
  if (decision.accepted || decision.error.code !== inventoryErrors.insufficientStock().code) return decision;
  const overdue = await expireOverdue(db, [...levels.keys()], clock());
  if (overdue.length === 0) return decision;
  emit(...factsOfHolds(reservationExpired, overdue));
  return decide(byId((await lockLevelsById(db, [...levels.keys()])).values()));
}
