import { sagaStep, type SagaPlan, type SagaStep } from '@ashlar/kernel';
import { parseMicros } from '@ashlar/kernel/values';
import { creditInvoice } from '../../adapters/contracts.ts';
import { endOrder } from '../end-order.ts';
import { type CashState, type Invoiced, isDone, nameOf } from './cash-state.ts';
import { noteSteps, refundSteps, release, tasksOf, voids } from './common-steps.ts';
import { isOnItsWay, moneyOf, sum } from './money.ts';

/** Days a payment that was asked for may still come. */
const LATE_DAYS = 30;
const DAY_MS = 86_400_000;

/**
 * What is undone, the last first. An invoice is credited before its money goes back: the money is the invoice's until
 * a credit note settles it instead.
 */
export function planUndo(state: CashState): SagaPlan {
  const { failure, orderId } = state;
  if (failure === null) return { steps: [] };
  const isOpen = ({ name }: SagaStep): boolean => state.done[name] !== true;
  const undoing = [
    ...voids(state),
    ...credits(state, failure.reason),
    ...noteSteps(state),
    ...refundSteps(state, moneyOf(state), failure.reason, true),
    ...release(state),
  ].filter(isOpen);
  const end = sagaStep(nameOf(state, 'end'), endOrder, { orderId, as: failure.as, reason: failure.reason });
  const isEnded = isDone(state, 'end');
  const steps = undoing.length === 0 && !isEnded ? [end] : undoing;
  const late = Object.entries(state.payments).filter(
    ([id, paid]) => paid.isLate && state.settled[`late-payment:${id}`] !== true,
  );
  const tasks = [
    ...tasksOf(state),
    ...late.map(([id]) => ({
      name: `late-payment:${id}`,
      title: { en: 'Money came for an order that had ended, and goes back', ar: 'وصل مال لطلب انتهى وسيعاد' },
    })),
  ];
  const stillComes = asksForMoney(state) && state.due['late'] !== true;
  const open = steps.filter(({ name }) => state.refused[name] === undefined);
  const stillGoes = Object.values(state.payments).some(isOnItsWay);
  if (isEnded && steps.length === 0 && tasks.length === 0 && !stillComes && !stillGoes)
    return { steps: [], end: 'undone' };
  const at = new Date(Date.parse(state.placed?.at ?? '') + LATE_DAYS * DAY_MS);
  return { steps: open, tasks, deadlines: stillComes ? [{ name: 'late', at }] : [] };
}

/** Whether money was asked for that has neither come nor failed. */
function asksForMoney(state: CashState): boolean {
  if (isDone(state, 'pay') && Object.keys(state.payments).length === 0) return true;
  return Object.values(state.changes).some(
    ({ payment }) => payment !== null && state.payments[payment.id] === undefined && state.failed[payment.id] !== true,
  );
}

function credits(state: CashState, reason: string): readonly SagaStep[] {
  return Object.entries(state.invoices).flatMap(([invoiceId, invoice]) =>
    isAllCredited(invoice)
      ? []
      : [sagaStep(nameOf(state, `credit:${invoiceId}`), creditInvoice, { invoiceId, reason })],
  );
}

function isAllCredited({ total, notes, lines }: Invoiced): boolean {
  const taken = notes.flatMap((note) => note.lines);
  const isLineLeft = lines.some(({ invoiceLine, quantity }) => {
    const gone = sum(taken.filter(({ line }) => line === invoiceLine).map((one) => parseMicros(one.quantity)));
    return gone < parseMicros(quantity);
  });
  return notes.length > 0 && !isLineLeft && sum(notes.map((note) => BigInt(note.total))) >= BigInt(total);
}
