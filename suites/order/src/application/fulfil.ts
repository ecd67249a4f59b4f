import { refuse, useCase } from '@ashlar/kernel';
import { microsText, parseMicros, PositiveQuantity, text } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import { z } from 'zod';
import { changeFulfilment, type FulfilmentRow, lineFacts, lockFulfilment } from '../adapters/fulfilments.ts';
import { remember } from '../adapters/history.ts';
import { changeOrder, lockOrder, orderLines, stateOf, underWay } from '../adapters/orders.ts';
import { FulfilmentId, LocationId, OrderId, VariantId } from '../domain/ids.ts';
import { orderErrors } from '../domain/order-errors.ts';
import { fulfilmentCancelled, fulfilmentCreated, shipRequested } from '../domain/order-events.ts';
import { moveTo, nextFulfilmentStates, requireStep } from '../domain/order-status.ts';
import { MAX_LINES, type OrderContext } from './order-context.ts';
import { refuseUnpaid } from './refuse-unpaid.ts';

export const FulfilmentMoved = z.object({ id: FulfilmentId, orderId: OrderId, state: z.string(), version: z.int() });

export const createFulfilment = useCase('order.create-fulfilment', {
  summary: 'Makes a parcel of some of an order, or of all that is open.',
  input: z.strictObject({
    orderId: OrderId,
    lines: z
      .array(z.strictObject({ line: z.int().min(1), quantity: PositiveQuantity }))
      .min(1)
      .max(MAX_LINES)
      .optional()
      .describe('All that is open and there unless told'),
    locationId: LocationId.optional().describe('Where it is picked; wherever it is held unless told'),
  }),
  output: FulfilmentMoved.extend({ number: z.int() }),
  errors: [orderErrors.exceedsOpenQty, orderErrors.notReserved, orderErrors.lineUnknown, orderErrors.beingCancelled],
  permission: 'order.fulfil',
  on: { http: 'POST /orders/:orderId/fulfilments', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ orderId, lines: wished, locationId }, { db, newId, emit, audit }: OrderContext) => {
    const order = await lockOrder(db, orderId);
    if (order.cancel_reason !== null) return refuse(orderErrors.beingCancelled());
    const [known, gone] = await Promise.all([orderLines(db, orderId), underWay(db, orderId)]);
    const wanted: { line: number; micros: bigint }[] = [];
    let isWaiting = false;
    for (const line of known) {
      const wish = wished?.filter((one) => one.line === line.line_no) ?? [];
      const away = gone.get(line.line_no) ?? 0n;
      const open = parseMicros(line.quantity) - parseMicros(line.qty_cancelled) - parseMicros(line.qty_leaving) - away;
      const reserved = parseMicros(line.qty_reserved) - parseMicros(line.qty_promised) - away;
      const there = line.is_stocked && reserved < open ? reserved : open;
      if (wished === undefined && there < open) isWaiting = true;
      const micros = wished === undefined ? max(there, 0n) : wish.reduce((sum, one) => sum + one.quantity.micros, 0n);
      if (micros === 0n) continue;
      const [said, left] = [microsText(micros), microsText(open)];
      if (wish.some(({ quantity }) => quantity.uom !== line.uom)) {
        return refuse(orderErrors.unitDiffers({ line: line.line_no, sku: line.sku, uom: line.uom }));
      }
      if (micros > open) return refuse(orderErrors.exceedsOpenQty({ line: line.line_no, wanted: said, open: left }));
      if (line.is_stocked && micros > reserved) {
        return refuse(orderErrors.notReserved({ line: line.line_no, wanted: said, reserved: microsText(reserved) }));
      }
      wanted.push({ line: line.line_no, micros });
    }
    const stranger = wished?.find(({ line }) => !known.some((one) => one.line_no === line));
    if (stranger !== undefined) return refuse(orderErrors.lineUnknown({ line: stranger.line }));
    if (wanted.length === 0 && isWaiting) {
      return refuse(orderErrors.notReserved({ line: 1, wanted: '0', reserved: '0' }));
    }
    if (wanted.length === 0) return refuse(orderErrors.exceedsOpenQty({ line: 1, wanted: '0', open: '0' }));
    if (order.status !== 'in_fulfilment') {
      const decision = moveTo(await stateOf(db, order), 'in_fulfilment');
      if (!decision.accepted) return decision;
    }
    const id = newId(FulfilmentId);
    const number = await nextNumber(db, orderId);
    await db
      .insertInto('orders.fulfilments')
      .values({
        id,
        order_id: orderId,
        number,
        location_id: locationId ?? null,
        carrier: null,
        tracking: null,
        stock_document_id: null,
        failure: null,
        shipped_at: null,
        delivered_at: null,
      })
      .execute();
    await db
      .insertInto('orders.fulfilment_lines')
      .values(
        wanted.map(({ line, micros }) => ({
          fulfilment_id: id,
          order_id: orderId,
          line_no: line,
          quantity: microsText(micros),
          cost: null,
        })),
      )
      .execute();
    await changeOrder(db, orderId, { status: 'in_fulfilment' });
    await remember(db, orderId, 'fulfilment_created', { number });
    emit(
      fulfilmentCreated.of({
        subject: id,
        data: { orderId, number: order.label, fulfilmentId: id, lines: await lineFacts(db, id) },
      }),
    );
    audit({ subject: id, after: { orderId, lines: wanted.length } });
    return { id, orderId, state: 'pending', version: 1, number };
  },
});

const max = (one: bigint, other: bigint): bigint => (one > other ? one : other);

async function nextNumber(db: OrderContext['db'], orderId: string): Promise<number> {
  const { number } = await db
    .selectFrom('orders.fulfilments')
    .select(sql<number>`(coalesce(max(number), 0) + 1)::integer`.as('number'))
    .where('order_id', '=', orderId)
    .executeTakeFirstOrThrow();
  return number;
}

const ofFulfilment = { fulfilmentId: FulfilmentId };

export const pick = useCase('order.pick', {
  summary: 'Takes down what was picked for a parcel, scan by scan.',
  input: z.strictObject({ ...ofFulfilment, variantId: VariantId, quantity: PositiveQuantity }),
  output: FulfilmentMoved.extend({ left: z.int().describe('Lines that are not picked yet') }),
  errors: [orderErrors.wrongItem, orderErrors.overPick],
  permission: 'order.fulfil',
  on: { http: 'POST /fulfilments/:fulfilmentId/picks', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ fulfilmentId, variantId, quantity }, { db, audit }: OrderContext) => {
    const row = await lockFulfilment(db, fulfilmentId);
    if (row.state !== 'picking') requireStep(nextFulfilmentStates, row.state, 'picking');
    const lines = await db
      .selectFrom('orders.fulfilment_lines as f')
      .innerJoin('orders.order_lines as l', (join) =>
        join.onRef('l.order_id', '=', 'f.order_id').onRef('l.line_no', '=', 'f.line_no'),
      )
      .select(['f.line_no', 'f.quantity', 'f.picked', 'l.variant_id', 'l.sku', 'l.uom'])
      .where('f.fulfilment_id', '=', fulfilmentId)
      .execute();
    const line = lines.find((one) => one.variant_id === variantId && one.uom === quantity.uom);
    if (line === undefined) return refuse(orderErrors.wrongItem({ sku: variantId }));
    const picked = parseMicros(line.picked) + quantity.micros;
    if (picked > parseMicros(line.quantity)) {
      return refuse(orderErrors.overPick({ sku: line.sku, wanted: line.quantity, picked: microsText(picked) }));
    }
    await db
      .updateTable('orders.fulfilment_lines')
      .set({ picked: microsText(picked) })
      .where('fulfilment_id', '=', fulfilmentId)
      .where('line_no', '=', line.line_no)
      .execute();
    const version = await changeFulfilment(db, fulfilmentId, { state: 'picking' });
    audit({ subject: fulfilmentId, after: { line: line.line_no, picked: microsText(picked) } });
    const left = lines.filter(
      (one) => (one === line ? picked : parseMicros(one.picked)) < parseMicros(one.quantity),
    ).length;
    return { ...movedOf(row, 'picking', version), left };
  },
});

export const pack = useCase('order.pack', {
  summary: 'Closes a parcel. Where nothing was scanned, all of it counts as picked.',
  input: z.strictObject(ofFulfilment),
  output: FulfilmentMoved,
  errors: [orderErrors.shortPick],
  permission: 'order.fulfil',
  on: { http: 'POST /fulfilments/:fulfilmentId/pack', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ fulfilmentId }, { db, audit }: OrderContext) => {
    const row = await lockFulfilment(db, fulfilmentId);
    requireStep(nextFulfilmentStates, row.state, 'packed');
    const lines = await db
      .selectFrom('orders.fulfilment_lines')
      .select(['line_no', 'quantity', 'picked'])
      .where('fulfilment_id', '=', fulfilmentId)
      .execute();
    const short = row.state === 'picking' ? lines.find((line) => line.picked !== line.quantity) : undefined;
    if (short !== undefined) {
      return refuse(orderErrors.shortPick({ line: short.line_no, wanted: short.quantity, picked: short.picked }));
    }
    await db
      .updateTable('orders.fulfilment_lines')
      .set({ picked: sql<string>`quantity` })
      .where('fulfilment_id', '=', fulfilmentId)
      .execute();
    audit({ subject: fulfilmentId, after: { state: 'packed' } });
    return movedOf(row, 'packed', await changeFulfilment(db, fulfilmentId, { state: 'packed' }));
  },
});

export const requestShip = useCase('order.request-ship', {
  summary: 'Asks that a parcel leave; it has once its goods are issued from the stock.',
  input: z.strictObject({
    ...ofFulfilment,
    carrier: text({ max: 100 }).optional(),
    tracking: text({ max: 200 }).optional(),
  }),
  output: FulfilmentMoved,
  errors: [orderErrors.unpaid],
  permission: 'order.ship',
  on: { http: 'POST /fulfilments/:fulfilmentId/ship', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ fulfilmentId, carrier, tracking }, { db, emit, audit }: OrderContext) => {
    const row = await lockFulfilment(db, fulfilmentId);
    requireStep(nextFulfilmentStates, row.state, 'ship_requested');
    const order = await lockOrder(db, row.order_id);
    const refusal = await refuseUnpaid(db, order);
    if (refusal !== null) return refuse(refusal);
    const attempt = row.attempt + 1;
    const version = await changeFulfilment(db, fulfilmentId, {
      state: 'ship_requested',
      attempt,
      failure: null,
      ...(carrier === undefined ? {} : { carrier }),
      ...(tracking === undefined ? {} : { tracking }),
    });
    const data = { orderId: order.id as OrderId, number: order.label, fulfilmentId, attempt };
    emit(
      shipRequested.of({
        subject: fulfilmentId,
        data: {
          ...data,
          locationId: row.location_id as z.output<typeof LocationId> | null,
          lines: await lineFacts(db, fulfilmentId),
        },
      }),
    );
    audit({ subject: fulfilmentId, after: { state: 'ship_requested', attempt } });
    return movedOf(row, 'ship_requested', version);
  },
});

export const cancelFulfilment = useCase('order.cancel-fulfilment', {
  summary: 'Gives up a parcel that has not left; what it holds is open again.',
  input: z.strictObject(ofFulfilment),
  output: FulfilmentMoved,
  errors: [],
  permission: 'order.fulfil',
  on: { http: 'DELETE /fulfilments/:fulfilmentId', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ fulfilmentId }, { db, emit, audit }: OrderContext) => {
    const row = await lockFulfilment(db, fulfilmentId);
    requireStep(nextFulfilmentStates, row.state, 'cancelled');
    const version = await changeFulfilment(db, fulfilmentId, { state: 'cancelled' });
    const order = await lockOrder(db, row.order_id);
    if (!(await stateOf(db, order)).isUnderWay) await changeOrder(db, order.id, { status: 'confirmed' });
    await remember(db, order.id, 'fulfilment_cancelled', { number: row.number });
    const data = { orderId: order.id as OrderId, number: order.label, fulfilmentId };
    emit(fulfilmentCancelled.of({ subject: fulfilmentId, data }));
    audit({ subject: fulfilmentId, after: { state: 'cancelled' } });
    return movedOf(row, 'cancelled', version);
  },
});

export function movedOf(row: FulfilmentRow, state: string, version: number): z.output<typeof FulfilmentMoved> {
  return { id: row.id as FulfilmentId, orderId: row.order_id as OrderId, state, version };
}
