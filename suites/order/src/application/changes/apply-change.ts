import { commonErrors, refuse, useCase } from '@ashlar/kernel';
import { type Currency, money } from '@ashlar/kernel/values';
import { z } from 'zod';
import {
  cancelMarked,
  changesUnderWay,
  insertAddedLines,
  lockChange,
  loweringsOf,
  markLeaving,
  moveChange,
  setPromised,
} from '../../adapters/changes.ts';
import { remember } from '../../adapters/history.ts';
import { changeOrder, lockOrder, orderLines, stateOf } from '../../adapters/orders.ts';
import { invoicedLines } from '../../adapters/returns.ts';
import { nextChangeStates } from '../../domain/change-order.ts';
import { ChangeId, InvoiceId, type OrderId, type VariantId } from '../../domain/ids.ts';
import { orderErrors } from '../../domain/order-errors.ts';
import { orderChanged } from '../../domain/order-events.ts';
import { requireStep } from '../../domain/order-status.ts';
import { creditsOfCancelled } from '../../domain/plan-credits.ts';
import type { OrderContext, OrderQuery } from '../order-context.ts';
import { Standing, standingOf, statusAfter } from '../standing.ts';
import { askToEnd } from './begin-change.ts';

const ofChange = { changeId: ChangeId };

export const admitChange = useCase('order.admit-change', {
  summary: 'Takes down that the money for a change is there.',
  input: z.strictObject(ofChange),
  output: z.object({ id: ChangeId, state: z.string() }),
  errors: [],
  permission: 'order.process',
  on: { grpc: true },
  run: async ({ changeId }, { db, audit }: OrderContext) => {
    const change = await lockChange(db, changeId);
    if (change.state === 'accepted') return { id: changeId, state: 'accepted' };
    requireStep(nextChangeStates, change.state, 'accepted');
    await moveChange(db, changeId, 'accepted');
    await remember(db, change.order_id, 'change_accepted', { change: change.number, kind: change.kind });
    audit({ subject: change.order_id, after: { change: change.number, state: 'accepted' } });
    return { id: changeId, state: 'accepted' };
  },
});

export const creditsOfChange = useCase('order.credits-of-change', {
  kind: 'query',
  summary: 'What of which invoice a change takes back: what is invoiced of what it cancels.',
  input: z.strictObject(ofChange),
  output: z.object({
    credits: z.array(
      z.object({ invoiceId: InvoiceId, lines: z.array(z.object({ line: z.int(), quantity: z.string() })) }),
    ),
  }),
  errors: [],
  permission: 'order.read',
  on: { http: 'GET /changes/:changeId/credits', graphql: 'query', grpc: true },
  run: async ({ changeId }, { db }: OrderQuery) => {
    const change = await db
      .selectFrom('orders.order_changes')
      .selectAll()
      .where('id', '=', changeId)
      .executeTakeFirst();
    if (change === undefined) return refuse(commonErrors.notFound({ what: 'change', id: changeId }));
    const [lines, invoiced] = await Promise.all([orderLines(db, change.order_id), invoicedLines(db, change.order_id)]);
    const credits = creditsOfCancelled(lines, invoiced, loweringsOf(change.patch));
    return {
      credits: credits.map(({ invoiceId, lines: taken }) => ({
        invoiceId: invoiceId as InvoiceId,
        lines: [...taken],
      })),
    };
  },
});

export const applyChange = useCase('order.apply-change', {
  summary: 'Changes an order, once stock and money are as the change needs them.',
  input: z.strictObject({
    ...ofChange,
    promised: z
      .array(z.strictObject({ line: z.int().min(1), quantity: z.string().max(40) }))
      .max(100_000)
      .describe('What of its lines is still to come into the stock'),
  }),
  output: Standing,
  errors: [orderErrors.exceedsInvoiceable, orderErrors.exceedsOpenQty],
  permission: 'order.process',
  on: { grpc: true },
  run: async ({ changeId, promised }, context: OrderContext) => {
    const { db, emit, audit } = context;
    const change = await lockChange(db, changeId);
    const before = await lockOrder(db, change.order_id);
    const orderId = before.id as OrderId;
    if (change.state === 'applied') return standingOf(db, orderId);
    requireStep(nextChangeStates, change.state, 'applied');
    const { patch, reason } = change;
    await cancelMarked(db, orderId, patch);
    await insertAddedLines(db, change, patch.added);
    const isNew = (line: number): boolean => patch.added.some((one) => one.line === line);
    await setPromised(
      db,
      orderId,
      promised.filter(({ line }) => isNew(line)),
      true,
    );
    await setPromised(
      db,
      orderId,
      promised.filter(({ line }) => !isNew(line)),
      false,
    );
    await moveChange(db, changeId, 'applied');
    await changeOrder(db, orderId, { status: await statusAfter(db, before) });
    await remember(db, orderId, 'changed', { change: change.number, kind: change.kind, reason });
    const standing = await standingOf(db, orderId);
    const currency = before.currency as Currency;
    emit(
      orderChanged.of({
        subject: orderId,
        data: {
          orderId,
          number: before.label,
          changeId,
          kind: change.kind,
          reason,
          delta: money(change.added_total - change.cancelled_total, currency),
          worth: standing.worth,
          added: patch.added.map(({ line, variantId, quantity, uom, isStocked }) => ({
            line,
            variantId: variantId as VariantId,
            quantity: { value: quantity, uom },
            isStocked,
          })),
          cancelled: [...patch.cancelled],
        },
      }),
    );
    audit({ subject: orderId, reason, after: { change: change.number, state: 'applied' } });
    const isNothingLeft = standing.lines.every(({ wanted }) => wanted === '0');
    const order = await lockOrder(db, orderId);
    if (isNothingLeft && order.cancel_reason === null && (await changesUnderWay(db, orderId)).length === 0) {
      const { isUnderWay } = await stateOf(db, order);
      if (!isUnderWay) await askToEnd(context, order, reason);
    }
    return standing;
  },
});

export const rejectChange = useCase('order.reject-change', {
  summary: 'Takes down that a change came to nothing, and why; the order stays as it was.',
  input: z.strictObject({ ...ofChange, reason: z.string().min(1).max(500) }),
  output: Standing,
  errors: [],
  permission: 'order.process',
  on: { grpc: true },
  run: async ({ changeId, reason }, { db, audit }: OrderContext) => {
    const change = await lockChange(db, changeId);
    const order = await lockOrder(db, change.order_id);
    // Somebody may have withdrawn it meanwhile.
    if (change.state !== 'rejected' && change.state !== 'withdrawn') {
      requireStep(nextChangeStates, change.state, 'rejected');
      await moveChange(db, changeId, 'rejected', reason);
      if (change.state !== 'proposed') await markLeaving(db, order.id, loweringsOf(change.patch), -1n);
      await changeOrder(db, order.id, { status: await statusAfter(db, order) });
      await remember(db, order.id, 'change_rejected', { change: change.number, reason });
      audit({ subject: order.id, reason, after: { change: change.number, state: 'rejected' } });
    }
    return standingOf(db, order.id);
  },
});
