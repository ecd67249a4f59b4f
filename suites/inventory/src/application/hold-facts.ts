import type { NewEvent } from '@ashlar/kernel';
import type { StoredReservation } from '../adapters/holds.ts';
import type { HoldId } from '../domain/ids.ts';
import type { reservationExpired } from '../domain/inventory-events.ts';

/** One fact for each hold among these reservations, of any of the types that tell a hold's end. */
export function factsOfHolds(type: typeof reservationExpired, reservations: readonly StoredReservation[]): NewEvent[] {
  const sources = new Map(reservations.map(({ holdId, source }) => [holdId, source]));
  return [...sources].map(([holdId, source]) =>
    // Ids out of our own table are what they were when they were made.
    type.of({ subject: holdId, data: { holdId: holdId as HoldId, source: { ...source } } }),
  );
}
