import { linePrice, roundQuotient, type UnitPrice } from '@ashlar/kernel/values';

/** A line as it was placed. */
export interface PlacedFigures {
  readonly quantity: { readonly micros: bigint; readonly uom: string };
  readonly unitPrice: UnitPrice;
  readonly discountMinor: bigint;
  readonly netMinor: bigint;
  /** Of each of its taxes. */
  readonly taxesMinor: readonly bigint[];
}

export interface PartFigures {
  readonly discountMinor: bigint;
  readonly netMinor: bigint;
  readonly taxesMinor: readonly bigint[];
}

/**
 * What so much of a line comes to, after so much of it was invoiced: what all parts together should come to by then, less
 * what those before did. So parts add up to the line, discount and taxes included, however it is cut.
 *
 * @param prices Whether prices and discounts are with tax.
 */
export function invoicePart(
  line: PlacedFigures,
  prices: 'inclusive' | 'exclusive',
  beforeMicros: bigint,
  micros: bigint,
): PartFigures {
  const { quantity, unitPrice, discountMinor, netMinor, taxesMinor } = line;
  if (beforeMicros === 0n && micros === quantity.micros) return { discountMinor, netMinor, taxesMinor };
  const until = (amount: bigint, part: bigint): bigint => roundQuotient(amount * part, quantity.micros);
  const share = (amount: bigint): bigint => until(amount, beforeMicros + micros) - until(amount, beforeMicros);
  const net = share(netMinor);
  const taxes = taxesMinor.map(share);
  const taken = prices === 'inclusive' ? taxes.reduce((sum, tax) => sum + tax, net) : net;
  // What the price has more than that is the discount; where rounding gives it less, there is none.
  const more = linePrice(unitPrice, { ...quantity, micros }).amountMinor - taken;
  return { discountMinor: more > 0n ? more : 0n, netMinor: net, taxesMinor: taxes };
}
