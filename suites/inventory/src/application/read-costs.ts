import { type QueryContext, useCase } from '@ashlar/kernel';
import { type Currency, Money, money, parseDecimal, parseMicros, Quantity, UnitPrice } from '@ashlar/kernel/values';
import { z } from 'zod';
import type { InventoryTables } from '../adapters/tables.ts';
import { DocumentId, ItemId, LocationId, LotId } from '../domain/ids.ts';
import { averageCost } from '../domain/moving-average.ts';

const Page = z.strictObject({
  itemId: ItemId.optional(),
  after: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional()
    .describe('`next` of the page before'),
  limit: z.int().min(1).max(1000).default(100),
});
const Place = z.object({ itemId: ItemId, locationId: LocationId, lotId: LotId.nullable() });
const next = z.string().nullable().describe('Where the next page goes on; null: this is the last');

export const stockValue = useCase('inventory.stock-value', {
  kind: 'query',
  summary: 'What the stock at each place is worth, page by page.',
  input: Page,
  output: z.object({
    places: z.array(
      Place.extend({
        onHand: Quantity,
        value: Money,
        average: UnitPrice.describe('Of one base unit; the last known cost where nothing is left'),
      }),
    ),
    next,
  }),
  errors: [],
  permission: 'inventory.read-cost',
  on: { http: 'GET /costs', graphql: 'query', grpc: true, mcp: true },
  run: async ({ itemId, after, limit }, { db, orgId }: QueryContext<InventoryTables>) => {
    let levels = db
      .selectFrom('inventory.level_costs')
      .selectAll()
      .where('org_id', '=', orgId)
      .orderBy('id')
      .limit(limit + 1);
    if (itemId !== undefined) levels = levels.where('item_id', '=', itemId);
    if (after !== undefined) levels = levels.where('id', '>', BigInt(after));
    const rows = await levels.execute();
    const page = rows.slice(0, limit);
    return {
      places: page.map((row) => {
        // Items have a currency that was checked when they were tracked.
        const currency = row.currency as Currency;
        const onHand = parseMicros(row.on_hand);
        const lastCost = costMicros(row.last_cost);
        return {
          ...placeOf(row),
          onHand: { micros: onHand, uom: row.base_uom },
          value: money(row.value, currency),
          average: { minorMicros: averageCost({ onHand, valueMinor: row.value, lastCost }), currency },
        };
      }),
      next: rows.length > limit ? (page.at(-1)?.id.toString() ?? null) : null,
    };
  },
});

export const ledgerValue = useCase('inventory.ledger-value', {
  kind: 'query',
  summary: 'What each movement was worth, in the order they were recorded, page by page.',
  input: Page,
  output: z.object({
    entries: z.array(
      Place.extend({
        seq: z.string(),
        document: z.string().describe('kind/branch/year/number'),
        documentId: DocumentId,
        line: z.int(),
        quantity: Quantity,
        unitCost: UnitPrice,
        value: Money,
        variance: Money,
        postingDate: z.string(),
        recordedAt: z.iso.datetime(),
      }),
    ),
    next,
  }),
  errors: [],
  permission: 'inventory.read-cost',
  on: { http: 'GET /costs/ledger', graphql: 'query', grpc: true, mcp: true },
  run: async ({ itemId, after, limit }, { db, orgId }: QueryContext<InventoryTables>) => {
    let entries = db
      .selectFrom('inventory.ledger_costs')
      .selectAll()
      .where('org_id', '=', orgId)
      .orderBy('seq')
      .limit(limit + 1);
    if (itemId !== undefined) entries = entries.where('item_id', '=', itemId);
    if (after !== undefined) entries = entries.where('seq', '>', BigInt(after));
    const rows = await entries.execute();
    const page = rows.slice(0, limit);
    return {
      entries: page.map((row) => {
        const currency = row.currency as Currency;
        return {
          ...placeOf(row),
          seq: row.seq.toString(),
          document: [row.kind, ...(row.branch === '' ? [] : [row.branch]), row.fiscal_year, row.number].join('/'),
          documentId: row.document_id as DocumentId,
          line: row.line_no,
          quantity: { micros: parseMicros(row.qty_delta), uom: row.base_uom },
          unitCost: { minorMicros: costMicros(row.unit_cost), currency },
          value: money(row.value_delta, currency),
          variance: money(row.variance, currency),
          postingDate: row.posting_date,
          recordedAt: row.recorded_at.toISOString(),
        };
      }),
      next: rows.length > limit ? (page.at(-1)?.seq.toString() ?? null) : null,
    };
  },
});

function costMicros(text: string): bigint {
  return parseDecimal(text, { scale: 6, digits: 14 });
}

/** Ids out of our own tables are what they were when they were made. */
function placeOf(row: { readonly item_id: string; readonly location_id: string; readonly lot_id: string | null }) {
  return {
    itemId: row.item_id as ItemId,
    locationId: row.location_id as LocationId,
    lotId: row.lot_id as LotId | null,
  };
}
