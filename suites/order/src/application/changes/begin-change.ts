import { commonErrors, type Refused, refuse } from '@ashlar/kernel';
import { type Currency, microsText, money } from '@ashlar/kernel/values';
import {
  type ChangeRow,
  changeableLines,
  changesUnderWay,
  insertChange,
  loweringsOf,
  markLeaving,
} from '../../adapters/changes.ts';
import { remember } from '../../adapters/history.ts';
import { changeOrder, orderLines, type OrderRow } from '../../adapters/orders.ts';
import { leavesNothing, type LineWish, lowerBy, mayChange, worthOf } from '../../domain/change-order.ts';
import { ChangeId, type OrderId, type VariantId } from '../../domain/ids.ts';
import { orderCancelRequested, orderChangeAccepted } from '../../domain/order-events.ts';
import type { OrderContext } from '../order-context.ts';

/** What was begun: a change, or the cancelling of the whole order where nothing would be left of it. */
export interface Begun {
  readonly changeId: ChangeId | null;
  readonly version: number;
}

/**
 * Cancels some of a locked order. What was done for it is undone first: until then it is marked, and in no parcel.
 */
export async function cancelSome(
  context: OrderContext,
  order: OrderRow,
  wishes: readonly LineWish[],
  { kind, reason }: { readonly kind: 'cancellation' | 'short_pick'; readonly reason: string },
): Promise<Begun | Refused> {
  const { db, newId } = context;
  const orderId = order.id as OrderId;
  const allowed = mayChange(order.status, order.cancel_reason);
  if (!allowed.accepted) return allowed;
  const lines = await changeableLines(db, orderId);
  const decision = lowerBy(lines, wishes);
  if (!decision.accepted) return decision;
  if (leavesNothing(lines, decision.events) && (await changesUnderWay(db, orderId)).length === 0) {
    return { changeId: null, version: await askToEnd(context, order, reason) };
  }
  if (await isStillReserving(context, order)) return refuse(commonErrors.busy());
  const cancelled = decision.events.map(({ line, micros }) => ({ line, quantity: microsText(micros) }));
  const row = await insertChange(db, {
    id: newId(ChangeId),
    orderId,
    kind,
    state: 'accepted',
    reason,
    patch: { added: [], cancelled },
    addedMinor: 0n,
    cancelledMinor: worthOf(lines, decision.events),
    expiresAt: null,
  });
  return { changeId: row.id as ChangeId, version: await beginChange(context, order, row, 'accepted') };
}

/** Says that somebody wants all of a locked order cancelled. @returns Its new version. */
export async function askToEnd({ db, emit }: OrderContext, order: OrderRow, reason: string): Promise<number> {
  const orderId = order.id as OrderId;
  const version = await changeOrder(db, orderId, { cancel_reason: reason });
  await remember(db, orderId, 'cancel_requested', { reason });
  emit(orderCancelRequested.of({ subject: orderId, data: { orderId, number: order.label, reason } }));
  return version;
}

/** What the stock holds for an order has to be known before any of it is changed. */
export async function isStillReserving({ db }: OrderContext, order: OrderRow): Promise<boolean> {
  if (order.hold_id !== null) return false;
  return (await orderLines(db, order.id)).some((line) => line.is_stocked && line.change_id === null);
}

/** Sends a change on its way. @returns The order's new version. */
export async function beginChange(
  { db, emit, audit }: OrderContext,
  order: OrderRow,
  change: ChangeRow,
  state: 'accepted' | 'payment_needed',
): Promise<number> {
  const orderId = order.id as OrderId;
  const currency = order.currency as Currency;
  const { patch, kind, reason } = change;
  await markLeaving(db, orderId, loweringsOf(patch), 1n);
  const version = await changeOrder(db, orderId, {});
  await remember(db, orderId, `change_${state}`, { change: change.number, kind, reason });
  emit(
    orderChangeAccepted.of({
      subject: orderId,
      data: {
        orderId,
        number: order.label,
        changeId: change.id as ChangeId,
        kind,
        reason,
        isPaymentNeeded: state === 'payment_needed',
        addedTotal: money(change.added_total, currency),
        cancelledTotal: money(change.cancelled_total, currency),
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
  audit({ subject: orderId, reason, after: { change: change.number, kind, state } });
  return version;
}
