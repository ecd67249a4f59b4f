import { commonErrors, type QueryContext, refuse, useCase } from '@ashlar/kernel';
import { parseMicros, Quantity } from '@ashlar/kernel/values';
import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import type { InventoryTables } from '../adapters/tables.ts';
import { DocumentId, HoldId, ItemId, LocationId } from '../domain/ids.ts';

type Context = QueryContext<InventoryTables>;

const Texts = z.record(z.string(), z.string());

/** What is to be taken from a place, or was. */
const Goods = z.object({
  line: z.int(),
  itemId: ItemId,
  warehouse: z.string().describe('Its code'),
  locationId: LocationId,
  location: z.string().describe('Its code'),
  locationName: Texts,
  lot: z.object({ code: z.string(), expiresOn: z.string().nullable() }).nullable(),
  quantity: Quantity,
  serials: z.array(z.string()),
});
type Goods = z.output<typeof Goods>;

/** Lines of a hold over all its places, and pieces of a posting. */
const MAX_GOODS = 5000;
/** Serials of one place that are worth reading; whoever stands there sees the others. */
const MAX_SERIALS = 12;

interface GoodsRow {
  readonly line: number;
  readonly item_id: string;
  readonly base_uom: string;
  readonly warehouse: string | null;
  readonly location_id: string;
  readonly location: string;
  readonly location_name: Record<string, string>;
  readonly lot: string | null;
  readonly expires_on: string | null;
  readonly quantity: string;
  readonly serials: string[] | null;
}

export const goodsOfHold = useCase('inventory.goods-of-hold', {
  kind: 'query',
  summary: 'Where the goods are that a hold keeps: for whoever fetches them.',
  description: `Serials are those that are there, at most ${MAX_SERIALS} of a place; any of them will do.`,
  input: z.strictObject({ holdId: HoldId }),
  output: z.object({ goods: z.array(Goods.extend({ promised: Quantity.describe('Of it, what is not there yet') })) }),
  errors: [],
  permission: 'inventory.read',
  on: { http: 'GET /holds/:holdId/goods', graphql: 'query', grpc: true, mcp: true },
  run: async ({ holdId }, { db, clock }: Context) => {
    // In the order they were allotted, which is the one they are issued in.
    const { rows } = await sql<GoodsRow & { readonly promised: string }>`
      select r.line_no as line, ${placeColumns}, (r.qty - r.consumed)::text as quantity, r.backordered::text as promised,
        case item.tracking when 'serial' then array(select s.code from inventory.serials s
          where s.level_id = level.id and s.status = 'in_stock' order by s.code limit ${MAX_SERIALS}) end as serials
      from inventory.reservations r join inventory.stock_levels level on level.id = r.level_id ${placeJoins}
      where r.hold_id = ${holdId}::uuid and r.state = 'active' and (r.expires_at is null or r.expires_at > ${clock()})
      order by r.line_no, lot.expires_on nulls last, level.id limit ${MAX_GOODS}`.execute(db);
    return {
      goods: rows.map((row) => ({
        ...goodsOf(row),
        promised: { micros: parseMicros(row.promised), uom: row.base_uom },
      })),
    };
  },
});

export const goodsOfIssue = useCase('inventory.goods-of-issue', {
  kind: 'query',
  summary: 'What an issue took, from where, of which lots and with which serials.',
  input: z.strictObject({ documentId: DocumentId }),
  output: z.object({ goods: z.array(Goods) }),
  errors: [],
  permission: 'inventory.read',
  on: { http: 'GET /documents/:documentId/goods', graphql: 'query', grpc: true, mcp: true },
  run: async ({ documentId }, { db }: Context) => {
    const document = await db
      .selectFrom('inventory.documents')
      .select('id')
      .where('id', '=', documentId)
      .where('kind', '=', 'issue')
      .executeTakeFirst();
    if (document === undefined) return refuse(commonErrors.notFound({ what: 'issue', id: documentId }));
    const { rows } = await sql<GoodsRow>`
      select e.line_no as line, ${placeColumns}, (-sum(e.qty_delta))::text as quantity,
        array_agg(serial.code order by serial.code) filter (where serial.id is not null) as serials
      from inventory.stock_ledger e join inventory.stock_levels level on level.id = e.level_id ${placeJoins}
        left join inventory.serials serial on serial.id = e.serial_id
      where e.document_id = ${documentId}::uuid
      group by e.line_no, level.id, item.id, warehouse.id, place.id, lot.id
      order by e.line_no, level.id limit ${MAX_GOODS}`.execute(db);
    return { goods: rows.map(goodsOf) };
  },
});

const placeColumns: RawBuilder<unknown> = sql`level.item_id, item.base_uom, warehouse.code as warehouse,
  place.id as location_id, place.code as location, place.name as location_name, lot.code as lot, lot.expires_on`;
const placeJoins: RawBuilder<unknown> = sql`
  join inventory.items item on item.id = level.item_id
  join inventory.locations place on place.id = level.location_id
  left join inventory.warehouses warehouse on warehouse.id = place.warehouse_id
  left join inventory.lots lot on lot.id = level.lot_id`;

function goodsOf(row: GoodsRow): Goods {
  return {
    line: row.line,
    // Ids out of our own tables are what they were when they were made.
    itemId: row.item_id as ItemId,
    warehouse: row.warehouse ?? '',
    locationId: row.location_id as LocationId,
    location: row.location,
    locationName: row.location_name,
    lot: row.lot === null ? null : { code: row.lot, expiresOn: row.expires_on },
    quantity: { micros: parseMicros(row.quantity), uom: row.base_uom },
    serials: row.serials ?? [],
  };
}
