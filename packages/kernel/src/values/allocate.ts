import { Rational } from './rational.ts';
import type { RoundingMode } from './rounding.ts';

/**
 * Splits an amount into whole minor units in proportion to the weights. The parts always add up to the amount;
 * what is left over goes to the largest fractions, ties to the first part.
 *
 * @param amountMinor Minor units; negative for a credit, whose parts mirror those of the charge.
 * @param weights One or more, each 0 or more, at least one above; parts come back in this order.
 * @throws {RangeError} When there is no positive weight or one is negative.
 */
export function allocate(amountMinor: bigint, weights: readonly (bigint | Rational)[]): bigint[] {
  if (weights.every((weight) => typeof weight === 'bigint')) return allocateWhole(amountMinor, weights);
  const exact = weights.map((weight) => (typeof weight === 'bigint' ? Rational.of(weight) : weight));
  if (exact.some((weight) => weight.isNegative())) throw new RangeError('Expected weights of zero or more');
  const total = Rational.sum(exact);
  if (total.equals(Rational.zero)) throw new RangeError('Expected at least one weight above zero');
  return largestRemainder(
    amountMinor,
    exact.map((weight) => weight.times(amountMinor).dividedBy(total)),
  );
}

/** The same of whole weights, without a fraction: a discount over a thousand lines is spread for every look at a cart. */
function allocateWhole(amountMinor: bigint, weights: readonly bigint[]): bigint[] {
  if (amountMinor < 0n) return allocateWhole(-amountMinor, weights).map((part) => -part);
  if (weights.some((weight) => weight < 0n)) throw new RangeError('Expected weights of zero or more');
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (total === 0n) throw new RangeError('Expected at least one weight above zero');
  const parts = weights.map((weight) => (amountMinor * weight) / total);
  const order = weights
    .map((weight, position) => ({ position, rest: (amountMinor * weight) % total }))
    .toSorted((left, right) =>
      left.rest === right.rest ? left.position - right.position : left.rest > right.rest ? -1 : 1,
    );
  const left = amountMinor - parts.reduce((sum, part) => sum + part, 0n);
  for (const { position } of order.slice(0, Number(left))) parts[position] = (parts[position] ?? 0n) + 1n;
  return parts;
}

/** Equal parts of an amount, the first ones larger where it does not divide. */
export function allocateEvenly(amountMinor: bigint, parts: number): bigint[] {
  return allocate(
    amountMinor,
    Array.from({ length: parts }, () => 1n),
  );
}

/**
 * Rounds exact amounts so that the figures add up to their rounded sum: one rounding for all, then each part within
 * one minor unit of its exact amount.
 */
export function roundTogether(exact: readonly Rational[], mode?: RoundingMode): { total: bigint; parts: bigint[] } {
  const total = Rational.sum(exact).round(mode);
  return { total, parts: largestRemainder(total, exact) };
}

/** Shares whose sum rounds to `total`; a credit is split as the charge it takes back. */
function largestRemainder(total: bigint, shares: readonly Rational[]): bigint[] {
  const sum = Rational.sum(shares);
  if (sum.isNegative()) {
    return largestRemainder(
      -total,
      shares.map((share) => share.negated()),
    ).map((part) => -part);
  }
  const parts = shares.map((share) => share.floor());
  const order = shares
    .map((share, position) => ({ position, rest: share.minus(Rational.of(share.floor())) }))
    .toSorted((left, right) => right.rest.compare(left.rest) || left.position - right.position);
  let left = total - parts.reduce((all, part) => all + part, 0n);
  for (const { position } of order) {
    if (left === 0n) break;
    parts[position] = (parts[position] ?? 0n) + 1n;
    left -= 1n;
  }
  return parts;
}
