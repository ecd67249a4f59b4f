import { accept, type Decision, refuse } from '@ashlar/kernel';
import { microsText, Rational } from '@ashlar/kernel/values';
import { inventoryErrors } from './inventory-errors.ts';
import { unitCost, worthOfReceipt } from './moving-average.ts';
import { type Movement, move, type StockLevel } from './stock-level.ts';

/** A line of a transfer: what of it is still on its way, and what that cost where it came from. */
export interface LineInTransit {
  readonly lineNo: number;
  readonly transitLevelId: string;
  readonly targetLevelId: string;
  readonly serialId: string | null;
  readonly quantity: bigint;
  readonly valueMinor: bigint;
}

export interface Arrival {
  readonly line: LineInTransit;
  /** Base units, at most what is on its way. */
  readonly quantity: bigint;
}

/** What left enters transit at the cost it left with, so that a transfer neither makes nor loses value. */
export function enterTransit(
  left: readonly Movement[],
  transitLevelOf: (lineNo: number) => string,
): readonly Movement[] {
  return left.map((movement) => ({
    ...movement,
    levelId: transitLevelOf(movement.lineNo),
    quantity: -movement.quantity,
    valueMinor: -movement.valueMinor,
  }));
}

interface LostLine {
  readonly lineNo: number;
  readonly transitLevelId: string;
  readonly serialId: string | null;
  readonly transitQuantity: bigint;
  readonly transitMinor: bigint;
}

/** What got lost on the way leaves transit with all it cost. */
export function loseInTransit(lines: readonly LostLine[]): readonly Movement[] {
  return lines.map(({ lineNo, transitLevelId, serialId, transitQuantity, transitMinor }) => ({
    levelId: transitLevelId,
    lineNo,
    serialId,
    quantity: -transitQuantity,
    valueMinor: -transitMinor,
    varianceMinor: 0n,
    unitCost: unitCost(transitMinor, transitQuantity),
    entered: null,
    reverses: null,
  }));
}

/** What arrives takes its share of its own line's cost along; the last piece takes what remains. */
export function arriveStock(levels: ReadonlyMap<string, StockLevel>, arrivals: readonly Arrival[]): Decision<Movement> {
  const now = new Map(levels);
  const movements: Movement[] = [];
  for (const { line, quantity } of arrivals) {
    if (quantity > line.quantity) {
      const [arrived, inTransit] = [microsText(quantity), microsText(line.quantity)];
      return refuse(inventoryErrors.overReceipt({ line: line.lineNo, arrived, inTransit }));
    }
    const target = now.get(line.targetLevelId);
    if (target === undefined) return refuse(inventoryErrors.locationUnknown({ id: line.targetLevelId }));
    const costMinor = Rational.of(line.valueMinor * quantity, line.quantity).round();
    const both = {
      lineNo: line.lineNo,
      serialId: line.serialId,
      unitCost: unitCost(costMinor, quantity),
      entered: null,
      reverses: null,
    };
    const out = {
      ...both,
      levelId: line.transitLevelId,
      quantity: -quantity,
      valueMinor: -costMinor,
      varianceMinor: 0n,
    };
    const into = { ...both, levelId: line.targetLevelId, quantity, ...worthOfReceipt(target, quantity, costMinor) };
    movements.push(out, into);
    now.set(line.targetLevelId, move(target, into));
  }
  return accept(...movements);
}
