import { type QueryContext, useCase } from '@ashlar/kernel';
import { parseMicros, Quantity } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import { z } from 'zod';
import type { InventoryTables } from '../adapters/tables.ts';

/** As many serials as an import takes in one row. */
const MAX_SERIALS = 1000;

const Row = z.object({
  sku: z.string(),
  location: z.string().describe('Code of the location'),
  quantity: Quantity.describe('What is on hand'),
  held: Quantity.describe('Of it, what reservations hold'),
  lot: z.object({ code: z.string(), expiresOn: z.string().nullable() }).nullable(),
  serials: z.array(z.string()).describe(`Codes of an item kept by serial, the first ${MAX_SERIALS}`),
});

interface StoredRow {
  readonly id: string;
  readonly sku: string;
  readonly location: string;
  readonly on_hand: string;
  readonly held: string;
  readonly base_uom: string;
  readonly lot: string | null;
  readonly expires_on: string | null;
  readonly serials: readonly string[] | null;
}

export const exportStock = useCase('inventory.export-stock', {
  kind: 'query',
  summary: 'All that is on hand, by codes, page by page.',
  description: [
    'Without what it cost, so that whoever may see stock may export it; `inventory.stock-value` tells the costs.',
    'With those its rows are what `inventory.import-stock` takes.',
  ].join(' '),
  input: z.strictObject({
    after: z
      .string()
      .regex(/^\d{1,18}$/)
      .optional()
      .describe('`next` of the page before'),
    limit: z.int().min(1).max(1000).default(1000),
  }),
  output: z.object({ rows: z.array(Row), next: z.string().nullable().describe('null: this is the last page') }),
  errors: [],
  permission: 'inventory.read',
  on: { http: 'GET /stock/export', graphql: 'query', grpc: true, mcp: true },
  run: async ({ after, limit }, { db, orgId, clock }: QueryContext<InventoryTables>) => {
    const { rows } = await sql<StoredRow>`
      select l.id::text, i.sku, p.code as location, l.on_hand::text, i.base_uom, t.code as lot, t.expires_on::text,
        (l.reserved - coalesce((select sum(r.held) from inventory.reservations r
          where r.level_id = l.id and r.state = 'active' and r.expires_at <= ${clock()}), 0))::text as held,
        case when i.tracking = 'serial' then (select json_agg(s.code) from (
          select code from inventory.serials where level_id = l.id order by code limit ${MAX_SERIALS}) s) end as serials
      from inventory.stock_levels l
        join inventory.items i on i.id = l.item_id
        join inventory.locations p on p.id = l.location_id
        left join inventory.lots t on t.id = l.lot_id
      where l.org_id = ${orgId}::uuid and l.on_hand <> 0 and l.id > ${after ?? '0'}::bigint
      order by l.id limit ${limit + 1}`.execute(db);
    const page = rows.slice(0, limit);
    return {
      rows: page.map((row) => ({
        sku: row.sku,
        location: row.location,
        quantity: { micros: parseMicros(row.on_hand), uom: row.base_uom },
        held: { micros: parseMicros(row.held), uom: row.base_uom },
        lot: row.lot === null ? null : { code: row.lot, expiresOn: row.expires_on },
        serials: [...(row.serials ?? [])],
      })),
      next: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
  },
});
