import { commonErrors, refuse, refuseStale, useCase } from '@ashlar/kernel';
import { type Currency, money } from '@ashlar/kernel/values';
import { z } from 'zod';
import {
  type ChangeRow,
  changeableLines,
  lockChange,
  loweringsOf,
  markLeaving,
  moveChange,
} from '../../adapters/changes.ts';
import { remember } from '../../adapters/history.ts';
import { changeOrder, lockOrder, type OrderRow } from '../../adapters/orders.ts';
import { leavesNothing, lowerBy, mayChange, nextChangeStates } from '../../domain/change-order.ts';
import { ChangeId, type OrderId } from '../../domain/ids.ts';
import { orderErrors } from '../../domain/order-errors.ts';
import { orderChangeWithdrawn } from '../../domain/order-events.ts';
import { requireStep } from '../../domain/order-status.ts';
import type { OrderContext } from '../order-context.ts';
import { statusAfter } from '../standing.ts';
import { beginChange, isStillReserving } from './begin-change.ts';
import { ChangeMoved } from './propose-change.ts';

const ofChange = { changeId: ChangeId, expectedVersion: z.int().optional() };

function movedOf(
  { id, number, order_id: orderId, added_total: added, cancelled_total: cancelled }: ChangeRow,
  { currency }: OrderRow,
  state: ChangeRow['state'],
  version: number,
): z.output<typeof ChangeMoved> {
  const delta = money(added - cancelled, currency as Currency);
  return { id: id as ChangeId, orderId: orderId as OrderId, number, state, delta, version };
}

export const acceptChange = useCase('order.accept-change', {
  summary: 'Lets a proposed change go ahead: at once, or where it costs more and goods are paid first, with the money.',
  input: z.strictObject(ofChange),
  output: ChangeMoved,
  errors: [
    orderErrors.changeExpired,
    orderErrors.notChangeable,
    orderErrors.beingCancelled,
    orderErrors.exceedsOpenQty,
    orderErrors.hasShippedLines,
    orderErrors.nothingLeft,
  ],
  permission: 'order.change',
  on: { http: 'POST /changes/:changeId/accept', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ changeId, expectedVersion }, context: OrderContext) => {
    const { db, clock } = context;
    const change = await lockChange(db, changeId);
    const order = await lockOrder(db, change.order_id);
    const stale = refuseStale(change.version, expectedVersion, { id: changeId, version: change.version });
    if (stale !== null) return stale;
    // Asking twice is no mistake.
    if (change.state === 'payment_needed' || change.state === 'accepted' || change.state === 'applied') {
      return movedOf(change, order, change.state, change.version);
    }
    requireStep(nextChangeStates, change.state, 'accepted');
    if (change.expires_at !== null && change.expires_at <= clock()) {
      return refuse(orderErrors.changeExpired({ until: change.expires_at.toISOString() }));
    }
    const allowed = mayChange(order.status, order.cancel_reason);
    if (!allowed.accepted) return allowed;
    if (await isStillReserving(context, order)) return refuse(commonErrors.busy());
    const lines = await changeableLines(db, order.id);
    // Parcels may have been made since it was proposed.
    const lowered = lowerBy(
      lines,
      loweringsOf(change.patch).map(({ line, micros }) => ({
        line,
        quantity: { micros, uom: lines.find((one) => one.line === line)?.uom ?? '' },
      })),
    );
    if (!lowered.accepted) return lowered;
    if (change.patch.added.length === 0 && leavesNothing(lines, lowered.events)) {
      return refuse(orderErrors.nothingLeft());
    }
    const isPaidFirst = !order.ships_unpaid && change.added_total > change.cancelled_total;
    const state = isPaidFirst ? 'payment_needed' : 'accepted';
    const version = await moveChange(db, changeId, state);
    await beginChange(context, order, change, state);
    return movedOf(change, order, state, version);
  },
});

export const withdrawChange = useCase('order.withdraw-change', {
  summary: 'Gives up a change that is proposed, or waits for its money.',
  input: z.strictObject(ofChange),
  output: ChangeMoved,
  errors: [],
  permission: 'order.change',
  on: { http: 'POST /changes/:changeId/withdraw', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ changeId, expectedVersion }, { db, emit, audit }: OrderContext) => {
    const change = await lockChange(db, changeId);
    const order = await lockOrder(db, change.order_id);
    const stale = refuseStale(change.version, expectedVersion, { id: changeId, version: change.version });
    if (stale !== null) return stale;
    // Asking twice is no mistake.
    if (change.state === 'withdrawn') return movedOf(change, order, 'withdrawn', change.version);
    requireStep(nextChangeStates, change.state, 'withdrawn');
    const version = await moveChange(db, changeId, 'withdrawn');
    await remember(db, order.id, 'change_withdrawn', { change: change.number });
    if (change.state === 'payment_needed') {
      await markLeaving(db, order.id, loweringsOf(change.patch), -1n);
      await changeOrder(db, order.id, { status: await statusAfter(db, order) });
      const data = { orderId: order.id as OrderId, number: order.label, changeId };
      emit(orderChangeWithdrawn.of({ subject: order.id, data }));
    }
    audit({ subject: order.id, after: { change: change.number, state: 'withdrawn' } });
    return movedOf(change, order, 'withdrawn', version);
  },
});
