import { AshlarError, refuse, useCase } from '@ashlar/kernel';
import { BusinessDate, microsText, Money, PositiveQuantity, text, valueErrors } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import { z } from 'zod';
import { findItems } from '../adapters/items.ts';
import { inBaseUnits, type Item } from '../domain/entered-quantity.ts';
import { DocumentId, type ItemId, type LocationId } from '../domain/ids.ts';
import { inventoryErrors } from '../domain/inventory-errors.ts';
import { LotCode, MAX_LINES, PlaceCode, SerialCode, Sku } from './inputs.ts';
import type { InventoryContext } from './posting.ts';
import { receiveStock } from './receive-stock.ts';

const Row = z.strictObject({
  sku: Sku,
  location: PlaceCode.describe('Code of the location'),
  quantity: PositiveQuantity,
  cost: Money.describe('Of all of the row'),
  lot: z.strictObject({ code: LotCode, expiresOn: BusinessDate.optional() }).optional(),
  serials: z.array(SerialCode).max(1000).optional(),
});
type Row = z.output<typeof Row>;

const RowError = z.object({ row: z.int(), code: z.string(), detail: z.string() });
type RowError = z.output<typeof RowError>;

export const importStock = useCase('inventory.import-stock', {
  summary: 'Takes opening stock in by codes, as one document that can be reversed as one.',
  description:
    'A batch that is told again under its name changes nothing. Rows that are wrong are all named, each with its reason.',
  input: z.strictObject({
    batch: text({ max: 200 }).describe('Name of the batch: the same name is the same batch'),
    postingDate: BusinessDate.optional(),
    rows: z.array(Row).min(1).max(MAX_LINES),
    onlyValid: z.boolean().default(false).describe('Leave wrong rows out rather than refuse all of them'),
  }),
  output: z.object({ documentId: DocumentId.nullable(), imported: z.int(), rowErrors: z.array(RowError) }),
  errors: [inventoryErrors.rowsWrong, ...receiveStock.errors],
  permission: 'inventory.manage',
  on: { http: 'POST /imports', graphql: 'mutation', grpc: true, job: true },
  run: async ({ batch, rows, onlyValid, postingDate }, context: InventoryContext) => {
    const { db, call } = context;
    const source = { type: 'import', id: batch };
    // Two runs of one batch wait for each other here; the second finds what the first did.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`${context.orgId}/import/${batch}`}, 0))`.execute(db);
    const known = await db
      .selectFrom('inventory.documents')
      .select('id')
      .where('source_type', '=', source.type)
      .where('source_id', '=', batch)
      .executeTakeFirst();
    // The id out of our own table is what it was when it was made.
    if (known !== undefined) return { documentId: known.id as DocumentId, imported: 0, rowErrors: [] };

    const judged = await judgeRows(context, rows);
    const wrong = judged.flatMap((one) => ('error' in one ? [one] : []));
    const right = judged.flatMap((one) => ('line' in one ? [one.line] : []));
    const [first] = wrong;
    if (first !== undefined && (!onlyValid || right.length === 0)) {
      const fields = wrong.map(({ row, error }) => ({
        pointer: `/rows/${row - 1}`,
        code: error.code,
        detail: error.message,
      }));
      return refuse(
        inventoryErrors.rowsWrong({ wrong: wrong.length, rows: rows.length }, { fields, cause: first.error }),
      );
    }
    const input = { source, lines: right, ...(postingDate === undefined ? {} : { postingDate }) };
    const { id } = await call(receiveStock, receiveStock.input.encode(input));
    return {
      documentId: id,
      imported: right.length,
      rowErrors: wrong.map(({ row, error }): RowError => ({ row, code: error.code, detail: error.message })),
    };
  },
});

type Judged =
  | { readonly line: z.output<typeof receiveStock.input>['lines'][number] }
  | { readonly row: number; readonly error: AshlarError };

/** Finds what the codes of each row mean, and says which rows mean nothing. */
async function judgeRows({ db }: InventoryContext, rows: readonly Row[]): Promise<readonly Judged[]> {
  const [items, places] = await Promise.all([
    db
      .selectFrom('inventory.items')
      .select(['id', 'sku'])
      .where(sql<boolean>`lower(sku) = any(${rows.map(({ sku }) => sku.toLowerCase())}::text[])`)
      .where('status', '=', 'active')
      .execute(),
    db
      .selectFrom('inventory.locations')
      .select(['id', 'code'])
      .where(sql<boolean>`code = any(${rows.map(({ location }) => location)}::text[])`)
      .execute(),
  ]);
  const itemIds = new Map(items.map(({ id, sku }) => [sku.toLowerCase(), id]));
  const locationIds = new Map(places.map(({ id, code }) => [code, id]));
  const known = await findItems(db, [...itemIds.values()]);
  return rows.map(({ sku, location, ...line }, index): Judged => {
    const item = known.get(itemIds.get(sku.toLowerCase()) ?? '');
    const locationId = locationIds.get(location);
    if (item === undefined) return { row: index + 1, error: inventoryErrors.itemUnknown({ id: sku }) };
    if (locationId === undefined) return { row: index + 1, error: inventoryErrors.locationUnknown({ id: location }) };
    const error = faultOf(item, line, index + 1);
    if (error !== null) return { row: index + 1, error };
    // Ids out of our own tables are what they were when they were made.
    return { line: { ...line, itemId: item.id as ItemId, locationId: locationId as LocationId } };
  });
}

/** What is wrong with a row in itself; what it means together with stock that is there is told by the receipt. */
function faultOf(item: Item, { quantity, cost, lot, serials }: Omit<Row, 'sku' | 'location'>, row: number) {
  if (cost.amountMinor <= 0n) return inventoryErrors.costRequired({ line: row });
  if (cost.currency !== item.currency) {
    return valueErrors.currencyMismatch({ left: item.currency, right: cost.currency });
  }
  if (item.tracking === 'lot' && lot === undefined) return inventoryErrors.lotRequired({ line: row, sku: item.sku });
  try {
    const micros = inBaseUnits(item, quantity);
    const count = serials?.length ?? 0;
    return item.tracking === 'serial' && micros !== BigInt(count) * 1_000_000n
      ? inventoryErrors.serialCountDiffers({ line: row, quantity: microsText(micros), serials: count })
      : null;
  } catch (error) {
    if (error instanceof AshlarError) return error;
    throw error;
  }
}
