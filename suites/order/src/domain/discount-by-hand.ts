import { type Percent, type RoundingMode, shareOf } from '@ashlar/kernel/values';
import { spread } from './apply-promotions.ts';

/** What somebody takes off: of one line, or of all of them. */
export interface DiscountByHand {
  readonly lineNo: number | null;
  /** One of the two. */
  readonly percent: Percent | null;
  readonly amountMinor: bigint | null;
  readonly reason: string;
  /** By somebody who may go over the limit. */
  readonly isOverLimit: boolean;
}

export interface TakenByHand {
  readonly lineNo: number;
  readonly amountMinor: bigint;
  readonly reason: string;
}

export interface DiscountedByHand {
  readonly taken: readonly TakenByHand[];
  /** What is over the limit of one person and nobody has approved; null: nothing is. */
  readonly excess: { readonly amountMinor: bigint; readonly limitMinor: bigint } | null;
}

/**
 * Takes off what people gave, after promotions: first off single lines, then off all of them. Never more than there is.
 * The limit holds for each line, and for all of it together.
 *
 * @param left What promotions left of each line, in minor units.
 * @param limitPercent Of what promotions left.
 */
export function discountByHand(
  left: ReadonlyMap<number, bigint>,
  discounts: readonly DiscountByHand[],
  limitPercent: number,
  mode?: RoundingMode,
): DiscountedByHand {
  const rest = new Map([...left].toSorted(([one], [other]) => one - other));
  const wholeMinor = sum([...left.values()]);
  const limitOf = (amountMinor: bigint): bigint => (amountMinor * BigInt(limitPercent) + 99n) / 100n;
  const ordered = discounts.toSorted((one, other) => (one.lineNo ?? Infinity) - (other.lineNo ?? Infinity));
  const taken: TakenByHand[] = [];
  let excess: DiscountedByHand['excess'] = null;
  let unapproved = 0n;
  for (const { lineNo, percent, amountMinor, reason, isOverLimit } of ordered) {
    const on = [...rest].filter(([line]) => lineNo === null || line === lineNo);
    const ofMinor = sum(on.map(([, amount]) => amount));
    const wished = percent === null ? (amountMinor ?? 0n) : shareOf(percent).times(ofMinor).round(mode);
    const wanted = wished < ofMinor ? wished : ofMinor;
    if (!isOverLimit) {
      unapproved += wanted;
      const limitMinor = limitOf(ofMinor);
      if (wanted > limitMinor) excess = { amountMinor: wanted, limitMinor };
    }
    const parts = spread(
      wanted,
      on.map(([line, amount]) => ({ lineNo: line, amountMinor: amount })),
    );
    for (const part of parts.filter((one) => one.amountMinor > 0n)) {
      taken.push({ ...part, reason });
      rest.set(part.lineNo, (rest.get(part.lineNo) ?? 0n) - part.amountMinor);
    }
  }
  if (excess === null && unapproved > limitOf(wholeMinor)) {
    excess = { amountMinor: unapproved, limitMinor: limitOf(wholeMinor) };
  }
  return { taken, excess };
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
