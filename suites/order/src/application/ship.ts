import { useCase } from '@ashlar/kernel';
import { microsText, text } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import { z } from 'zod';
import { changeFulfilment, lineFacts, lockFulfilment } from '../adapters/fulfilments.ts';
import { remember } from '../adapters/history.ts';
import { addToLines, changeOrder, lockOrder } from '../adapters/orders.ts';
import { FulfilmentId, OrderId, StockDocumentId } from '../domain/ids.ts';
import { fulfilmentDelivered, fulfilmentFailed, fulfilmentShipped } from '../domain/order-events.ts';
import { nextFulfilmentStates, requireStep } from '../domain/order-status.ts';
import { FulfilmentMoved, movedOf } from './fulfil.ts';
import type { OrderContext } from './order-context.ts';
import { statusAfter } from './standing.ts';

const ofFulfilment = { fulfilmentId: FulfilmentId };

export const markShipped = useCase('order.mark-shipped', {
  summary: 'Takes down that the goods of a parcel have left the stock, and what they cost us.',
  input: z.strictObject({
    ...ofFulfilment,
    stockDocumentId: StockDocumentId.nullable().describe('Null where no stock moves'),
    costs: z.array(z.strictObject({ line: z.int().min(1), amount: z.string().regex(/^\d{1,16}$/) })).max(100_000),
  }),
  output: FulfilmentMoved.extend({ orderStatus: z.string() }),
  errors: [],
  permission: 'order.process',
  on: { grpc: true },
  run: async ({ fulfilmentId, stockDocumentId, costs }, { db, clock, emit, audit }: OrderContext) => {
    const row = await lockFulfilment(db, fulfilmentId);
    requireStep(nextFulfilmentStates, row.state, 'shipped');
    const order = await lockOrder(db, row.order_id);
    const lines = await lineFacts(db, fulfilmentId);
    const version = await changeFulfilment(db, fulfilmentId, {
      state: 'shipped',
      stock_document_id: stockDocumentId,
      shipped_at: clock(),
    });
    if (costs.length > 0) {
      await sql`
        update orders.fulfilment_lines f set cost = c.amount
        from (select line, sum(amount)::bigint as amount
          from jsonb_to_recordset(${JSON.stringify(costs)}::jsonb) as r(line integer, amount bigint) group by line) c
        where f.fulfilment_id = ${fulfilmentId} and f.line_no = c.line`.execute(db);
    }
    await addToLines(
      db,
      order.id,
      'qty_fulfilled',
      lines.map(({ line, quantity }) => ({ line, quantity: microsText(quantity.micros) })),
    );
    const orderStatus = await statusAfter(db, order);
    if (orderStatus !== order.status) await changeOrder(db, order.id, { status: orderStatus });
    await remember(db, order.id, 'shipped', { number: row.number });
    const data = { orderId: order.id as OrderId, number: order.label, fulfilmentId, lines };
    emit(fulfilmentShipped.of({ subject: fulfilmentId, data }));
    audit({ subject: fulfilmentId, after: { state: 'shipped', orderStatus } });
    return { ...movedOf(row, 'shipped', version), orderStatus };
  },
});

const Reason = text({ max: 500 });

export const returnToPacked = useCase('order.return-to-packed', {
  summary: 'A parcel could not leave: its goods are not there, or nobody took it.',
  input: z.strictObject({ ...ofFulfilment, reason: Reason }),
  output: FulfilmentMoved,
  errors: [],
  permission: 'order.ship',
  on: { http: 'POST /fulfilments/:fulfilmentId/return-to-packed', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ fulfilmentId, reason }, { db, emit, audit }: OrderContext) => {
    const row = await lockFulfilment(db, fulfilmentId);
    requireStep(nextFulfilmentStates, row.state, 'packed');
    const order = await lockOrder(db, row.order_id);
    const version = await changeFulfilment(db, fulfilmentId, { state: 'packed', failure: reason });
    const data = { orderId: order.id as OrderId, number: order.label, fulfilmentId, reason };
    emit(fulfilmentFailed.of({ subject: fulfilmentId, data }));
    audit({ subject: fulfilmentId, reason, after: { state: 'packed' } });
    return movedOf(row, 'packed', version);
  },
});

export const failDelivery = useCase('order.fail-delivery', {
  summary: 'A parcel that has left did not arrive; it may still, or comes back as a return.',
  input: z.strictObject({ ...ofFulfilment, reason: Reason }),
  output: FulfilmentMoved,
  errors: [],
  permission: 'order.ship',
  on: { http: 'POST /fulfilments/:fulfilmentId/fail', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ fulfilmentId, reason }, { db, emit, audit }: OrderContext) => {
    const row = await lockFulfilment(db, fulfilmentId);
    requireStep(nextFulfilmentStates, row.state, 'failed');
    const order = await lockOrder(db, row.order_id);
    const version = await changeFulfilment(db, fulfilmentId, { state: 'failed', failure: reason });
    await remember(db, order.id, 'delivery_failed', { number: row.number, reason });
    const data = { orderId: order.id as OrderId, number: order.label, fulfilmentId, reason };
    emit(fulfilmentFailed.of({ subject: fulfilmentId, data }));
    audit({ subject: fulfilmentId, reason, after: { state: 'failed' } });
    return movedOf(row, 'failed', version);
  },
});

export const markDelivered = useCase('order.mark-delivered', {
  summary: 'A parcel has arrived.',
  input: z.strictObject(ofFulfilment),
  output: FulfilmentMoved,
  errors: [],
  permission: 'order.ship',
  on: { http: 'POST /fulfilments/:fulfilmentId/deliver', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ fulfilmentId }, { db, clock, emit, audit }: OrderContext) => {
    const row = await lockFulfilment(db, fulfilmentId);
    // Asking twice is no mistake.
    if (row.state === 'delivered') return movedOf(row, 'delivered', row.version);
    requireStep(nextFulfilmentStates, row.state, 'delivered');
    const order = await lockOrder(db, row.order_id);
    const version = await changeFulfilment(db, fulfilmentId, { state: 'delivered', delivered_at: clock() });
    await changeOrder(db, order.id, { delivered_at: clock() });
    await remember(db, order.id, 'delivered', { number: row.number });
    const data = { orderId: order.id as OrderId, number: order.label, fulfilmentId };
    emit(fulfilmentDelivered.of({ subject: fulfilmentId, data }));
    audit({ subject: fulfilmentId, after: { state: 'delivered' } });
    return movedOf(row, 'delivered', version);
  },
});
