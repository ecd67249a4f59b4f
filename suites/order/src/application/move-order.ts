import { type Decision, isRefused, refuseStale, useCase } from '@ashlar/kernel';
import { PositiveQuantity, text } from '@ashlar/kernel/values';
import { z } from 'zod';
import { remember } from '../adapters/history.ts';
import { changeOrder, lockOrder, type OrderRow, stateOf } from '../adapters/orders.ts';
import { ChangeId, OrderId, type ReturnId } from '../domain/ids.ts';
import { orderErrors } from '../domain/order-errors.ts';
import { orderCompleted, orderConfirmed, orderHeld, orderResumed } from '../domain/order-events.ts';
import { askToCancel, goOn, moveTo, type OrderStatus } from '../domain/order-status.ts';
import { askToEnd, cancelSome } from './changes/begin-change.ts';
import { MAX_LINES, type OrderContext } from './order-context.ts';

export const OrderMoved = z.object({
  id: OrderId,
  number: z.string(),
  status: z.string(),
  isBeingCancelled: z.boolean(),
  version: z.int(),
});
const ofOrder = { orderId: OrderId, expectedVersion: z.int().optional() };
export const Why = text({ max: 500 });

const movedOf = (row: OrderRow, status: OrderStatus, version: number): z.output<typeof OrderMoved> => ({
  id: row.id as OrderId,
  number: row.label,
  status,
  isBeingCancelled: row.cancel_reason !== null,
  version,
});

type Given = { readonly orderId: OrderId; readonly expectedVersion?: number | undefined; readonly reason?: string };

/** Moves an order along its table; `decide` says where to, or that it is there. */
async function move(
  { orderId, expectedVersion, reason }: Given,
  { db, emit, audit }: OrderContext,
  decide: (state: Awaited<ReturnType<typeof stateOf>>) => Decision<OrderStatus>,
  fact: typeof orderConfirmed | typeof orderHeld | typeof orderCompleted,
) {
  const row = await lockOrder(db, orderId);
  const stale = refuseStale(row.version, expectedVersion, { id: orderId, version: row.version, status: row.status });
  if (stale !== null) return stale;
  const decision = decide(await stateOf(db, row));
  if (!decision.accepted) return decision;
  const [status] = decision.events;
  if (status === undefined) return movedOf(row, row.status, row.version);
  const version = await changeOrder(db, orderId, { status, status_reason: reason ?? null });
  await remember(db, orderId, status, reason === undefined ? {} : { reason });
  // Ids out of our own tables are what they were when they were made.
  const exchangeOf = row.exchange_of as ReturnId | null;
  const data = { orderId, number: row.label, reason: reason ?? '', exchangeOf };
  emit(fact.of({ subject: orderId, data }));
  audit({
    subject: orderId,
    before: { status: row.status },
    after: { status },
    ...(reason === undefined ? {} : { reason }),
  });
  return movedOf(row, status, version);
}

export const confirmOrder = useCase('order.confirm-order', {
  summary: 'Lets an order be fulfilled.',
  input: z.strictObject(ofOrder),
  output: OrderMoved,
  errors: [orderErrors.beingCancelled],
  permission: 'order.confirm',
  on: { http: 'POST /orders/:orderId/confirm', graphql: 'mutation', grpc: true, mcp: true },
  run: (input, context: OrderContext) => move(input, context, (state) => goOn(state, 'confirmed'), orderConfirmed),
});

export const holdOrder = useCase('order.hold-order', {
  summary: 'Lets an order wait.',
  input: z.strictObject({ ...ofOrder, reason: Why }),
  output: OrderMoved,
  errors: [orderErrors.beingCancelled],
  permission: 'order.hold',
  on: { http: 'POST /orders/:orderId/hold', graphql: 'mutation', grpc: true, mcp: true },
  run: (input, context: OrderContext) => move(input, context, (state) => goOn(state, 'on_hold'), orderHeld),
});

export const resumeOrder = useCase('order.resume-order', {
  summary: 'Lets an order that waits go on; of one on account, that the customer may owe it.',
  input: z.strictObject(ofOrder),
  output: OrderMoved,
  errors: [orderErrors.beingCancelled],
  permission: 'order.hold',
  on: { http: 'POST /orders/:orderId/resume', graphql: 'mutation', grpc: true, mcp: true },
  run: (input, context: OrderContext) => move(input, context, (state) => goOn(state, 'placed'), orderResumed),
});

export const completeOrder = useCase('order.complete-order', {
  summary: 'Says that nothing is left to do for an order; what follows is a return.',
  input: z.strictObject(ofOrder),
  output: OrderMoved,
  errors: [],
  permission: 'order.confirm',
  on: { http: 'POST /orders/:orderId/complete', graphql: 'mutation', grpc: true, mcp: true },
  run: (input, context: OrderContext) => move(input, context, (state) => moveTo(state, 'completed'), orderCompleted),
});

export const cancelOrder = useCase('order.cancel-order', {
  summary: 'Asks that an order be cancelled, or some of it; it is once its money, invoice and hold are given back.',
  input: z.strictObject({
    ...ofOrder,
    reason: Why,
    lines: z
      .array(z.strictObject({ line: z.int().min(1), quantity: PositiveQuantity }))
      .min(1)
      .max(MAX_LINES)
      .optional()
      .describe('All of it unless told'),
  }),
  output: OrderMoved.extend({ changeId: ChangeId.nullable().describe('What cancels some of it') }),
  errors: [
    orderErrors.hasShippedLines,
    orderErrors.exceedsOpenQty,
    orderErrors.lineUnknown,
    orderErrors.unitDiffers,
    orderErrors.notChangeable,
    orderErrors.beingCancelled,
  ],
  permission: 'order.cancel',
  on: { http: 'POST /orders/:orderId/cancel', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ orderId, expectedVersion, reason, lines }, context: OrderContext) => {
    const { db, audit } = context;
    const row = await lockOrder(db, orderId);
    const stale = refuseStale(row.version, expectedVersion, { id: orderId, version: row.version, status: row.status });
    if (stale !== null) return stale;
    const ended = { ...row, cancel_reason: reason };
    if (lines !== undefined) {
      const begun = await cancelSome(context, row, lines, { kind: 'cancellation', reason });
      if (isRefused(begun)) return begun;
      const { changeId, version } = begun;
      return { ...movedOf(changeId === null ? ended : row, row.status, version), changeId };
    }
    const decision = askToCancel(await stateOf(db, row));
    if (!decision.accepted) return decision;
    if (decision.events.length === 0) return { ...movedOf(row, row.status, row.version), changeId: null };
    const version = await askToEnd(context, row, reason);
    audit({ subject: orderId, reason, after: { isBeingCancelled: true } });
    return { ...movedOf(ended, row.status, version), changeId: null };
  },
});
