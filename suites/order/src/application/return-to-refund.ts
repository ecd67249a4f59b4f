import { defineSaga, type Saga, type SagaFact, type SagaPlan, sagaStep, type SagaStep } from '@ashlar/kernel';
import { z } from 'zod';
import { creditInvoice, receiveStock, refundPayment } from '../adapters/contracts.ts';
import { RETURN_SOURCE } from './order-context.ts';
import { closeReturn } from './returns.ts';

const Amount = z.object({ amount: z.string(), currency: z.string() });
const Inspected = z.object({
  returnId: z.string(),
  reason: z.string(),
  restock: z.array(
    z.object({
      itemId: z.string(),
      locationId: z.string(),
      quantity: z.object({ value: z.string(), uom: z.string() }),
      cost: Amount,
    }),
  ),
  credits: z.array(
    z.object({ invoiceId: z.string(), lines: z.array(z.object({ line: z.int(), quantity: z.string() })) }),
  ),
  payments: z.array(z.object({ paymentId: z.string(), left: Amount })),
});
const Credited = z.object({ id: z.string(), total: Amount, settled: Amount });

interface ReturnProgress {
  readonly returnId: string;
  readonly inspected: z.output<typeof Inspected> | null;
  readonly done: Readonly<Record<string, true>>;
  readonly refused: Readonly<Record<string, string>>;
  readonly tries: Readonly<Record<string, number>>;
  /** What each credit note gives back beyond what the invoice still asked for, by invoice. */
  readonly notes: Readonly<Record<string, { readonly id: string; readonly owed: string }>>;
}

/** From goods that were looked at to stock, credit note and money. */
export const returnToRefund: Saga = defineSaga<ReturnProgress>({
  name: 'order.return-to-refund',
  title: { en: 'From return to refund', ar: 'من المرتجع إلى رد المال' },
  startedBy: ['order.return.inspected'],
  events: ['order.return.inspected'],
  key: ({ data: { returnId } }) => (typeof returnId === 'string' ? returnId : null),
  begin: (returnId) => ({ returnId, inspected: null, done: {}, refused: {}, tries: {}, notes: {} }),
  evolve: evolveReturn,
  plan: planReturn,
});

const nameOf = ({ tries }: ReturnProgress, base: string): string => {
  const count = tries[base] ?? 0;
  return count === 0 ? base : `${base}~${count}`;
};
const baseOf = (name: string): string => name.split('~', 1)[0] ?? name;

function evolveReturn(state: ReturnProgress, fact: SagaFact): ReturnProgress {
  switch (fact.kind) {
    case 'event':
      return { ...state, inspected: state.inspected ?? Inspected.parse(fact.event.data) };
    case 'done': {
      const after = { ...state, done: { ...state.done, [fact.step]: true as const } };
      const [what, invoiceId = ''] = baseOf(fact.step).split(':');
      if (what !== 'credit') return after;
      const { id, total, settled } = Credited.parse(fact.output);
      const owed = (BigInt(total.amount) - BigInt(settled.amount)).toString();
      return { ...after, notes: { ...state.notes, [invoiceId]: { id, owed } } };
    }
    case 'refused':
      return { ...state, refused: { ...state.refused, [fact.step]: fact.code } };
    case 'settled': {
      const step = fact.task.slice('fix:'.length);
      const { [step]: _code, ...refused } = state.refused;
      // Somebody saw to it by hand, as with a refund beyond the limit of one person.
      return { ...state, refused, done: { ...state.done, [step]: true } };
    }
    case 'due':
    case 'undo':
      // What came back is here: there is nothing to undo.
      return state;
  }
}

function planReturn(state: ReturnProgress): SagaPlan {
  const { inspected, returnId, done, refused } = state;
  if (inspected === null) return { steps: [] };
  const all: SagaStep[] = [];
  const { restock, credits, reason } = inspected;
  if (restock.length > 0) {
    const lines = restock.map(({ itemId, locationId, quantity, cost }) => ({ itemId, locationId, quantity, cost }));
    all.push(
      sagaStep(nameOf(state, 'restock'), receiveStock, { source: { type: RETURN_SOURCE, id: returnId }, lines }),
    );
  }
  for (const { invoiceId, lines } of credits) {
    all.push(sagaStep(nameOf(state, `credit:${invoiceId}`), creditInvoice, { invoiceId, lines, reason }));
  }
  const isCredited = credits.every(({ invoiceId }) => done[nameOf(state, `credit:${invoiceId}`)] === true);
  if (isCredited) all.push(...refundsOf(state));
  const isOpen = ({ name }: SagaStep): boolean => done[name] !== true;
  const close = sagaStep(nameOf(state, 'close'), closeReturn, { returnId });
  const isReady = isCredited && !all.some(isOpen);
  if (isReady && !isOpen(close)) return { steps: [], end: 'completed' };
  const steps = isReady ? [close] : all.filter(isOpen);
  return {
    steps: steps.filter(({ name }) => refused[name] === undefined),
    tasks: Object.entries(refused).map(([name, code]) => ({
      name: `fix:${name}`,
      title: { en: `A return was stopped: ${code}`, ar: `توقف المرتجع: ${code}` },
    })),
  };
}

/** Gives back what the credit notes owe, by the payments it came with. */
function refundsOf({ inspected, notes }: ReturnProgress): SagaStep[] {
  const left = new Map(inspected?.payments.map(({ paymentId, left: { amount } }) => [paymentId, BigInt(amount)]));
  const currency = inspected?.payments[0]?.left.currency ?? '';
  return Object.values(notes).flatMap(({ id: creditNoteId, owed }) => {
    let wanted = BigInt(owed);
    return [...left].flatMap(([paymentId, free]) => {
      const amountMinor = free < wanted ? free : wanted;
      if (amountMinor <= 0n) return [];
      wanted -= amountMinor;
      left.set(paymentId, free - amountMinor);
      const amount = { amount: amountMinor.toString(), currency };
      return [
        sagaStep(`refund:${paymentId}:${creditNoteId}`, refundPayment, {
          paymentId,
          amount,
          creditNoteId,
          reason: inspected?.reason ?? '',
        }),
      ];
    });
  });
}
