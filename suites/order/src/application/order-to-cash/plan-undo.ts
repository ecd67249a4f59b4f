import { sagaStep, type SagaPlan, type SagaStep } from '@ashlar/kernel';
import { creditInvoice, refundPayment } from '../../adapters/contracts.ts';
import { endOrder } from '../end-order.ts';
import { type CashState, isDone, leftOf, nameOf, usedOf } from './cash-state.ts';
import { noteSteps, release, tasksOf } from './common-steps.ts';

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
    ...credits(state, failure.reason),
    ...noteSteps(state),
    ...refunds(state, failure.reason),
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
  const stillComes = isDone(state, 'pay') && Object.keys(state.payments).length === 0 && state.due['late'] !== true;
  const open = steps.filter(({ name }) => state.refused[name] === undefined);
  if (isEnded && steps.length === 0 && tasks.length === 0 && !stillComes) return { steps: [], end: 'undone' };
  const at = new Date(Date.parse(state.placed?.at ?? '') + LATE_DAYS * DAY_MS);
  return { steps: open, tasks, deadlines: stillComes ? [{ name: 'late', at }] : [] };
}

function credits(state: CashState, reason: string): readonly SagaStep[] {
  return Object.entries(state.invoices).flatMap(([invoiceId, { note }]) =>
    note === null ? [sagaStep(nameOf(state, `credit:${invoiceId}`), creditInvoice, { invoiceId, reason })] : [],
  );
}

function refunds(state: CashState, reason: string): readonly SagaStep[] {
  const currency = state.placed?.total.currency ?? '';
  return Object.entries(state.payments).flatMap(([paymentId, paid]) => {
    const left = leftOf(paid);
    if (left <= 0n) return [];
    const free = left - usedOf(paid);
    // With all that had come by then: as much again, that comes later, is another step.
    const give = (amountMinor: bigint, invoiceId: string, creditNoteId: string | undefined): SagaStep =>
      sagaStep(nameOf(state, `refund:${paymentId}:${invoiceId}:${amountMinor}@${paid.captured}`), refundPayment, {
        paymentId,
        amount: { amount: amountMinor.toString(), currency },
        ...(creditNoteId === undefined ? {} : { creditNoteId }),
        reason,
      });
    const settling = Object.entries(paid.used).flatMap(([invoiceId, amount]) => {
      const note = state.invoices[invoiceId]?.note;
      // Its turn comes once the invoice is credited.
      return note == null ? [] : [give(BigInt(amount), invoiceId, note.id)];
    });
    return free > 0n ? [...settling, give(free, 'rest', undefined)] : settling;
  });
}
