import { sagaStep, type SagaPlan, type SagaStep, type SagaTask } from '@ashlar/kernel';
import { allocatePayment, applyCredit, bill, requestPayment, reserveStock } from '../../adapters/contracts.ts';
import { noteCovered } from '../changes/note-covered.ts';
import { noteReservation } from '../end-order.ts';
import { invoiceOfOrder } from '../invoice-of-order.ts';
import { completeOrder, confirmOrder, holdOrder } from '../move-order.ts';
import { ORDER_SOURCE } from '../order-context.ts';
import {
  baseOf,
  type CashState,
  isConfirmed,
  isDone,
  isOnAccount,
  isRefused,
  nameOf,
  openChanges,
} from './cash-state.ts';
import { noteSteps, refundSteps, release, tasksOf, voids } from './common-steps.ts';
import { promisedByLine } from './held-places.ts';
import {
  creditOf,
  dueOf,
  isPaid,
  isSettled,
  leftOf,
  moneyOf,
  openOfInvoice,
  openOfNote,
  owedBack,
  smaller,
  surplusOf,
  usedOf,
} from './money.ts';
import { planChanges } from './plan-change.ts';
import { planParcel } from './plan-parcel.ts';
import { planUndo } from './plan-undo.ts';

const DAY_MS = 86_400_000;

/** What follows from all that is known. */
export function planCash(state: CashState): SagaPlan {
  if (state.placed === null) return { steps: [] };
  if (state.failure !== null) return planUndo(state);
  const refunds = refundSteps(state, owedBack(state), reasonOf(state));
  // What is given back of a credit note settles nothing else.
  const settling = refunds.length > 0 ? allocations(state) : [...creditings(state), ...allocations(state)];
  const all = [...forward(state), ...refunds, ...settling].filter(
    ({ name }) => state.done[name] !== true && state.refused[name] === undefined,
  );
  // A document may be taken down for a change as well as for the order.
  const steps = [...new Map(all.map((step) => [step.name, step])).values()];
  const deadlines = deadlinesOf(state);
  const tasks = [...tasksOf(state), ...moneyTasks(state)];
  return isDone(state, 'complete') ? { steps, tasks, end: 'completed' } : { steps, deadlines, tasks };
}

/** What a person has to decide about money once goods may leave: nothing is undone for its sake then. */
function moneyTasks(state: CashState): SagaTask[] {
  if (!isConfirmed(state)) return [];
  const failed = Object.entries(state.asked).filter(
    ([id, step]) => state.failed[id] === true && step === nameOf(state, baseOf(step)) && !isOfChange(state, step),
  );
  const again = isPaid(state) ? [] : failed.map(([, step]) => ({ name: `fix:${step}`, title: FAILED }));
  if (again.length > 0) return again;
  if (askedBefore(state) && !isSettled(state)) return [{ name: 'unpaid', title: UNPAID }];
  return isOver(state) && surplusOf(state) > 0n && state.settled['surplus'] !== true
    ? [{ name: 'surplus', title: SURPLUS }]
    : [];
}

/** Whether a change asked for it, which came to nothing with it. */
function isOfChange({ changes }: CashState, step: string): boolean {
  return changes[baseOf(step).slice('pay:'.length)] !== undefined;
}

const FAILED = {
  en: 'Goods may have left, and the payment failed: settled, it is asked for again',
  ar: 'ربما غادرت البضاعة وفشل الدفع: عند الإنهاء يُطلب من جديد',
};
const UNPAID = {
  en: 'The money is not there any more; nothing leaves before it is, or before this is settled',
  ar: 'لم يعد المال موجودا؛ لن يغادر شيء قبل وصوله أو قبل إنهاء هذه المهمة',
};
const SURPLUS = {
  en: 'More money came than was owed: it is to be given back, or kept for the customer',
  ar: 'وصل مال أكثر من المستحق: يعاد أو يحفظ للعميل',
};

/** Names in the steps of a whole order; those of a parcel have its id behind a colon. */
function forward(state: CashState): readonly SagaStep[] {
  const { placed, orderId } = state;
  if (placed === null) return [];
  const { policy, tender } = placed;
  const step: SagaStep[] = [];
  const wanted = (line: number): string | undefined => state.wanted?.[line];
  const stocked = placed.lines.filter(({ isStocked, line }) => isStocked && wanted(line) !== '0');
  // What is added later is held by the change that adds it.
  if (stocked.length > 0 && !isDone(state, 'reserve') && !isDone(state, 'note-reservation')) {
    const lines = stocked.map(({ line, variantId, quantity: { value, uom } }) => ({
      line,
      itemId: variantId,
      quantity: { value: wanted(line) ?? value, uom },
    }));
    return [
      sagaStep(nameOf(state, 'reserve'), reserveStock, {
        source: { type: ORDER_SOURCE, id: orderId },
        lines,
        allowPartial: policy.whenShort === 'partial',
        allowBackorder: policy.whenShort === 'backorder',
      }),
    ];
  }
  if (!isDone(state, 'note-reservation')) {
    return [
      sagaStep(nameOf(state, 'note-reservation'), noteReservation, {
        orderId,
        holdId: state.hold?.id ?? null,
        held: (state.hold?.lines ?? []).map(({ line, left, promised }) => ({ line, quantity: left, promised })),
      }),
    ];
  }
  if (isRefused(state, 'bill')) {
    // Nothing is owed, so nothing is kept for it until somebody has looked.
    const reason = state.refused[nameOf(state, 'bill')] ?? '';
    return [...release(state), sagaStep(nameOf(state, 'hold'), holdOrder, { orderId, reason })];
  }
  step.push(...planChanges(state));
  if (state.coverings > 0) {
    const lines = placed.lines.map(({ line }) => line);
    const promised = promisedByLine(state, lines);
    step.push(sagaStep(nameOf(state, `covered:${state.coverings}`), noteCovered, { orderId, promised }));
  }
  if (state.isHeld) return step;
  const asked = askedBefore(state);
  const invoiceNow = policy.invoiceOn === 'place' || (policy.invoiceOn === 'capture' && (!asked || isPaid(state)));
  if (invoiceNow) {
    const missing = billing(state, '');
    if (missing !== null) return [...step, ...missing];
  }
  if (asked && tender === 'online') {
    const request = payment(state, 'pay', dueOf(state) - creditOf(state));
    if (request !== null) step.push(request);
  }
  if (asked && !isSettled(state)) return step;
  if (policy.invoiceOn !== 'ship' && !invoiceNow) return step;
  if (invoiceNow) {
    for (const [id, { isApplied, added }] of Object.entries(state.changes)) {
      if (isApplied && added.length > 0) step.push(...(billing(state, id) ?? []));
    }
  }
  if (!isDone(state, 'confirm')) return [...step, sagaStep(nameOf(state, 'confirm'), confirmOrder, { orderId })];
  for (const [id, parcel] of Object.entries(state.parcels)) {
    step.push(...planParcel(state, id, parcel));
    if (parcel.state !== 'shipped' && parcel.state !== 'delivered') continue;
    const missing = policy.invoiceOn === 'ship' ? billing(state, id) : null;
    if (missing !== null) step.push(...missing);
    else if (tender === 'online' && policy.captureOn === 'ship') {
      const request = isPaid(state) || isAwaited(state) ? null : payment(state, `pay:${id}`, openOf(state));
      if (request !== null) step.push(request);
    }
  }
  // What was asked for twice is paid once: by the one that failed at first and came late.
  if (isPaid(state) && openChanges(state).length === 0) step.push(...voids(state));
  if (isComplete(state)) step.push(sagaStep(nameOf(state, 'complete'), completeOrder, { orderId }));
  return step;
}

/** Whether money comes before the goods leave. */
function askedBefore(state: CashState): boolean {
  return !isOnAccount(state) && state.placed?.policy.captureOn === 'place';
}

/** Asks what there is to bill, bills it and takes it down; null once all that is done. `id`: of one parcel or change. */
function billing(state: CashState, id: string): readonly SagaStep[] | null {
  const of = (what: string): string => (id === '' ? what : `${what}:${id}`);
  const { orderId } = state;
  if (!isDone(state, of('describe'))) {
    const parcel = id === '' || state.changes[id] !== undefined ? {} : { fulfilmentId: id };
    return [sagaStep(nameOf(state, of('describe')), invoiceOfOrder, { orderId, ...parcel })];
  }
  if (!isDone(state, of('bill'))) {
    const invoice = state.bills[id];
    // Everything was invoiced by somebody else.
    if (invoice === null || invoice === undefined) return null;
    return [sagaStep(nameOf(state, of('bill')), bill, invoice as never)];
  }
  const notes = noteSteps(state).filter(({ name }) => state.done[name] !== true && state.refused[name] === undefined);
  return notes.length > 0 ? notes : null;
}

function payment(state: CashState, base: string, amountMinor: bigint): SagaStep | null {
  if (amountMinor <= 0n || isDone(state, base)) return null;
  const { placed, orderId } = state;
  return sagaStep(nameOf(state, base), requestPayment, {
    provider: placed?.policy.provider ?? '',
    ...(placed?.customerId == null ? {} : { partyId: placed.customerId }),
    amount: { amount: amountMinor.toString(), currency: placed?.total.currency ?? '' },
    source: { type: ORDER_SOURCE, id: orderId },
  });
}

/** Whether money was asked for that neither came nor failed: asked again, it would be taken twice. */
function isAwaited(state: CashState): boolean {
  const { asked, failed, payments } = state;
  return Object.keys(asked).some(
    (id) => failed[id] !== true && payments[id] === undefined && !isDone(state, `void:${id}`),
  );
}

/** What is invoiced and neither paid nor taken back. */
function openOf(state: CashState): bigint {
  return dueOf(state) - moneyOf(state) - creditOf(state);
}

/** Lets money settle what it came for. */
function allocations(state: CashState): SagaStep[] {
  const currency = state.placed?.total.currency ?? '';
  const open = new Map(
    Object.entries(state.invoices).map(([id, invoice]) => [id, openOfInvoice(state, id, invoice)] as const),
  );
  return Object.entries(state.payments).flatMap(([paymentId, paid]) => {
    let free = leftOf(paid) - usedOf(paid);
    return [...open].flatMap(([invoiceId, left]) => {
      const part = smaller(left, free);
      if (part <= 0n) return [];
      free -= part;
      open.set(invoiceId, left - part);
      const amount = { amount: part.toString(), currency };
      // The amount is in the name, and what went before it: another one is another step, and never the same key with
      // another input.
      const name = nameOf(state, `allocate:${paymentId}:${invoiceId}:${part}@${paid.used[invoiceId] ?? '0'}`);
      return [sagaStep(name, allocatePayment, { paymentId, invoices: [{ invoiceId, amount }] })];
    });
  });
}

/**
 * Lets credit notes settle what else is invoiced: what changes took back, and what pays an exchange, once goods of it
 * have left. Until then it may be cancelled, and its credit belongs to the customer.
 */
function creditings(state: CashState): SagaStep[] {
  const hasLeft = Object.values(state.parcels).some(({ state: now }) => now === 'shipped' || now === 'delivered');
  const own = Object.values(state.invoices).flatMap(({ notes }) =>
    notes.flatMap((note) => (note.of === null ? [] : [{ id: note.id, free: openOfNote(note) }])),
  );
  const pledged = (hasLeft ? (state.placed?.credits ?? []) : []).map(({ creditNoteId: id, amount }) => ({
    id,
    free: BigInt(amount) - BigInt(state.creditUsed[id] ?? '0'),
  }));
  const currency = state.placed?.total.currency ?? '';
  for (const { id: creditNoteId, free } of [...own, ...pledged]) {
    for (const [invoiceId, invoice] of Object.entries(state.invoices)) {
      const part = smaller(free, openOfInvoice(state, invoiceId, invoice));
      if (part <= 0n || invoice.notes.some(({ id }) => id === creditNoteId)) continue;
      const amount = { amount: part.toString(), currency };
      const name = nameOf(state, `use-credit:${creditNoteId}:${invoiceId}:${part}`);
      // One at a time: what it leaves open decides the next.
      return [sagaStep(name, applyCredit, { creditNoteId, invoiceId, amount })];
    }
  }
  return [];
}

/** Why money goes back: the last change that gave something up. */
function reasonOf({ changes }: CashState): string {
  return Object.values(changes).findLast(({ isApplied, ended }) => isApplied || ended !== null)?.reason ?? 'changed';
}

/** Whether all has arrived, is paid, and may no longer come back. */
function isOver(state: CashState): boolean {
  const { placed, parcels, orderStatus, deliveredAt } = state;
  if (placed === null || orderStatus !== 'fulfilled' || deliveredAt === null) return false;
  if (openChanges(state).length > 0 || owedBack(state) > 0n) return false;
  if (!Object.values(parcels).every((parcel) => parcel.state === 'delivered' || parcel.state === 'refused'))
    return false;
  if (!isOnAccount(state) && !isSettled(state)) return false;
  return placed.policy.returnDays === 0 || state.due['window'] === true;
}

/** Nobody looks at it again: what is left of the customer's money has been seen to. */
function isComplete(state: CashState): boolean {
  return isOver(state) && !isAwaited(state) && (surplusOf(state) <= 0n || state.settled['surplus'] === true);
}

function deadlinesOf(state: CashState): { name: string; at: Date }[] {
  const { placed, deliveredAt, due } = state;
  if (placed === null) return [];
  const at: { name: string; at: Date }[] = [];
  const { paymentMinutes, returnDays } = placed.policy;
  const isWaiting = askedBefore(state) && !isPaid(state) && !isConfirmed(state);
  if (placed.tender === 'online' && isWaiting && due['payment'] !== true) {
    at.push({ name: 'payment', at: new Date(Date.parse(placed.at) + paymentMinutes * 60_000) });
  }
  if (placed.tender === 'online') {
    for (const [id, change] of openChanges(state)) {
      if (!change.isPaymentNeeded || due[`change:${id}`] === true) continue;
      at.push({ name: `change:${id}`, at: new Date(Date.parse(change.at) + paymentMinutes * 60_000) });
    }
  }
  if (deliveredAt !== null && returnDays > 0 && due['window'] !== true && state.orderStatus === 'fulfilled') {
    at.push({ name: 'window', at: new Date(Date.parse(deliveredAt) + returnDays * DAY_MS) });
  }
  return at;
}
