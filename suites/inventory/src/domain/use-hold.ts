import { refuse, type Refused } from '@ashlar/kernel';
import { microsText } from '@ashlar/kernel/values';
import { inventoryErrors } from './inventory-errors.ts';
import { consume, type Consumption, heldBy, isLive, type Reservation } from './reservation.ts';

/** What a line of an issue wants of a hold. */
export interface HoldUse {
  readonly lineNo: number;
  readonly levelId: string;
  readonly quantity: bigint;
}

export interface UsedHold {
  readonly consumptions: readonly Consumption[];
  /** Nothing is left of it. */
  readonly usedUp: boolean;
}

/** What of a hold's reservations an issue uses up. Each keeps what it keeps at its own level, and nowhere else. */
export function useHold(
  holdId: string,
  hold: readonly Reservation[],
  lines: readonly HoldUse[],
  at: Date,
): UsedHold | Refused {
  const left = new Map(hold.filter((one) => isLive(one, at)).map((one) => [one.id, one]));
  if (left.size === 0) return refuse(inventoryErrors.alreadyExpired({ hold: holdId }));
  for (const { lineNo, levelId, quantity } of lines) {
    const used = consume(
      [...left.values()].filter((one) => one.levelId === levelId),
      quantity,
    );
    const held = used.reduce((sum, one) => sum + one.quantity, 0n);
    if (held < quantity) {
      return refuse(
        inventoryErrors.reservationMismatch({ line: lineNo, held: microsText(held), wanted: microsText(quantity) }),
      );
    }
    for (const { reservation, quantity: taken } of used) {
      left.set(reservation.id, { ...reservation, consumed: reservation.consumed + taken });
    }
  }
  const consumptions = hold.flatMap((reservation) => {
    const quantity = (left.get(reservation.id)?.consumed ?? reservation.consumed) - reservation.consumed;
    return quantity > 0n ? [{ reservation, quantity }] : [];
  });
  return { consumptions, usedUp: [...left.values()].every((one) => heldBy(one) + one.backordered === 0n) };
}
