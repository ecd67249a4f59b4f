import { type QueryContext, useCase } from '@ashlar/kernel';
import { sql } from 'kysely';
import { z } from 'zod';
import type { InventoryTables } from '../adapters/tables.ts';
import { ItemId } from '../domain/ids.ts';

const PAGE = 500;
const Id = z.string().min(1).max(200);
const Items = z.array(z.object({ itemId: ItemId, quantity: z.string() }));

interface SourceRow {
  readonly id: string;
  readonly held: z.output<typeof Items>;
  readonly moved: z.output<typeof Items>;
  readonly quiet: number;
}

export const sumsOfSources = useCase('inventory.sums-of-sources', {
  kind: 'query',
  summary: 'What is held, and what came and left, for each of many sources, such as orders and parcels.',
  description: 'For whoever reckons documents of their own against the stock.',
  input: z.strictObject({
    type: z.string().min(1).max(100).describe('Of the sources, such as order.order'),
    ids: z.array(Id).min(1).max(PAGE).optional().describe('Only of these; absent: of all, the last ids first'),
    before: Id.optional().describe('The last id of the page before'),
    limit: z.int().min(1).max(PAGE).default(PAGE),
  }),
  output: z.object({
    sources: z.array(
      z.object({
        id: z.string(),
        held: Items.describe('Held or promised, and not taken yet; in the base unit'),
        moved: Items.describe('Below zero: it left. What was reversed is taken back'),
        quietSeconds: z.number().describe('Since anything of it moved'),
      }),
    ),
    next: z.string().nullable(),
  }),
  errors: [],
  permission: 'inventory.read',
  on: { grpc: true },
  run: async ({ type, ids, before, limit }, { db, orgId }: QueryContext<InventoryTables>) => {
    const mine = sql`org_id = ${orgId} and source_type = ${type} and source_id is not null
      and (${ids ?? null}::text[] is null or source_id = any (${ids ?? null}::text[]))
      and (${before ?? null}::text is null or source_id < ${before ?? null})`;
    const { rows } = await sql<SourceRow>`
      with wanted as (
        select source_id as id from (
          select source_id from inventory.reservations where ${mine}
          union select source_id from inventory.documents where ${mine}) s
        order by source_id desc limit ${limit}
      ),
      holds as (
        select r.source_id as id, l.item_id, sum(r.qty - r.consumed) filter (where r.state = 'active') as quantity,
          max(greatest(r.created_at, r.updated_at)) as at
        from inventory.reservations r join inventory.stock_levels l on l.id = r.level_id
        where r.org_id = ${orgId} and r.source_type = ${type} and r.source_id in (select id from wanted)
        group by r.source_id, l.item_id
      ),
      moves as (
        select d.source_id as id, l.item_id, sum(e.qty_delta) as quantity, max(e.recorded_at) as at
        from inventory.documents d
          join inventory.documents p on p.id = d.id or p.reverses = d.id
          join inventory.stock_ledger e on e.document_id = p.id
          join inventory.stock_levels l on l.id = e.level_id
        where d.org_id = ${orgId} and d.source_type = ${type} and d.source_id in (select id from wanted)
        group by d.source_id, l.item_id
      ),
      held as (
        select id, max(at) as at, jsonb_agg(jsonb_build_object('itemId', item_id, 'quantity', quantity::text))
          filter (where quantity <> 0) as items from holds group by id
      ),
      moved as (
        select id, max(at) as at, jsonb_agg(jsonb_build_object('itemId', item_id, 'quantity', quantity::text))
          filter (where quantity <> 0) as items from moves group by id
      )
      select w.id, coalesce(h.items, '[]') as held, coalesce(m.items, '[]') as moved,
        extract(epoch from clock_timestamp() - greatest(h.at, m.at))::float8 as quiet
      from wanted w left join held h using (id) left join moved m using (id)
      order by w.id desc`.execute(db);
    return {
      sources: rows.map(({ id, held, moved, quiet }) => ({ id, held, moved, quietSeconds: quiet })),
      next: rows.length < limit ? null : (rows.at(-1)?.id ?? null),
    };
  },
});
