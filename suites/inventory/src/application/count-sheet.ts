import { commonErrors, refuse, type QueryContext, useCase } from '@ashlar/kernel';
import { parseMicros, Quantity } from '@ashlar/kernel/values';
import { z } from 'zod';
import type { InventoryTables } from '../adapters/tables.ts';
import { CountId, ItemId, LotId } from '../domain/ids.ts';

export const countSheet = useCase('inventory.count-sheet', {
  kind: 'query',
  summary: 'What to count and what was found, page by page.',
  description: 'Of a blind count only those who may approve it are told what is expected.',
  input: z.strictObject({
    countId: CountId,
    after: z.int().min(0).default(0).describe('`next` of the page before'),
    limit: z.int().min(1).max(1000).default(1000),
  }),
  output: z.object({
    lines: z.array(
      z.object({
        itemId: ItemId,
        sku: z.string(),
        lotId: LotId.nullable(),
        lot: z.string().nullable().describe('Code of the lot'),
        expected: Quantity.nullable().describe('By the ledger; null: not for the eyes of who counts blindly'),
        counted: Quantity.nullable(),
        variance: Quantity.nullable(),
      }),
    ),
    next: z.int().nullable(),
  }),
  errors: [],
  permission: 'inventory.count',
  on: { http: 'GET /counts/:countId/sheet', graphql: 'query', grpc: true, mcp: true },
  run: async ({ countId, after, limit }, { db, orgId }: QueryContext<InventoryTables>) => {
    const rows = await db
      .selectFrom('inventory.count_sheets')
      .selectAll()
      .where('count_id', '=', countId)
      .where('org_id', '=', orgId)
      .orderBy('sku')
      .orderBy('lot_code')
      .orderBy('item_id')
      .offset(after)
      .limit(limit + 1)
      .execute();
    if (rows.length === 0 && after === 0) return refuse(commonErrors.notFound({ what: 'count', id: countId }));
    return {
      lines: rows.slice(0, limit).flatMap((row) => {
        const { sku, base_uom: uom } = row;
        if (sku === null || uom === null) return [];
        const quantity = (micros: bigint | null) => (micros === null ? null : { micros, uom });
        const expected = row.expected === null ? null : parseMicros(row.expected);
        const counted = row.counted === null ? null : parseMicros(row.counted);
        const line = {
          // Ids out of our own tables are what they were when they were made.
          itemId: row.item_id as ItemId,
          sku,
          lotId: row.lot_id as LotId | null,
          lot: row.lot_code,
          expected: quantity(expected),
          counted: quantity(counted),
          variance: quantity(expected === null || counted === null ? null : counted - expected),
        };
        return [line];
      }),
      next: rows.length > limit ? after + limit : null,
    };
  },
});
