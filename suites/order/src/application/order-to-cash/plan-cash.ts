import { sagaStep, type SagaPlan, type SagaStep, type SagaTask } from '@ashlar/kernel';
import { allocatePayment, bill, requestPayment, reserveStock } from '../../adapters/contracts.ts';
import { noteReservation } from '../end-order.ts';
import { invoiceOfOrder } from '../invoice-of-order.ts';
import { completeOrder, confirmOrder, holdOrder } from '../move-order.ts';
import { ORDER_SOURCE } from '../order-context.ts';
import {
  baseOf,
  type CashState,
  dueOf,
  isConfirmed,
  isDone,
  isOnAccount,
  isPaid,
  isRefused,
  leftOf,
  nameOf,
  standingOf,
  surplusOf,
  usedOf,
} from './cash-state.ts';
import { noteSteps, release, tasksOf } from './common-steps.ts';
import { planParcel } from './plan-parcel.ts';
import { planUndo } from './plan-undo.ts';

const DAY_MS = 86_400_000;

/** What follows from all that is known. */
export function planCash(state: CashState): SagaPlan {
  if (state.placed === null) return { steps: [] };
  if (state.failure !== null) return planUndo(state);
  const steps = [...forward(state), ...allocations(state)].filter(
    ({ name }) => state.done[name] !== true && state.refused[name] === undefined,
  );
  const deadlines = deadlinesOf(state);
  const tasks = [...tasksOf(state), ...moneyTasks(state)];
  return isDone(state, 'complete') ? { steps, tasks, end: 'completed' } : { steps, deadlines, tasks };
}

/** Names in the steps of a whole order; those of a parcel have its id behind a colon. */
function forward(state: CashState): readonly SagaStep[] {
  const { placed, orderId } = state;
  if (placed === null) return [];
  const { policy, tender } = placed;
  const step: SagaStep[] = [];
  const stocked = placed.lines.filter(({ isStocked }) => isStocked);
  if (stocked.length > 0 && !isDone(state, 'reserve')) {
    const lines = stocked.map(({ variantId, quantity }) => ({ itemId: variantId, quantity }));
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
        held: (state.hold?.lines ?? []).map(({ line, left }) => ({ line, quantity: left })),
      }),
    ];
  }
  if (isRefused(state, 'bill')) {
    // Nothing is owed, so nothing is kept for it until somebody has looked.
    const reason = state.refused[nameOf(state, 'bill')] ?? '';
    return [...release(state), sagaStep(nameOf(state, 'hold'), holdOrder, { orderId, reason })];
  }
  if (state.isHeld) return [];
  const asked = askedBefore(state);
  const invoiceNow = policy.invoiceOn === 'place' || (policy.invoiceOn === 'capture' && (!asked || isPaid(state)));
  if (invoiceNow) {
    const missing = billing(state, '');
    if (missing !== null) return missing;
  }
  if (asked && tender === 'online') {
    const request = payment(state, 'pay', dueOf(state));
    if (request !== null) step.push(request);
  }
  if (asked && !isSettled(state)) return step;
  if (policy.invoiceOn !== 'ship' && !invoiceNow) return step;
  if (!isDone(state, 'confirm')) return [...step, sagaStep(nameOf(state, 'confirm'), confirmOrder, { orderId })];
  for (const [id, parcel] of Object.entries(state.parcels)) {
    step.push(...planParcel(state, id, parcel));
    if (parcel.state !== 'shipped' && parcel.state !== 'delivered') continue;
    const missing = policy.invoiceOn === 'ship' ? billing(state, id) : null;
    if (missing !== null) step.push(...missing);
    else if (tender === 'online' && policy.captureOn === 'ship') {
      const request = isPaid(state) || isAwaited(state) ? null : payment(state, `pay:${id}`, -surplusOf(state));
      if (request !== null) step.push(request);
    }
  }
  if (isComplete(state)) step.push(sagaStep(nameOf(state, 'complete'), completeOrder, { orderId }));
  return step;
}

/** Whether money comes before the goods leave. */
function askedBefore(state: CashState): boolean {
  return !isOnAccount(state) && state.placed?.policy.captureOn === 'place';
}

/** Asks what there is to bill, bills it and takes it down; null once all that is done. `id`: of one parcel. */
function billing(state: CashState, id: string): readonly SagaStep[] | null {
  const of = (what: string): string => (id === '' ? what : `${what}:${id}`);
  const { orderId } = state;
  if (!isDone(state, of('describe'))) {
    const parcel = id === '' ? {} : { fulfilmentId: id };
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
function isAwaited({ asked, failed, payments }: CashState): boolean {
  return Object.keys(asked).some((id) => failed[id] !== true && payments[id] === undefined);
}

/** Whether nobody waits for its money: it is there, or somebody has said that goods may leave without it. */
function isSettled(state: CashState): boolean {
  return isPaid(state) || state.settled['unpaid'] === true;
}

/** What a person has to decide about money once goods may leave: nothing is undone for its sake then. */
function moneyTasks(state: CashState): SagaTask[] {
  if (!isConfirmed(state)) return [];
  const failed = Object.entries(state.asked).filter(
    ([id, step]) => state.failed[id] === true && step === nameOf(state, baseOf(step)),
  );
  const again = isPaid(state) ? [] : failed.map(([, step]) => ({ name: `fix:${step}`, title: FAILED }));
  if (again.length > 0) return again;
  if (askedBefore(state) && !isSettled(state)) return [{ name: 'unpaid', title: UNPAID }];
  return isOver(state) && surplusOf(state) > 0n && state.settled['surplus'] !== true
    ? [{ name: 'surplus', title: SURPLUS }]
    : [];
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

/** Lets money settle what it came for. */
function allocations(state: CashState): SagaStep[] {
  const currency = state.placed?.total.currency ?? '';
  const open = new Map(
    Object.keys(state.invoices).map((id) => {
      const used = Object.values(state.payments).reduce((sum, one) => sum + BigInt(one.used[id] ?? '0'), 0n);
      return [id, standingOf(state, id) - used] as const;
    }),
  );
  return Object.entries(state.payments).flatMap(([paymentId, paid]) => {
    let free = leftOf(paid) - usedOf(paid);
    return [...open].flatMap(([invoiceId, left]) => {
      const part = left < free ? left : free;
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

/** Whether all has arrived, is paid, and may no longer come back. */
function isOver(state: CashState): boolean {
  const { placed, parcels, orderStatus, deliveredAt } = state;
  if (placed === null || orderStatus !== 'fulfilled' || deliveredAt === null) return false;
  if (!Object.values(parcels).every((parcel) => parcel.state === 'delivered' || parcel.state === 'refused'))
    return false;
  if (!isOnAccount(state) && !isSettled(state)) return false;
  return placed.policy.returnDays === 0 || state.due['window'] === true;
}

/** Nobody looks at it again: what is left of the customer's money has been seen to. */
function isComplete(state: CashState): boolean {
  return isOver(state) && (surplusOf(state) <= 0n || state.settled['surplus'] === true);
}

function deadlinesOf(state: CashState): { name: string; at: Date }[] {
  const { placed, deliveredAt, due } = state;
  if (placed === null) return [];
  const at: { name: string; at: Date }[] = [];
  const { paymentMinutes, returnDays } = placed.policy;
  if (
    placed.tender === 'online' &&
    askedBefore(state) &&
    !isPaid(state) &&
    !isConfirmed(state) &&
    due['payment'] !== true
  ) {
    at.push({ name: 'payment', at: new Date(Date.parse(placed.at) + paymentMinutes * 60_000) });
  }
  if (deliveredAt !== null && returnDays > 0 && due['window'] !== true && state.orderStatus === 'fulfilled') {
    at.push({ name: 'window', at: new Date(Date.parse(deliveredAt) + returnDays * DAY_MS) });
  }
  return at;
}
