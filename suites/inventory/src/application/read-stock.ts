import { type QueryContext, useCase } from '@ashlar/kernel';
import { BusinessDate, parseMicros, Quantity } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import { z } from 'zod';
import type { InventoryTables } from '../adapters/tables.ts';
import { DocumentId, ItemId, LocationId, LotId } from '../domain/ids.ts';
import { inventoryErrors } from '../domain/inventory-errors.ts';
import { today } from './posting.ts';

const PAGE = z.int().min(1).max(1000).default(100);

const Place = z.object({ locationId: LocationId, lotId: LotId.nullable() });

export const availability = useCase('inventory.availability', {
  kind: 'query',
  summary: 'How much of an item is where, and how much of it a newcomer may have.',
  input: z.strictObject({ itemId: ItemId, locationId: LocationId.optional(), limit: PAGE }),
  output: z.object({
    available: Quantity.describe('Where orders are served from'),
    places: z.array(Place.extend({ onHand: Quantity, held: Quantity, available: Quantity, promised: Quantity })),
  }),
  errors: [inventoryErrors.itemUnknown],
  permission: 'inventory.read',
  on: { http: 'GET /items/:itemId/availability', graphql: 'query', grpc: true, mcp: true },
  run: async ({ itemId, locationId, limit }, { db, clock }: QueryContext<InventoryTables>) => {
    const uom = await baseUnit(db, itemId);
    const day = await today({ db, clock });
    // Overdue reservations hold nothing, whether or not somebody has written that down; the sum is of all places,
    // however many of them are listed.
    const { rows } = await sql<PlaceRow>`
      select p.location_id, p.lot_id, p.on_hand, p.held, p.promised, p.free::text, coalesce(sum(p.free) filter (where p.pickable) over (), 0)::text as sum
      from (
        select l.id, l.location_id, l.lot_id, l.on_hand::text, (l.reserved - o.overdue)::text as held,
          l.backordered::text as promised, place.pickable,
          case when l.blocked or lot.expires_on < ${day}::date then 0 else l.on_hand - l.reserved + o.overdue end as free
        from inventory.stock_levels l
          join inventory.locations place on place.id = l.location_id
          left join inventory.lots lot on lot.id = l.lot_id,
          lateral (select coalesce(sum(r.held), 0) as overdue from inventory.reservations r
            where r.level_id = l.id and r.state = 'active' and r.expires_at <= ${clock()}) o
        where l.item_id = ${itemId}::uuid and (${locationId ?? null}::uuid is null or l.location_id = ${locationId ?? null}::uuid)
      ) p
      order by p.id limit ${limit}`.execute(db);
    const quantity = (text: string): Quantity => ({ micros: parseMicros(text), uom });
    return {
      available: quantity(rows[0]?.sum ?? '0'),
      places: rows.map((row) => ({
        ...placeOf(row),
        onHand: quantity(row.on_hand),
        held: quantity(row.held),
        available: quantity(row.free),
        promised: quantity(row.promised),
      })),
    };
  },
});

interface PlaceRow {
  readonly location_id: string;
  readonly lot_id: string | null;
  readonly on_hand: string;
  readonly held: string;
  readonly free: string;
  readonly promised: string;
  readonly sum: string;
}

export const stockAsOf = useCase('inventory.stock-as-of', {
  kind: 'query',
  summary: 'How much of an item was where at the end of a day, by the dates of the postings.',
  input: z.strictObject({ itemId: ItemId, date: BusinessDate }),
  output: z.object({ places: z.array(Place.extend({ onHand: Quantity })) }),
  errors: [inventoryErrors.itemUnknown],
  permission: 'inventory.read',
  on: { http: 'GET /items/:itemId/as-of/:date', graphql: 'query', grpc: true, mcp: true },
  run: async ({ itemId, date }, { db }: QueryContext<InventoryTables>) => {
    const uom = await baseUnit(db, itemId);
    const rows = await db
      .selectFrom('inventory.stock_levels as level')
      .innerJoin('inventory.stock_ledger as entry', 'entry.level_id', 'level.id')
      .select(['level.location_id', 'level.lot_id'])
      .select(sql<string>`sum(entry.qty_delta)`.as('on_hand'))
      .where('level.item_id', '=', itemId)
      .where('entry.posting_date', '<=', date)
      .groupBy(['level.id', 'level.location_id', 'level.lot_id'])
      .orderBy('level.id')
      .limit(1000)
      .execute();
    return { places: rows.map((row) => ({ ...placeOf(row), onHand: { micros: parseMicros(row.on_hand), uom } })) };
  },
});

export const ledgerCard = useCase('inventory.ledger-card', {
  kind: 'query',
  summary: 'What moved of an item, the latest first.',
  input: z.strictObject({
    itemId: ItemId,
    lotId: LotId.optional().describe('Only of this lot: where it came from and who was given of it'),
    before: z
      .string()
      .regex(/^\d{1,18}$/)
      .optional()
      .describe('Go on below this entry'),
    limit: PAGE,
  }),
  output: z.object({
    entries: z.array(
      Place.extend({
        seq: z.string(),
        document: z.string().describe('kind/branch/year/number'),
        documentId: DocumentId,
        source: z.object({ type: z.string(), id: z.string() }).nullable().describe('For whom or because of what'),
        line: z.int(),
        quantity: Quantity,
        postingDate: z.string(),
        recordedAt: z.iso.datetime(),
      }),
    ),
  }),
  errors: [inventoryErrors.itemUnknown],
  permission: 'inventory.read',
  on: { http: 'GET /items/:itemId/ledger', graphql: 'query', grpc: true, mcp: true },
  run: async ({ itemId, lotId, before, limit }, { db }: QueryContext<InventoryTables>) => {
    const uom = await baseUnit(db, itemId);
    let entries = db
      .selectFrom('inventory.stock_levels as level')
      .innerJoin('inventory.stock_ledger as entry', 'entry.level_id', 'level.id')
      .innerJoin('inventory.documents as document', 'document.id', 'entry.document_id')
      .select([
        'level.location_id',
        'level.lot_id',
        'entry.seq',
        'entry.line_no',
        'entry.qty_delta',
        'entry.posting_date',
      ])
      .select([
        'entry.recorded_at',
        'document.id',
        'document.kind',
        'document.branch',
        'document.fiscal_year',
        'document.number',
        'document.source_type',
        'document.source_id',
      ])
      .where('level.item_id', '=', itemId)
      .orderBy('entry.seq', 'desc')
      .limit(limit);
    if (lotId !== undefined) entries = entries.where('level.lot_id', '=', lotId);
    if (before !== undefined) entries = entries.where('entry.seq', '<', BigInt(before));
    return {
      entries: (await entries.execute()).map((row) => ({
        ...placeOf(row),
        seq: row.seq.toString(),
        document: [row.kind, ...(row.branch === '' ? [] : [row.branch]), row.fiscal_year, row.number].join('/'),
        // The id out of our own table is what it was when it was made.
        documentId: row.id as DocumentId,
        source:
          row.source_type === null || row.source_id === null ? null : { type: row.source_type, id: row.source_id },
        line: row.line_no,
        quantity: { micros: parseMicros(row.qty_delta), uom },
        postingDate: row.posting_date,
        recordedAt: row.recorded_at.toISOString(),
      })),
    };
  },
});

async function baseUnit(db: QueryContext<InventoryTables>['db'], itemId: ItemId): Promise<string> {
  const item = await db.selectFrom('inventory.items').select('base_uom').where('id', '=', itemId).executeTakeFirst();
  if (item === undefined) throw inventoryErrors.itemUnknown({ id: itemId });
  return item.base_uom;
}

/** Ids out of our own tables are what they were when they were made. */
function placeOf(row: { readonly location_id: string; readonly lot_id: string | null }): z.output<typeof Place> {
  return { locationId: row.location_id as LocationId, lotId: row.lot_id as LotId | null };
}
