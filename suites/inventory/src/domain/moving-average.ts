import { issueAtAverage, Rational } from '@ashlar/kernel/values';
import type { StockLevel } from './stock-level.ts';

const MICROS = 1_000_000n;

export interface Worth {
  /** What the level's value changes by. */
  readonly valueMinor: bigint;
  /** The rest of what was paid or written off, which no longer belongs to anything on hand. */
  readonly varianceMinor: bigint;
}

/**
 * What receiving so much for `totalMinor` does to the level's value. What was issued before it was there left at the
 * last known cost; the receipt settles that debt, and the difference to its real price is the variance.
 */
export function worthOfReceipt(level: StockLevel, quantity: bigint, totalMinor: bigint): Worth {
  const missing = level.onHand < 0n ? -level.onHand : 0n;
  const settled = quantity < missing ? quantity : missing;
  if (settled === 0n) return { valueMinor: totalMinor, varianceMinor: 0n };
  const paid = Rational.of(totalMinor * settled, quantity).round();
  const owed = Rational.of(level.valueMinor * settled, level.onHand).round();
  return { valueMinor: totalMinor - paid + owed, varianceMinor: paid - owed };
}

/**
 * What so much costs when it leaves, in minor units: its share of the value, and the last unit takes what remains.
 * Beyond what is on hand each unit costs what the last receipt did.
 */
export function costOfIssue(level: StockLevel, quantity: bigint): bigint {
  const there = level.onHand > 0n ? level.onHand : 0n;
  const within = quantity < there ? quantity : there;
  const { costMinor } = issueAtAverage({ micros: there, valueMinor: there > 0n ? level.valueMinor : 0n }, within);
  return costMinor + Rational.of((quantity - within) * level.lastCost, MICROS * MICROS).round();
}

/** The average of one base unit, in millionths of a minor unit; the last known cost where nothing is left. */
export function averageCost(level: Pick<StockLevel, 'onHand' | 'valueMinor' | 'lastCost'>): bigint {
  return level.onHand > 0n ? unitCost(level.valueMinor, level.onHand) : level.lastCost;
}

/** `total ÷ quantity` in millionths of a minor unit. */
export function unitCost(totalMinor: bigint, quantity: bigint): bigint {
  return Rational.of(totalMinor * MICROS * MICROS, quantity).round();
}
