import { microsText, parseMicros } from '@ashlar/kernel/values';
import type { CashState, HeldLine, Parcel } from './cash-state.ts';

/** What of a hold a parcel takes: of which held line, and how much. */
export interface Taken {
  readonly held: HeldLine;
  readonly index: number;
  readonly quantity: string;
}

/** What a parcel takes from the hold, those at its location first; null where the hold has less than it needs. */
export function takeFromHold({ placed, hold }: CashState, parcel: Parcel): readonly Taken[] | null {
  const stocked = new Set(placed?.lines.filter(({ isStocked }) => isStocked).map(({ line }) => line));
  const lines = (hold?.lines ?? []).map((held, index) => ({ held, index }));
  const near = ({ held }: { held: HeldLine }): number => (held.locationId === parcel.locationId ? 0 : 1);
  const taken: Taken[] = [];
  for (const { line, quantity } of parcel.lines) {
    if (!stocked.has(line)) continue;
    let wanted = parseMicros(quantity.value);
    const candidates = lines
      .filter(({ held }) => held.line === line)
      .toSorted((left, right) => near(left) - near(right) || left.index - right.index);
    for (const { held, index } of candidates) {
      // What is still to come cannot leave.
      const left = parseMicros(held.left) - parseMicros(held.promised);
      const part = left < wanted ? left : wanted;
      if (part <= 0n) continue;
      taken.push({ held, index, quantity: microsText(part) });
      wanted -= part;
    }
    if (wanted > 0n) return null;
  }
  return taken;
}

/** The hold without what a parcel took. */
export function withoutTaken(lines: readonly HeldLine[], taken: readonly Taken[]): readonly HeldLine[] {
  return lines.map((held, index) => {
    const part = taken.find((one) => one.index === index);
    return part === undefined
      ? held
      : { ...held, left: microsText(parseMicros(held.left) - parseMicros(part.quantity)) };
  });
}
