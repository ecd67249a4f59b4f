/** Stock held for somebody. All those of one command share a hold. */
export interface Reservation {
  readonly id: string;
  readonly holdId: string;
  readonly lineNo: number;
  readonly levelId: string;
  readonly quantity: bigint;
  readonly consumed: bigint;
  /** Of the quantity, what is promised and not there yet. */
  readonly backordered: bigint;
  readonly state: 'active' | 'consumed' | 'released' | 'expired';
  readonly expiresAt: Date | null;
}

/** Whether it holds anything at that moment: an overdue one does not, also before somebody has written that down. */
export function isLive({ state, expiresAt }: Reservation, at: Date): boolean {
  return state === 'active' && (expiresAt === null || expiresAt > at);
}

/** What of it can be handed out: neither gone nor still to come. */
export function heldBy({ quantity, consumed, backordered }: Reservation): bigint {
  return quantity - consumed - backordered;
}

/** How much of each reservation an issue of so much uses up, the first of the hold first. */
export interface Consumption {
  readonly reservation: Reservation;
  readonly quantity: bigint;
}

export function consume(reservations: readonly Reservation[], quantity: bigint): readonly Consumption[] {
  let wanted = quantity;
  const consumptions: Consumption[] = [];
  for (const reservation of reservations) {
    const held = heldBy(reservation);
    const taken = held < wanted ? held : wanted;
    if (taken <= 0n) continue;
    consumptions.push({ reservation, quantity: taken });
    wanted -= taken;
  }
  return consumptions;
}

/** How much of what came in goes to each waiting reservation, in the order they are given: the most urgent first. */
export function coverBackorders(waiting: readonly Reservation[], free: bigint): readonly Consumption[] {
  let left = free;
  const covered: Consumption[] = [];
  for (const reservation of waiting) {
    const share = reservation.backordered < left ? reservation.backordered : left;
    if (share <= 0n) break;
    covered.push({ reservation, quantity: share });
    left -= share;
  }
  return covered;
}

/** How much of each reservation is given up: what is not there yet first, then what was held last. */
export interface Shrinking extends Consumption {
  readonly backordered: bigint;
}

export function shrink(reservations: readonly Reservation[], quantity: bigint): readonly Shrinking[] {
  let wanted = quantity;
  const parts = new Map<Reservation, { held: bigint; backordered: bigint }>();
  for (const what of ['backordered', 'held'] as const) {
    for (const reservation of reservations.toReversed()) {
      const there = what === 'held' ? heldBy(reservation) : reservation.backordered;
      const taken = there < wanted ? there : wanted;
      if (taken <= 0n) continue;
      const part = parts.get(reservation) ?? { held: 0n, backordered: 0n };
      parts.set(reservation, { ...part, [what]: taken });
      wanted -= taken;
    }
  }
  return [...parts].map(([reservation, { held, backordered }]) => ({
    reservation,
    quantity: held + backordered,
    backordered,
  }));
}
