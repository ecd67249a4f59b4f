import { type CommandContext, must } from '@ashlar/kernel';
import type { Item } from '../domain/entered-quantity.ts';
import { LotId } from '../domain/ids.ts';
import { inventoryErrors } from '../domain/inventory-errors.ts';
import type { InventoryTables } from './tables.ts';

interface LineWithLot {
  readonly lineNo: number;
  readonly item: Item;
  readonly lot?:
    | { readonly code: string; readonly madeOn?: string | undefined; readonly expiresOn?: string | undefined }
    | undefined;
}

/** The lot of each line, made where it is new; null for items that are not kept by lot. */
export async function lotsOfLines(
  { db, newId }: Pick<CommandContext<InventoryTables>, 'db' | 'newId'>,
  lines: readonly LineWithLot[],
): Promise<readonly (string | null)[]> {
  const wrong = lines.find(({ item, lot }) => (item.tracking === 'lot') !== (lot !== undefined));
  if (wrong !== undefined) throw inventoryErrors.lotRequired({ line: wrong.lineNo, sku: wrong.item.sku });
  const lots = lines.flatMap(({ item, lot }) => (lot === undefined ? [] : [{ item, lot }]));
  if (lots.length === 0) return lines.map(() => null);
  await db
    .insertInto('inventory.lots')
    .values(
      lots
        .map(({ item, lot }) => ({
          id: newId(LotId),
          item_id: item.id,
          code: lot.code,
          made_on: lot.madeOn ?? null,
          expires_on: lot.expiresOn ?? null,
        }))
        // In one order, so that two receipts of the same lots do not wait for each other.
        .toSorted((left, right) => (left.item_id + left.code < right.item_id + right.code ? -1 : 1)),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const rows = await db
    .selectFrom('inventory.lots')
    .select(['id', 'item_id', 'code'])
    .where('item_id', 'in', [...new Set(lots.map(({ item }) => item.id))])
    .where('code', 'in', [...new Set(lots.map(({ lot }) => lot.code))])
    .execute();
  const ids = new Map(rows.map((row) => [`${row.item_id}/${row.code}`, row.id]));
  return lines.map(({ item, lot }) =>
    lot === undefined ? null : must(ids.get(`${item.id}/${lot.code}`), 'it was inserted just now'),
  );
}
