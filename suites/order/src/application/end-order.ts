import { commonErrors, refuse, useCase } from '@ashlar/kernel';
import { microsText, parseMicros } from '@ashlar/kernel/values';
import { z } from 'zod';
import { remember } from '../adapters/history.ts';
import { addToLines, changeOrder, lockOrder, orderLines, type OrderRow, stateOf } from '../adapters/orders.ts';
import { OrderId, type ReturnId } from '../domain/ids.ts';
import { orderErrors } from '../domain/order-errors.ts';
import { orderCancelled, orderRejected } from '../domain/order-events.ts';
import { moveTo } from '../domain/order-status.ts';
import { changesUnderWay, loweringsOf, markLeaving, moveChange, setPromised } from '../adapters/changes.ts';
import { OrderMoved, Why } from './move-order.ts';
import type { OrderContext } from './order-context.ts';
import { Standing, standingOf } from './standing.ts';

export const endOrder = useCase('order.end-order', {
  summary: 'Ends an order of which nothing is left to undo: cancelled, or rejected where it could not be had.',
  input: z.strictObject({ orderId: OrderId, as: z.enum(['cancelled', 'rejected']), reason: Why }),
  output: OrderMoved,
  errors: [orderErrors.hasShippedLines, orderErrors.notRejectable],
  permission: 'order.process',
  on: { grpc: true },
  run: async ({ orderId, as, reason }, { db, emit, audit }: OrderContext) => {
    const row = await lockOrder(db, orderId);
    const state = await stateOf(db, row);
    if (state.isUnderWay) return refuse(orderErrors.hasShippedLines());
    // Somebody had it wait before it turned out that it cannot be had.
    const status = as === 'rejected' && row.status !== 'placed' && row.status !== 'rejected' ? 'cancelled' : as;
    const decision = moveTo(state, status);
    if (!decision.accepted) return decision;
    const answer = { id: orderId, number: row.label, status, isBeingCancelled: false };
    if (decision.events.length === 0) return { ...answer, version: row.version };
    const lines = await orderLines(db, orderId);
    if (lines.some(({ qty_invoiced: invoiced }) => parseMicros(invoiced) > 0n))
      return refuse(orderErrors.notRejectable());
    // What was to be cancelled of it is, with the rest; what was to be added is not.
    for (const change of await changesUnderWay(db, orderId)) {
      // oxlint-disable-next-line no-await-in-loop -- few changes, one connection.
      await markLeaving(db, orderId, loweringsOf(change.patch), -1n);
      // oxlint-disable-next-line no-await-in-loop
      await moveChange(db, change.id, 'rejected', reason);
    }
    const open = lines.map((line) => ({
      line: line.line_no,
      quantity: microsText(parseMicros(line.quantity) - parseMicros(line.qty_cancelled)),
    }));
    await addToLines(
      db,
      orderId,
      'qty_cancelled',
      open.filter(({ quantity }) => quantity !== '0'),
    );
    const version = await changeOrder(db, orderId, { status, status_reason: reason, credit: 0n });
    await remember(db, orderId, status, { reason });
    const fact = status === 'cancelled' ? orderCancelled : orderRejected;
    emit(fact.of({ subject: orderId, data: { ...answerData(row), reason } }));
    audit({ subject: orderId, reason, before: { status: row.status }, after: { status } });
    return { ...answer, version };
  },
});

export const noteReservation = useCase('order.note-reservation', {
  summary: 'Takes down what the stock holds for an order; what it could not be given is cancelled.',
  input: z.strictObject({
    orderId: OrderId,
    holdId: z.uuid().nullable(),
    held: z
      .array(
        z.strictObject({
          line: z.int().min(1),
          quantity: z.string().max(40),
          promised: z.string().max(40).default('0').describe('Of the quantity, what is still to come into the stock'),
        }),
      )
      .max(100_000),
  }),
  output: Standing.extend({ id: OrderId, cancelled: z.int().describe('Lines that are not had, or not all of them') }),
  errors: [orderErrors.lineUnknown],
  permission: 'order.process',
  on: { grpc: true },
  run: async ({ orderId, holdId, held }, { db, audit }: OrderContext) => {
    const row = await lockOrder(db, orderId);
    if (row.status !== 'placed' && row.status !== 'on_hold') {
      return refuse(commonErrors.illegalTransition({ from: row.status, to: 'placed', allowed: [] }));
    }
    const sums = new Map<number, bigint>();
    for (const { line, quantity } of held) sums.set(line, (sums.get(line) ?? 0n) + parseMicros(quantity));
    const lines = await orderLines(db, orderId);
    const unknown = [...sums.keys()].find((line) => !lines.some((one) => one.line_no === line));
    if (unknown !== undefined) return refuse(orderErrors.lineUnknown({ line: unknown }));
    // What it is to be, less what it is: told twice it stays.
    const reserved = lines.map((line) => ({
      line: line.line_no,
      quantity: microsText((sums.get(line.line_no) ?? 0n) - parseMicros(line.qty_reserved)),
    }));
    const short = lines.flatMap((line) => {
      if (!line.is_stocked) return [];
      const open = parseMicros(line.quantity) - parseMicros(line.qty_cancelled);
      const missing = open - (sums.get(line.line_no) ?? 0n);
      return missing > 0n && holdId !== null ? [{ line: line.line_no, quantity: microsText(missing) }] : [];
    });
    const nothing = lines.map(({ line_no: line }) => ({ line, quantity: '0' }));
    await setPromised(db, orderId, nothing, false);
    await addToLines(db, orderId, 'qty_reserved', reserved);
    await addToLines(db, orderId, 'qty_cancelled', short);
    await setPromised(db, orderId, promisedOf(held), true);
    await changeOrder(db, orderId, { hold_id: holdId });
    if (short.length > 0) await remember(db, orderId, 'short', { lines: short.slice(0, 50) });
    audit({ subject: orderId, after: { holdId, short: short.length } });
    return { id: orderId, cancelled: short.length, ...(await standingOf(db, orderId)) };
  },
});

function answerData({ id, label: number, exchange_of: exchangeOf }: OrderRow) {
  // Ids out of our own tables are what they were when they were made.
  return { orderId: id as OrderId, number, exchangeOf: exchangeOf as ReturnId | null };
}

function promisedOf(
  held: readonly { readonly line: number; readonly promised: string }[],
): readonly { readonly line: number; readonly quantity: string }[] {
  return [...Map.groupBy(held, ({ line }) => line)].map(([line, parts]) => ({
    line,
    quantity: microsText(parts.reduce((sum, { promised }) => sum + parseMicros(promised), 0n)),
  }));
}
