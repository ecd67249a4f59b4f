import type { DomainEvent } from '@ashlar/kernel';
import { z } from 'zod';
import type { CashState, Change } from './cash-state.ts';
import { shrinkHeld } from './held-places.ts';

const Amount = z.object({ amount: z.string(), currency: z.string() });
const Size = z.object({ value: z.string(), uom: z.string() });
const Lines = z.array(z.object({ line: z.int(), quantity: z.string() }));
const Accepted = z.object({
  changeId: z.string(),
  reason: z.string(),
  isPaymentNeeded: z.boolean(),
  addedTotal: Amount,
  cancelledTotal: Amount,
  added: z.array(z.object({ line: z.int(), variantId: z.string(), quantity: Size, isStocked: z.boolean() })),
  cancelled: Lines,
});
const Credits = z.object({ credits: z.array(z.object({ invoiceId: z.string(), lines: Lines })) });
const Requested = z.object({ id: z.string(), amount: Amount });

export function hearChange(state: CashState, event: DomainEvent): CashState {
  if (event.type === 'order.order.change_withdrawn') {
    return endChange(state, z.object({ changeId: z.string() }).parse(event.data).changeId, 'withdrawn');
  }
  const { changeId, addedTotal, cancelledTotal, ...told } = Accepted.parse(event.data);
  if (state.changes[changeId] !== undefined) return state;
  return putChange(state, changeId, {
    ...told,
    at: event.time,
    addedTotal: addedTotal.amount,
    cancelledTotal: cancelledTotal.amount,
    isApplied: false,
    ended: null,
    credits: null,
    payment: null,
  });
}

/** It comes to nothing, unless it is done already. */
export function endChange(state: CashState, id: string, ended: string): CashState {
  const change = state.changes[id];
  if (change === undefined || change.isApplied || change.ended !== null) return state;
  return putChange(state, id, { ...change, ended });
}

/** What follows from a step that was done for a change. */
export function afterChange(state: CashState, what: string, id: string, output: unknown): CashState {
  const change = state.changes[id];
  if (change === undefined) return state;
  switch (what) {
    case 'pay': {
      const { id: paymentId, amount } = Requested.parse(output);
      const asked = putChange(state, id, { ...change, payment: { id: paymentId, amount: amount.amount } });
      // It may have failed before this was heard.
      return state.failed[paymentId] === true ? endChange(asked, id, 'payment_failed') : asked;
    }
    case 'admit':
      return putChange(state, id, { ...change, isPaymentNeeded: false });
    case 'shrink':
      return shrinkHeld(
        state,
        change.cancelled.map(({ line }) => line),
        output,
      );
    case 'unreserve':
      return shrinkHeld(
        state,
        change.added.map(({ line }) => line),
        output,
      );
    case 'find-credits':
      return putChange(state, id, { ...change, credits: Credits.parse(output).credits });
    case 'apply': {
      const applied = putChange(state, id, { ...change, isApplied: true });
      const { placed } = state;
      return placed === null
        ? applied
        : { ...applied, placed: { ...placed, lines: [...placed.lines, ...change.added] } };
    }
    default:
      return state;
  }
}

function putChange(state: CashState, id: string, change: Change): CashState {
  return { ...state, changes: { ...state.changes, [id]: change } };
}
