import { Rational } from './rational.ts';

/** What is on hand of an item and what it cost: quantity in millionths, value in minor units. */
export interface Holding {
  readonly micros: bigint;
  readonly valueMinor: bigint;
}

/** What comes in adds its cost to the value; the average follows from both. */
export function receiveAtCost(holding: Holding, received: Holding): Holding {
  return { micros: holding.micros + received.micros, valueMinor: holding.valueMinor + received.valueMinor };
}

/**
 * Takes a quantity at the average: `cost = round(value × quantity ÷ on hand)`, and the last unit takes what value
 * remains, so that nothing on hand is worth nothing.
 *
 * @throws {RangeError} When more is taken than is on hand: what that costs is the caller's rule.
 */
export function issueAtAverage(holding: Holding, micros: bigint): { costMinor: bigint; left: Holding } {
  if (micros < 0n || micros > holding.micros) {
    throw new RangeError(`Cannot take ${micros} of ${holding.micros} millionths at their average cost`);
  }
  const costMinor = micros === 0n ? 0n : Rational.of(holding.valueMinor * micros, holding.micros).round();
  return { costMinor, left: { micros: holding.micros - micros, valueMinor: holding.valueMinor - costMinor } };
}
