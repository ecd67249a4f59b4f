import { coverReservations, findWaiting } from '../adapters/holds.ts';
import { coverBackorders } from '../domain/reservation.ts';
import { available, type Movement, move, type StockLevel } from '../domain/stock-level.ts';
import type { InventoryContext } from './posting.ts';

/** What came in belongs first to those it was promised to. The levels are locked, and as they were before. */
export async function coverWaiting(
  { db, clock }: InventoryContext,
  levels: ReadonlyMap<string, StockLevel>,
  movements: readonly Movement[],
): Promise<void> {
  for (const before of levels.values()) {
    if (before.backordered === 0n) continue;
    const now = movements.filter(({ levelId }) => levelId === before.id).reduce(move, before);
    const waiting = await findWaiting(db, before.id, clock());
    await coverReservations(db, coverBackorders(waiting, available(now)), clock());
  }
}
