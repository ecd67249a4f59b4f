import { accept, type Decision, refuse } from '@ashlar/kernel';
import { microsText } from '@ashlar/kernel/values';
import type { Entered } from './entered-quantity.ts';
import { inventoryErrors } from './inventory-errors.ts';
import { costOfIssue, unitCost } from './moving-average.ts';
import { available, canSpare, type Movement, move, type StockLevel } from './stock-level.ts';

export interface IssueLine {
  readonly lineNo: number;
  readonly levelId: string;
  /** Base units. */
  readonly quantity: bigint;
  /** Of them, what a hold kept for this issue: it is taken from what is reserved, not from what is free. */
  readonly fromHold: bigint;
  readonly entered: Entered | null;
  readonly serialIds: readonly string[];
}

/** What leaves costs its share of the value. Nobody takes what is held for somebody else. */
export function issueStock(levels: ReadonlyMap<string, StockLevel>, lines: readonly IssueLine[]): Decision<Movement> {
  const now = new Map(levels);
  const movements: Movement[] = [];
  for (const line of lines) {
    const level = now.get(line.levelId);
    const unheld = level && { ...level, reserved: level.reserved - line.fromHold };
    if (unheld === undefined || !canSpare(unheld, line.quantity)) return refuse(shortOf(line, unheld));
    let issued = unheld;
    for (const piece of piecesOf(line)) {
      const costMinor = costOfIssue(issued, piece.quantity);
      const movement: Movement = {
        levelId: line.levelId,
        lineNo: line.lineNo,
        serialId: piece.serialId,
        quantity: -piece.quantity,
        valueMinor: -costMinor,
        varianceMinor: 0n,
        unitCost: unitCost(costMinor, piece.quantity),
        entered: line.entered,
        reverses: null,
      };
      issued = move(issued, movement);
      movements.push(movement);
    }
    now.set(line.levelId, issued);
  }
  return accept(...movements);
}

function piecesOf({ serialIds, quantity }: IssueLine): readonly { serialId: string | null; quantity: bigint }[] {
  if (serialIds.length === 0) return [{ serialId: null, quantity }];
  return serialIds.map((serialId) => ({ serialId, quantity: quantity / BigInt(serialIds.length) }));
}

function shortOf(
  { lineNo, quantity }: IssueLine,
  level: StockLevel | undefined,
): ReturnType<typeof inventoryErrors.insufficientStock> {
  return inventoryErrors.insufficientStock({
    line: lineNo,
    wanted: microsText(quantity),
    available: microsText(level === undefined ? 0n : available(level)),
  });
}
