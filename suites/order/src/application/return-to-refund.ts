import { defineSaga, type Saga, type SagaFact, type SagaPlan, sagaStep, type SagaStep } from '@ashlar/kernel';
import { z } from 'zod';
import { creditInvoice, receiveStock, refundPayment } from '../adapters/contracts.ts';
import { RETURN_SOURCE } from './order-context.ts';
import { placeExchange } from './place-exchange.ts';
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
  outcome: z.enum(['refund', 'store_credit', 'exchange']).default('refund'),
});
const Exchanged = z.object({ credits: z.array(z.object({ creditNoteId: z.string(), amount: z.string() })) });
const Credited = z.object({ id: z.string(), total: Amount, settled: Amount });

interface ReturnProgress {
  readonly returnId: string;
  readonly inspected: z.output<typeof Inspected> | null;
  readonly done: Readonly<Record<string, true>>;
  readonly refused: Readonly<Record<string, string>>;
  readonly tries: Readonly<Record<string, number>>;
  /** What each credit note gives back beyond what the invoice still asked for, by invoice. */
  readonly notes: Readonly<Record<string, { readonly id: string; readonly owed: string }>>;
  /** What of which credit note pays the order the goods are exchanged for; null: there is none yet. */
  readonly exchange: Readonly<Record<string, string>> | null;
  /** That order came to its end: had, or not had after all. */
  readonly exchangeEnd: 'completed' | 'undone' | null;
}

/** From goods that were looked at to stock, credit note and money. */
export const returnToRefund: Saga = defineSaga<ReturnProgress>({
  name: 'order.return-to-refund',
  title: { en: 'From return to refund', ar: 'من المرتجع إلى رد المال' },
  startedBy: ['order.return.inspected'],
  events: ['order.return.inspected', 'order.order.completed', 'order.order.cancelled', 'order.order.rejected'],
  key: ({ data: { returnId, exchangeOf } }) => {
    const id = returnId ?? exchangeOf;
    return typeof id === 'string' ? id : null;
  },
  begin: (returnId) => ({
    returnId,
    inspected: null,
    done: {},
    refused: {},
    tries: {},
    notes: {},
    exchange: null,
    exchangeEnd: null,
  }),
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
      if (fact.event.type !== 'order.return.inspected') {
        return { ...state, exchangeEnd: fact.event.type === 'order.order.completed' ? 'completed' : 'undone' };
      }
      return { ...state, inspected: state.inspected ?? Inspected.parse(fact.event.data) };
    case 'done': {
      const after = { ...state, done: { ...state.done, [fact.step]: true as const } };
      const [what, invoiceId = ''] = baseOf(fact.step).split(':');
      if (what === 'exchange') {
        const credits = Exchanged.parse(fact.output).credits.map(
          ({ creditNoteId, amount }) => [creditNoteId, amount] as const,
        );
        return { ...after, exchange: Object.fromEntries(credits) };
      }
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
  if (isCredited) all.push(...settlementOf(state));
  const isOpen = ({ name }: SagaStep): boolean => done[name] !== true;
  const close = sagaStep(nameOf(state, 'close'), closeReturn, { returnId });
  const isReady = isCredited && !all.some(isOpen);
  // Should the order it is exchanged for not be had after all, the money goes back.
  const isAwaited = state.exchange !== null && state.exchangeEnd === null;
  if (isReady && !isOpen(close)) return isAwaited ? { steps: [] } : { steps: [], end: 'completed' };
  const steps = isReady ? [close] : all.filter(isOpen);
  return {
    steps: steps.filter(({ name }) => refused[name] === undefined),
    tasks: Object.entries(refused).map(([name, code]) => ({
      name: `fix:${name}`,
      title: { en: `A return was stopped: ${code}`, ar: `توقف المرتجع: ${code}` },
    })),
  };
}

/** What the customer gets for the credit notes. */
function settlementOf(state: ReturnProgress): SagaStep[] {
  const { inspected, returnId, notes, exchange, exchangeEnd } = state;
  const owed = Object.values(notes).map(({ id, owed: amount }) => [id, BigInt(amount)] as const);
  switch (inspected?.outcome) {
    case undefined:
    case 'store_credit':
      // The notes stay open: they settle what the customer has next.
      return [];
    case 'refund':
      return refundsOf(state, owed, '').steps;
    case 'exchange': {
      const name = nameOf(state, 'exchange');
      const credits = owed.map(([creditNoteId, amount]) => ({ creditNoteId, amount: amount.toString() }));
      const place = sagaStep(name, placeExchange, {
        returnId,
        credits: credits.filter(({ amount }) => amount !== '0'),
      });
      if (exchange === null && state.refused[name] === undefined && state.done[name] !== true) return [place];
      const kept = (id: string): bigint => BigInt(exchange?.[id] ?? '0');
      const rest = refundsOf(
        state,
        owed.map(([id, amount]) => [id, amount - kept(id)] as const),
        '',
      );
      if (exchangeEnd !== 'undone') return [place, ...rest.steps];
      const back = refundsOf(
        state,
        owed.map(([id]) => [id, kept(id)] as const),
        ':back',
        rest.left,
      );
      return [place, ...rest.steps, ...back.steps];
    }
  }
}

/** Gives back so much of each credit note, by the payments it came with. */
function refundsOf(
  state: ReturnProgress,
  owed: readonly (readonly [creditNoteId: string, amount: bigint])[],
  suffix: string,
  before?: ReadonlyMap<string, bigint>,
): { readonly steps: SagaStep[]; readonly left: ReadonlyMap<string, bigint> } {
  const { inspected } = state;
  const left = new Map(
    before ?? inspected?.payments.map(({ paymentId, left: { amount } }) => [paymentId, BigInt(amount)]),
  );
  const currency = inspected?.payments[0]?.left.currency ?? '';
  const steps = owed.flatMap(([creditNoteId, amount]) => {
    let wanted = amount;
    return [...left].flatMap(([paymentId, free]) => {
      const amountMinor = free < wanted ? free : wanted;
      if (amountMinor <= 0n) return [];
      wanted -= amountMinor;
      left.set(paymentId, free - amountMinor);
      return [
        sagaStep(`refund:${paymentId}:${creditNoteId}${suffix}`, refundPayment, {
          paymentId,
          amount: { amount: amountMinor.toString(), currency },
          creditNoteId,
          reason: inspected?.reason ?? '',
        }),
      ];
    });
  });
  return { steps, left };
}
