import { commonErrors, useCase } from '@ashlar/kernel';
import { shortDecimal } from '@ashlar/kernel/printing';
import { dayInZone, instant, microsText, parseMicros } from '@ashlar/kernel/values';
import { z } from 'zod';
import { type FulfilmentRow } from '../adapters/fulfilments.ts';
import { type OrderRow } from '../adapters/orders.ts';
import { goodsOfHold, goodsOfIssue, letterhead, Seller } from '../adapters/print-contracts.ts';
import { FulfilmentId } from '../domain/ids.ts';
import { orderErrors } from '../domain/order-errors.ts';
import { type LineToFill, type ParcelToFill, type PlacedGoods, planPicks } from '../domain/plan-picks.ts';
import type { OrderQuery } from './order-context.ts';
import { AddressOnPaper, PrintedLine, printedLine, Words } from './print-order.ts';

/** States of a parcel whose goods are still in the stock. */
const WAITING = ['pending', 'picking', 'packed', 'ship_requested'] as const;

const Lot = z.object({ code: z.string(), expiresOn: z.string().nullable() }).nullable();

const Parcel = z.object({
  id: FulfilmentId,
  number: z.string().describe('The order’s, with which of its parcels this is'),
  orderNumber: z.string(),
  placedOn: z.string(),
  shipTo: AddressOnPaper,
});

export const PickList = Parcel.extend({
  note: z.string().nullable(),
  picks: z.array(
    PrintedLine.extend({
      place: z
        .object({ warehouse: z.string(), location: z.string(), name: Words })
        .nullable()
        .describe('Null where nobody knows one, or it is not there yet'),
      lot: Lot,
      serials: z.array(z.string()),
    }),
  ),
});
export type PickList = z.output<typeof PickList>;

export const pickList = useCase('order.pick-list', {
  kind: 'query',
  summary: 'What to fetch for a parcel, in the order of the walk, with lots and serials where they are known.',
  input: z.strictObject({ fulfilmentId: FulfilmentId }),
  output: PickList,
  errors: [orderErrors.notToPrint],
  permission: 'order.read',
  on: { http: 'GET /fulfilments/:fulfilmentId/pick-list', graphql: 'query', grpc: true, mcp: true },
  run: async ({ fulfilmentId }, context: OrderQuery) => {
    const { row, order } = await readParcel(context, fulfilmentId);
    const [lines, { timeZone }] = await Promise.all([linesOf(context, [fulfilmentId]), context.call(letterhead, {})]);
    const { parcels, goods } = await goodsToFetch(context, row, order, lines);
    const picks = planPicks(parcels, goods).get(fulfilmentId) ?? [];
    return {
      ...headOf(row, order, timeZone),
      note: order.note,
      picks: picks.flatMap(({ line, micros, from }) => {
        const of = lines.find((one) => one.line_no === line);
        if (of === undefined) return [];
        const place = from && { warehouse: from.warehouse, location: from.location, name: { ...from.locationName } };
        const quantity = shortDecimal(microsText(micros));
        return [{ ...printedLine(of), quantity, place, lot: from?.lot ?? null, serials: [...(from?.serials ?? [])] }];
      }),
    };
  },
});

export const PackingSlip = Parcel.extend({
  seller: Seller,
  shippedOn: z.string().nullable(),
  carrier: z.string().nullable(),
  tracking: z.string().nullable(),
  lines: z.array(
    PrintedLine.extend({
      packed: z.string().describe('Of it, what is in this parcel'),
      lots: z.array(z.string()).describe('Once it has left'),
      serials: z.array(z.string()).describe('Once it has left'),
    }),
  ),
});
export type PackingSlip = z.output<typeof PackingSlip>;

export const packingSlip = useCase('order.packing-slip', {
  kind: 'query',
  summary: 'What is in a parcel, without prices, for whoever gets it.',
  input: z.strictObject({ fulfilmentId: FulfilmentId }),
  output: PackingSlip,
  errors: [orderErrors.notToPrint],
  permission: 'order.read',
  on: {},
  run: async ({ fulfilmentId }, context: OrderQuery) => {
    const { row, order } = await readParcel(context, fulfilmentId);
    const [lines, { seller, timeZone }, goods] = await Promise.all([
      linesOf(context, [fulfilmentId]),
      context.call(letterhead, {}),
      goodsThatLeft(context, row),
    ]);
    return {
      ...headOf(row, order, timeZone),
      seller,
      shippedOn: row.shipped_at === null ? null : dayInZone(instant(row.shipped_at), timeZone),
      carrier: row.carrier,
      tracking: row.tracking,
      lines: lines.map((line) => {
        const left = goods.filter(({ itemId }) => itemId === line.variant_id);
        const lots = left.flatMap(({ lot }) => (lot === null ? [] : [lot.code]));
        return {
          ...printedLine(line),
          packed: shortDecimal(line.packed),
          lots: [...new Set(lots)],
          serials: left.flatMap(({ serials }) => serials),
        };
      }),
    };
  },
});

interface ReadParcel {
  readonly row: FulfilmentRow;
  readonly order: OrderRow;
}

async function readParcel({ db }: OrderQuery, id: FulfilmentId): Promise<ReadParcel> {
  const row = await db.selectFrom('orders.fulfilments').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw commonErrors.notFound({ what: 'fulfilment', id });
  if (row.state === 'cancelled') throw orderErrors.notToPrint({ state: row.state });
  const of = db.selectFrom('orders.orders').selectAll().where('id', '=', row.order_id);
  return { row, order: await of.executeTakeFirstOrThrow() };
}

interface ToFetch {
  /** Those that are filled from the same places, in the order they are filled. */
  readonly parcels: readonly ParcelToFill[];
  readonly goods: readonly PlacedGoods[];
}

/** Where a parcel's goods are: those of the order's hold, or where they were once it has left. */
async function goodsToFetch(
  context: OrderQuery,
  row: FulfilmentRow,
  { hold_id: holdId }: OrderRow,
  lines: readonly ParcelLine[],
): Promise<ToFetch> {
  if (!WAITING.some((state) => state === row.state)) {
    const parcels = [{ id: row.id, locationId: row.location_id, lines: lines.map(lineToFill) }];
    return { parcels, goods: await goodsThatLeft(context, row) };
  }
  const { db, call } = context;
  const waiting = await db
    .selectFrom('orders.fulfilments')
    .select(['id', 'location_id'])
    .where('order_id', '=', row.order_id)
    .where('number', '<=', row.number)
    .where('state', 'in', WAITING)
    .orderBy('number')
    .execute();
  const ofAll = await linesOf(
    context,
    waiting.map(({ id }) => id),
  );
  const hold = holdId === null ? null : await call(goodsOfHold, { holdId });
  return {
    parcels: waiting.map(({ id, location_id: locationId }) => ({
      id,
      locationId,
      lines: ofAll.filter((one) => one.fulfilment_id === id).map(lineToFill),
    })),
    goods: (hold?.goods ?? []).map((one) => placed(one, one.promised.micros)),
  };
}

/** What was taken from the stock for it; nothing before it has left. */
async function goodsThatLeft({ call }: OrderQuery, { stock_document_id: id }: FulfilmentRow): Promise<PlacedGoods[]> {
  if (id === null) return [];
  const { goods } = await call(goodsOfIssue, { documentId: id });
  return goods.map((one) => placed(one));
}

type Goods = z.output<typeof goodsOfIssue.output>['goods'][number];

function placed({ quantity, ...goods }: Goods, promisedMicros = 0n): PlacedGoods {
  return { ...goods, uom: quantity.uom, micros: quantity.micros - promisedMicros };
}

type ParcelLine = Awaited<ReturnType<typeof linesOf>>[number];

function linesOf({ db }: OrderQuery, fulfilmentIds: readonly string[]) {
  return db
    .selectFrom('orders.fulfilment_lines as f')
    .innerJoin('orders.order_lines as l', (join) =>
      join.onRef('l.order_id', '=', 'f.order_id').onRef('l.line_no', '=', 'f.line_no'),
    )
    .select(['f.fulfilment_id', 'f.quantity as packed'])
    .select(['l.line_no', 'l.variant_id', 'l.sku', 'l.title', 'l.quantity', 'l.uom'])
    .where('f.fulfilment_id', 'in', fulfilmentIds)
    .orderBy('l.line_no')
    .execute();
}

function lineToFill({ line_no: line, variant_id: variantId, sku, uom, packed }: ParcelLine): LineToFill {
  return { line, variantId, sku, uom, micros: parseMicros(packed) };
}

function headOf(row: FulfilmentRow, order: OrderRow, timeZone: string): z.output<typeof Parcel> {
  return {
    id: row.id as FulfilmentId,
    number: `${order.label}-P${row.number}`,
    orderNumber: order.label,
    placedOn: dayInZone(instant(order.placed_at), timeZone),
    shipTo: AddressOnPaper.parse(order.ship_to),
  };
}
