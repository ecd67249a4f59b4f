import { accept, type Decision, refuse } from '@ashlar/kernel';
import type { Entered } from './entered-quantity.ts';
import { inventoryErrors } from './inventory-errors.ts';
import { unitCost, worthOfReceipt } from './moving-average.ts';
import { type Movement, move, type StockLevel } from './stock-level.ts';

export interface ReceiptLine {
  readonly lineNo: number;
  readonly levelId: string;
  /** Base units. */
  readonly quantity: bigint;
  readonly entered: Entered;
  /** What all of the line cost. */
  readonly totalMinor: bigint;
  /** One for each piece of an item kept by serial. */
  readonly serialIds: readonly string[];
}

/** What came in adds to the stock and to its value. `levels` are those of the lines, as they are now. */
export function receiveStock(
  levels: ReadonlyMap<string, StockLevel>,
  lines: readonly ReceiptLine[],
): Decision<Movement> {
  const now = new Map(levels);
  const movements: Movement[] = [];
  for (const line of lines) {
    const level = now.get(line.levelId);
    if (level === undefined) return refuse(inventoryErrors.locationUnknown({ id: line.levelId }));
    const pieces = piecesOf(line);
    let received = level;
    for (const piece of pieces) {
      const movement: Movement = {
        levelId: line.levelId,
        lineNo: line.lineNo,
        serialId: piece.serialId,
        quantity: piece.quantity,
        ...worthOfReceipt(received, piece.quantity, piece.totalMinor),
        unitCost: unitCost(line.totalMinor, line.quantity),
        entered: line.entered,
        reverses: null,
      };
      received = move(received, movement);
      movements.push(movement);
    }
    now.set(line.levelId, received);
  }
  return accept(...movements);
}

/** Serials enter one by one, and share the line's cost so that its last minor unit is not lost. */
function piecesOf({
  serialIds,
  quantity,
  totalMinor,
}: ReceiptLine): readonly { serialId: string | null; quantity: bigint; totalMinor: bigint }[] {
  if (serialIds.length === 0) return [{ serialId: null, quantity, totalMinor }];
  const count = BigInt(serialIds.length);
  return serialIds.map((serialId, index) => ({
    serialId,
    quantity: quantity / count,
    totalMinor: (totalMinor * BigInt(index + 1)) / count - (totalMinor * BigInt(index)) / count,
  }));
}
