import { refuse, useCase } from '@ashlar/kernel';
import { microsText, parseMicros, PositiveQuantity, text } from '@ashlar/kernel/values';
import { z } from 'zod';
import { remember } from '../adapters/history.ts';
import { lockOrder, orderLines } from '../adapters/orders.ts';
import { changeReturn, lockReturn, returnLines } from '../adapters/returns.ts';
import { OrderId, ReturnId } from '../domain/ids.ts';
import { orderErrors } from '../domain/order-errors.ts';
import { returnReceived } from '../domain/order-events.ts';
import { nextReturnStates, requireStep, type ReturnState } from '../domain/order-status.ts';
import { MAX_LINES, type OrderContext } from './order-context.ts';

const DAY_MS = 86_400_000;
export const ReturnMoved = z.object({ id: ReturnId, orderId: OrderId, state: z.string(), version: z.int() });
export const ofReturn = { returnId: ReturnId };

export const requestReturn = useCase('order.request-return', {
  summary: 'Asks that goods that have left may come back.',
  input: z.strictObject({
    orderId: OrderId,
    lines: z
      .array(z.strictObject({ line: z.int().min(1), quantity: PositiveQuantity }))
      .min(1)
      .max(MAX_LINES),
    reason: text({ max: 500 }),
  }),
  output: ReturnMoved,
  errors: [orderErrors.windowOver, orderErrors.exceedsFulfilled, orderErrors.lineUnknown, orderErrors.unitDiffers],
  permission: 'order.return',
  on: { http: 'POST /orders/:orderId/returns', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ orderId, lines, reason }, { db, newId, clock, audit }: OrderContext) => {
    const order = await lockOrder(db, orderId);
    const { delivered_at: deliveredAt, return_days: days } = order;
    const until = deliveredAt === null ? null : new Date(deliveredAt.getTime() + days * DAY_MS);
    if (until !== null && until < clock()) return refuse(orderErrors.windowOver({ until: until.toISOString() }));
    const known = await orderLines(db, orderId);
    const wanted = new Map<number, bigint>();
    for (const { line, quantity } of lines) {
      const row = known.find((one) => one.line_no === line);
      if (row === undefined) return refuse(orderErrors.lineUnknown({ line }));
      if (row.uom !== quantity.uom) return refuse(orderErrors.unitDiffers({ line, sku: row.sku, uom: row.uom }));
      wanted.set(line, (wanted.get(line) ?? 0n) + quantity.micros);
    }
    const id = newId(ReturnId);
    await db.insertInto('orders.returns').values({ id, order_id: orderId, reason, resolution: null }).execute();
    // Whether as much has left, and not been asked back before, the database decides.
    await db
      .insertInto('orders.return_lines')
      .values(
        [...wanted].map(([line, micros]) => ({
          return_id: id,
          order_id: orderId,
          line_no: line,
          quantity: microsText(micros),
        })),
      )
      .execute();
    await remember(db, orderId, 'return_requested', { reason });
    audit({ subject: id, reason, after: { orderId, lines: wanted.size } });
    return { id, orderId, state: 'requested', version: 1 };
  },
});

async function move({ db, audit }: OrderContext, id: ReturnId, to: ReturnState, resolution?: string) {
  const row = await lockReturn(db, id);
  const answer = { id, orderId: row.order_id as OrderId, state: to };
  // Asking twice is no mistake.
  if (row.state === to) return { ...answer, version: row.version };
  requireStep(nextReturnStates, row.state, to);
  const version = await changeReturn(db, id, { state: to, ...(resolution === undefined ? {} : { resolution }) });
  await remember(db, row.order_id, `return_${to}`);
  audit({ subject: id, before: { state: row.state }, after: { state: to } });
  return { ...answer, version };
}

export const approveReturn = useCase('order.approve-return', {
  summary: 'Lets goods come back.',
  input: z.strictObject(ofReturn),
  output: ReturnMoved,
  errors: [],
  permission: 'order.handle-returns',
  on: { http: 'POST /returns/:returnId/approve', graphql: 'mutation', grpc: true, mcp: true },
  run: ({ returnId }, context: OrderContext) => move(context, returnId, 'approved'),
});

export const rejectReturn = useCase('order.reject-return', {
  summary: 'Says that goods may not come back, and why.',
  input: z.strictObject({ ...ofReturn, reason: text({ max: 500 }) }),
  output: ReturnMoved,
  errors: [],
  permission: 'order.handle-returns',
  on: { http: 'POST /returns/:returnId/reject', graphql: 'mutation', grpc: true, mcp: true },
  run: ({ returnId, reason }, context: OrderContext) => move(context, returnId, 'rejected', reason),
});

export const closeReturn = useCase('order.close-return', {
  summary: 'Says that nothing is left to do for a return.',
  input: z.strictObject(ofReturn),
  output: ReturnMoved,
  errors: [],
  permission: 'order.handle-returns',
  on: { http: 'POST /returns/:returnId/close', graphql: 'mutation', grpc: true },
  run: ({ returnId }, context: OrderContext) => move(context, returnId, 'closed'),
});

export const receiveReturn = useCase('order.receive-return', {
  summary: 'Takes down what came back: all of it unless told.',
  input: z.strictObject({
    ...ofReturn,
    lines: z
      .array(z.strictObject({ line: z.int().min(1), quantity: z.string().min(1).max(40) }))
      .max(MAX_LINES)
      .optional(),
  }),
  output: ReturnMoved,
  errors: [orderErrors.overReceived, orderErrors.lineUnknown],
  permission: 'order.handle-returns',
  on: { http: 'POST /returns/:returnId/receive', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ returnId, lines: told }, { db, emit, audit }: OrderContext) => {
    const row = await lockReturn(db, returnId);
    requireStep(nextReturnStates, row.state, 'received');
    const lines = await returnLines(db, returnId);
    const stranger = told?.find(({ line }) => !lines.some((one) => one.line_no === line));
    if (stranger !== undefined) return refuse(orderErrors.lineUnknown({ line: stranger.line }));
    for (const { line_no: line, quantity } of lines) {
      const said = told?.filter((one) => one.line === line).map((one) => parseMicros(one.quantity));
      const received = said === undefined ? parseMicros(quantity) : said.reduce((sum, one) => sum + one, 0n);
      if (received < 0n || received > parseMicros(quantity)) {
        return refuse(orderErrors.overReceived({ line, wanted: quantity, received: microsText(received) }));
      }
      // oxlint-disable-next-line no-await-in-loop -- few lines, one connection.
      await db
        .updateTable('orders.return_lines')
        .set({ received: microsText(received) })
        .where('return_id', '=', returnId)
        .where('line_no', '=', line)
        .execute();
    }
    const version = await changeReturn(db, returnId, { state: 'received' });
    const order = await lockOrder(db, row.order_id);
    await remember(db, order.id, 'return_received');
    emit(
      returnReceived.of({
        subject: returnId,
        data: { orderId: order.id as OrderId, number: order.label, returnId },
      }),
    );
    audit({ subject: returnId, after: { state: 'received' } });
    return { id: returnId, orderId: order.id as OrderId, state: 'received', version };
  },
});
