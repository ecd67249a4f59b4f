import { accept, type Decision, refuse } from '@ashlar/kernel';
import { microsText, Rational } from '@ashlar/kernel/values';
import type { Entered } from './entered-quantity.ts';
import { inventoryErrors } from './inventory-errors.ts';
import { averageCost, costOfIssue, unitCost, worthOfReceipt } from './moving-average.ts';
import { available, canSpare, type Movement, move, type StockLevel } from './stock-level.ts';

const MICROS = 1_000_000n;

export interface AdjustmentLine {
  readonly lineNo: number;
  readonly levelId: string;
  /** Base units; above zero for what was found, below for what is gone. */
  readonly difference: bigint;
  readonly entered: Entered | null;
  readonly serialIds: readonly string[];
}

/** What is found enters at the average, what is gone leaves at it. Nothing held for somebody can be gone. */
export function adjustStock(
  levels: ReadonlyMap<string, StockLevel>,
  lines: readonly AdjustmentLine[],
): Decision<Movement> {
  const now = new Map(levels);
  const movements: Movement[] = [];
  for (const line of lines) {
    let level = now.get(line.levelId);
    if (level === undefined) return refuse(inventoryErrors.locationUnknown({ id: line.levelId }));
    if (line.difference < 0n && !canSpare(level, -line.difference)) {
      const [wanted, there] = [microsText(-line.difference), microsText(available(level))];
      return refuse(inventoryErrors.insufficientStock({ line: line.lineNo, wanted, available: there }));
    }
    for (const piece of piecesOf(line)) {
      const movement = {
        ...piece,
        ...worthOf(level, piece.quantity),
        levelId: line.levelId,
        lineNo: line.lineNo,
        entered: line.entered,
        reverses: null,
      };
      movements.push(movement);
      level = move(level, movement);
    }
    now.set(line.levelId, level);
  }
  return accept(...movements);
}

/** What adjustments are worth in all, gains and losses alike: they do not cancel out for whoever approves them. */
export function worthOfAdjustment(movements: readonly Movement[]): bigint {
  return movements.reduce((sum, { valueMinor }) => sum + (valueMinor < 0n ? -valueMinor : valueMinor), 0n);
}

function worthOf(level: StockLevel, quantity: bigint): Pick<Movement, 'valueMinor' | 'varianceMinor' | 'unitCost'> {
  if (quantity < 0n) {
    const costMinor = costOfIssue(level, -quantity);
    return { valueMinor: -costMinor, varianceMinor: 0n, unitCost: unitCost(costMinor, -quantity) };
  }
  const cost = averageCost(level);
  return { ...worthOfReceipt(level, quantity, Rational.of(cost * quantity, MICROS * MICROS).round()), unitCost: cost };
}

function piecesOf({ serialIds, difference }: AdjustmentLine): readonly { serialId: string | null; quantity: bigint }[] {
  if (serialIds.length === 0) return [{ serialId: null, quantity: difference }];
  return serialIds.map((serialId) => ({ serialId, quantity: difference / BigInt(serialIds.length) }));
}
