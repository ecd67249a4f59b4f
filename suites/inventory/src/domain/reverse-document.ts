import { accept, type Decision, refuse } from '@ashlar/kernel';
import { microsText } from '@ashlar/kernel/values';
import { inventoryErrors } from './inventory-errors.ts';
import { available, canSpare, type Movement, move, type StockLevel } from './stock-level.ts';

/** An entry of the ledger, as it was posted. */
export interface Entry extends Omit<Movement, 'entered' | 'reverses'> {
  readonly seq: string;
}

/**
 * Takes a document back at its original cost, its last entry first. What of that cost has left with goods issued
 * since cannot be taken from those that remain: it becomes variance.
 */
export function reverseDocument(
  levels: ReadonlyMap<string, StockLevel>,
  entries: readonly Entry[],
): Decision<Movement> {
  const now = new Map(levels);
  const movements: Movement[] = [];
  for (const entry of entries.toReversed()) {
    const level = now.get(entry.levelId);
    if (level === undefined) return refuse(inventoryErrors.locationUnknown({ id: entry.levelId }));
    if (entry.quantity > 0n && !canSpare(level, entry.quantity)) {
      const [wanted, there] = [microsText(entry.quantity), microsText(available(level))];
      return refuse(inventoryErrors.insufficientStock({ line: entry.lineNo, wanted, available: there }));
    }
    const { seq, ...original } = entry;
    const movement = {
      ...original,
      quantity: -entry.quantity,
      ...worthTakenBack(level, entry),
      entered: null,
      reverses: seq,
    };
    movements.push(movement);
    now.set(entry.levelId, move(level, movement));
  }
  return accept(...movements);
}

function worthTakenBack(level: StockLevel, entry: Entry): Pick<Movement, 'valueMinor' | 'varianceMinor'> {
  const original = entry.valueMinor + entry.varianceMinor;
  const left = level.onHand - entry.quantity;
  const wanted = level.valueMinor - original;
  const value = left === 0n || (left > 0n && wanted < 0n) ? 0n : wanted;
  const valueMinor = value - level.valueMinor;
  return { valueMinor, varianceMinor: -original - valueMinor };
}
