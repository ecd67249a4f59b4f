import type { Entered } from './entered-quantity.ts';

/** How much of an item, or of one lot of it, is at a location. Quantities are millionths of the item's base unit. */
export interface StockLevel {
  readonly id: string;
  readonly itemId: string;
  readonly locationId: string;
  readonly lotId: string | null;
  readonly onHand: bigint;
  /** Of it, what reservations hold. */
  readonly reserved: bigint;
  /** Promised beyond it. */
  readonly backordered: bigint;
  readonly valueMinor: bigint;
  /** Of one base unit at the last receipt, in millionths of a minor unit. */
  readonly lastCost: bigint;
  /** The location lets more leave than is known to be there. */
  readonly allowNegative: boolean;
  /** The lot is in quarantine or recalled. */
  readonly blocked: boolean;
}

/** One entry of the ledger to be: what enters a level or leaves it, and what that is worth. */
export interface Movement {
  readonly levelId: string;
  readonly lineNo: number;
  readonly serialId: string | null;
  /** Above zero for what enters. */
  readonly quantity: bigint;
  readonly valueMinor: bigint;
  /** What the goods cost beside their value: the price of having sold them before they were bought. */
  readonly varianceMinor: bigint;
  /** Of one base unit, in millionths of a minor unit. */
  readonly unitCost: bigint;
  readonly entered: Entered | null;
  /** The entry this one takes back. */
  readonly reverses: string | null;
}

/** What a newcomer may have. It is negative where a location allows that. */
export function available({ onHand, reserved, blocked }: StockLevel): bigint {
  return blocked ? 0n : onHand - reserved;
}

/** Whether the level still keeps its promises when so much is taken from it. */
export function canSpare(level: StockLevel, quantity: bigint): boolean {
  return level.allowNegative || level.onHand - level.reserved >= quantity;
}

/** The level after a movement; the database does the same when the movement is written. */
export function move(level: StockLevel, movement: Movement): StockLevel {
  return {
    ...level,
    onHand: level.onHand + movement.quantity,
    valueMinor: level.valueMinor + movement.valueMinor,
    lastCost: movement.quantity > 0n ? movement.unitCost : level.lastCost,
  };
}
