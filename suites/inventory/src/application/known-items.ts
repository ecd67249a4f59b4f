import { commonErrors } from '@ashlar/kernel';
import { findItems } from '../adapters/items.ts';
import type { InventoryDb } from '../adapters/tables.ts';
import { type Entered, inBaseUnits, type Item } from '../domain/entered-quantity.ts';
import { inventoryErrors } from '../domain/inventory-errors.ts';

/** A line with its item, and its quantity in the item's base units. */
export type Measured<Line> = Line & { readonly lineNo: number; readonly item: Item; readonly micros: bigint };

/**
 * Looks the items of the lines up and measures what was entered. Lines are numbered from one.
 *
 * @throws {AshlarError} `inventory.item_unknown`, or what the quantity refuses.
 */
export async function measureLines<Line extends { readonly itemId: string; readonly quantity: Entered }>(
  db: InventoryDb,
  lines: readonly Line[],
): Promise<readonly Measured<Line>[]> {
  const items = await findItems(
    db,
    lines.map(({ itemId }) => itemId),
  );
  return lines.map((line, index) => {
    const item = items.get(line.itemId);
    if (item === undefined) throw inventoryErrors.itemUnknown({ id: line.itemId });
    return { ...line, lineNo: index + 1, item, micros: inBaseUnits(item, line.quantity) };
  });
}

/** Nothing new begins with an archived item; what is there may leave. */
export function refuseArchived(lines: readonly { readonly item: Item }[]): void {
  const archived = lines.find(({ item }) => item.archived)?.item;
  if (archived !== undefined) throw commonErrors.illegalTransition({ from: 'archived', to: 'in use', allowed: [] });
}
