import { type Covered, coverReservations, findWaiting } from '../adapters/holds.ts';
import { reservationCovered } from '../domain/inventory-events.ts';
import type { HoldId, ItemId, LocationId, LotId } from '../domain/ids.ts';
import { coverBackorders } from '../domain/reservation.ts';
import { available, type Movement, move, type StockLevel } from '../domain/stock-level.ts';
import type { InventoryContext } from './posting.ts';

/**
 * What came in belongs first to those it was promised to, and they are told. The levels are locked, and as they were
 * before.
 */
export async function coverWaiting(
  { db, clock, emit }: InventoryContext,
  levels: ReadonlyMap<string, StockLevel>,
  movements: readonly Movement[],
): Promise<void> {
  const told: (Covered & { readonly level: StockLevel })[] = [];
  for (const before of levels.values()) {
    if (before.backordered === 0n) continue;
    const now = movements.filter(({ levelId }) => levelId === before.id).reduce(move, before);
    const waiting = await findWaiting(db, before.id, clock());
    const covered = coverBackorders(waiting, available(now));
    const written = await coverReservations(db, covered, clock());
    told.push(...written.map((one) => ({ ...one, level: before })));
  }
  for (const [holdId, lines] of Map.groupBy(told, ({ reservation }) => reservation.holdId)) {
    const [{ reservation: { source } } = { reservation: { source: { type: '', id: '' } } }] = lines;
    emit(
      reservationCovered.of({
        subject: holdId,
        data: {
          // Ids out of our own tables are what they were when they were made.
          holdId: holdId as HoldId,
          source: { ...source },
          lines: lines.map(({ reservation, covered, uom, level }) => ({
            line: reservation.lineNo,
            itemId: level.itemId as ItemId,
            locationId: level.locationId as LocationId,
            lotId: level.lotId as LotId | null,
            covered: { micros: covered, uom },
            backordered: { micros: reservation.backordered, uom },
          })),
        },
      }),
    );
  }
}
