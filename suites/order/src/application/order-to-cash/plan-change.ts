import { sagaStep, type SagaStep } from '@ashlar/kernel';
import { microsText, parseMicros } from '@ashlar/kernel/values';
import { creditInvoice, releaseHold, requestPayment, reserveStock } from '../../adapters/contracts.ts';
import { admitChange, applyChange, creditsOfChange, rejectChange } from '../changes/apply-change.ts';
import { ORDER_SOURCE } from '../order-context.ts';
import { type CashState, type Change, isDone, nameOf, openChanges } from './cash-state.ts';
import { noteSteps } from './common-steps.ts';
import { heldByLine, promisedByLine } from './held-places.ts';
import { creditOf, deltaOf, dueInAllOf, larger, moneyOf, smaller, sum } from './money.ts';

/**
 * What is done for changes of an order. What is added is held first, then paid; what is cancelled is given up and
 * credited; only then the order is changed. What is cancelled is in no parcel meanwhile, so nothing of it leaves.
 */
export function planChanges(state: CashState): readonly SagaStep[] {
  return Object.entries(state.changes).flatMap(([id, change]) => {
    if (change.ended !== null) return isDone(state, `reject:${id}`) ? [] : giveUp(state, id, change, change.ended);
    return change.isApplied ? [] : goAhead(state, id, change);
  });
}

function goAhead(state: CashState, id: string, change: Change): readonly SagaStep[] {
  const step = (what: string): string => nameOf(state, `${what}:${id}`);
  const stocked = change.added.filter(({ isStocked }) => isStocked);
  if (stocked.length > 0 && !isDone(state, `reserve:${id}`)) return [reserve(state, step('reserve'), stocked)];
  if (change.isPaymentNeeded) {
    const missing = missingFor(state, id, change);
    if (missing <= 0n) return [sagaStep(step('admit'), admitChange, { changeId: id })];
    return state.placed?.tender === 'online' && !isDone(state, `pay:${id}`)
      ? [ask(state, step('pay'), smaller(missing, deltaOf(change)))]
      : [];
  }
  const shrunk = shrink(state, step('shrink'), change);
  if (shrunk !== null && !isDone(state, `shrink:${id}`)) return [shrunk];
  if (change.cancelled.length > 0) {
    // What was to be invoiced before it was heard of has to be, so that it can be taken back.
    if (Object.values(state.bills).some((invoice) => invoice !== null && invoice !== undefined)) return [];
    const notes = noteSteps(state).filter(({ name }) => state.done[name] !== true);
    if (notes.length > 0) return notes;
    if (change.credits === null) return [sagaStep(step('find-credits'), creditsOfChange, { changeId: id })];
    const credits = change.credits.filter(({ invoiceId }) => !isDone(state, `credit:${invoiceId}:${id}`));
    if (credits.length > 0) {
      return credits.map(({ invoiceId, lines }) =>
        sagaStep(nameOf(state, `credit:${invoiceId}:${id}`), creditInvoice, {
          invoiceId,
          lines: [...lines],
          reason: change.reason,
        }),
      );
    }
  }
  const lines = [...change.added, ...change.cancelled].map(({ line }) => line);
  return [sagaStep(step('apply'), applyChange, { changeId: id, promised: promisedByLine(state, lines) })];
}

function reserve({ placed, hold, orderId }: CashState, name: string, stocked: Change['added']): SagaStep {
  const whenShort = placed?.policy.whenShort;
  return sagaStep(name, reserveStock, {
    source: { type: ORDER_SOURCE, id: orderId },
    ...(hold === null ? {} : { holdId: hold.id }),
    lines: stocked.map(({ line, variantId, quantity }) => ({ line, itemId: variantId, quantity })),
    // Somebody agreed to a price for all of it.
    allowPartial: false,
    allowBackorder: whenShort === 'backorder',
  });
}

/** What has to come before a change may go ahead. Money of others that go ahead is theirs. */
function missingFor(state: CashState, id: string, change: Change): bigint {
  const others = openChanges(state).filter(([other, { isPaymentNeeded }]) => other !== id && !isPaymentNeeded);
  const theirs = sum(others.map(([, other]) => larger(deltaOf(other), 0n)));
  return dueInAllOf(state) + theirs + deltaOf(change) - moneyOf(state) - creditOf(state);
}

function ask({ placed, orderId }: CashState, name: string, amountMinor: bigint): SagaStep {
  return sagaStep(name, requestPayment, {
    provider: placed?.policy.provider ?? '',
    ...(placed?.customerId == null ? {} : { partyId: placed.customerId }),
    amount: { amount: amountMinor.toString(), currency: placed?.total.currency ?? '' },
    source: { type: ORDER_SOURCE, id: orderId },
  });
}

/** What is held of what is cancelled; null where nothing is. */
function shrink(state: CashState, name: string, { cancelled }: Pick<Change, 'cancelled'>): SagaStep | null {
  const { hold } = state;
  if (hold === null) return null;
  const held = heldByLine(state);
  const lines = cancelled.flatMap(({ line, quantity }) => {
    const of = held.get(line);
    const micros = smaller(of?.left ?? 0n, parseMicros(quantity));
    return of === undefined || micros <= 0n ? [] : [{ line, quantity: { value: microsText(micros), uom: of.uom } }];
  });
  return lines.length === 0 ? null : sagaStep(name, releaseHold, { holdId: hold.id, lines });
}

/** It comes to nothing: what was held for it is free again, and the order stays as it was. */
function giveUp(state: CashState, id: string, change: Change, reason: string): readonly SagaStep[] {
  const added = change.added.map(({ line, quantity }) => ({ line, quantity: quantity.value }));
  const free = shrink(state, nameOf(state, `unreserve:${id}`), { cancelled: added });
  if (free !== null && !isDone(state, `unreserve:${id}`)) return [free];
  return [sagaStep(nameOf(state, `reject:${id}`), rejectChange, { changeId: id, reason })];
}
