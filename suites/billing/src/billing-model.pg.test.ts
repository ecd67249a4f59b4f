import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AshlarError } from '@ashlar/kernel';
import { proofSize } from '@ashlar/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { autoAllocate, unallocatePayment, writeOff } from './application/allocate.ts';
import { creditInvoice } from './application/credit-invoice.ts';
import { billAtOnce } from './application/issue-invoice.ts';
import { recordPayment, tellPayment } from './application/payments.ts';
import { requestPayment } from './application/request-payment.ts';
import { settleProviderOrder } from './application/provider-orders.ts';
import { setProvider } from './application/providers.ts';
import { statementOfAccount } from './application/receivables.ts';
import { refundPayment } from './application/refund-payment.ts';
import { line, type Office, openOffice, usd } from './billing.fixture.ts';
import { InvoiceId, type PartyId, PaymentId, type ProviderOrderId } from './domain/ids.ts';

/** Sequences of commands, and after how many all books are reckoned anew. */
const SEQUENCES = proofSize('billing-model', { short: 15, full: 2000 });
const CHECK_EVERY = 50;

type Verb =
  | 'bill'
  | 'pay'
  | 'ask'
  | 'tell'
  | 'allocate'
  | 'free'
  | 'credit'
  | 'credit some'
  | 'refund'
  | 'write off'
  /** A card: asked for, something happens at its provider, an event of any moment comes, a refund is done or refused. */
  | 'ask card'
  | 'happen'
  | 'hear'
  | 'refund card'
  | 'settle';
/** What is told or given back: of one payment at once, the outcomes cannot be told apart from outside. */
const TOLD: ReadonlySet<Verb> = new Set(['tell', 'refund', 'happen', 'hear', 'refund card', 'settle']);

interface Step {
  readonly verb: Verb;
  readonly cents: number;
  /** Which of the documents and payments made so far, counted round. */
  readonly of: number;
  /** `repeat`: sent twice under one key. `cut`: given up half-way, and sent again under its key. `dry`: only tried. */
  readonly manner: 'plain' | 'repeat' | 'cut' | 'dry';
}

const step: fc.Arbitrary<Step> = fc.record({
  verb: fc.constantFrom<Verb>(
    'bill',
    'bill',
    'pay',
    'pay',
    'ask',
    'tell',
    'tell',
    'allocate',
    'allocate',
    'free',
    'credit',
    'credit some',
    'refund',
    'refund',
    'write off',
    'ask card',
    'ask card',
    'happen',
    'happen',
    'hear',
    'hear',
    'refund card',
    'refund card',
    'settle',
  ),
  cents: fc.integer({ min: 1, max: 999 }),
  of: fc.nat(7),
  manner: fc.constantFrom('plain', 'plain', 'plain', 'repeat', 'cut', 'dry'),
});
/** Each inner list is sent at once. */
const sequences: fc.Arbitrary<readonly (readonly Step[])[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.array(step, { minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.array(step, { minLength: 2, maxLength: 5 }) },
  ),
  { minLength: 2, maxLength: 10 },
);

/** What a party owes, and what it has been told of: nothing here knows of journals, allocations or rows. */
interface Ledger {
  owed: bigint;
  readonly partyId: PartyId;
  readonly invoices: InvoiceId[];
  readonly payments: PaymentId[];
  readonly asked: { readonly id: PaymentId; captured: bigint; refunded: bigint }[];
  readonly cards: Card[];
}

interface Moment {
  readonly captured: bigint;
  readonly refunded: bigint;
}

/** A payment as its provider has it, and as the books were told of it. */
interface Card {
  readonly id: PaymentId;
  /** Each moment the provider sent an event of; the last is how it is now. */
  readonly moments: Moment[];
  readonly promised: { readonly orderId: ProviderOrderId; readonly cents: bigint }[];
  captured: bigint;
  refunded: bigint;
}

let office: Office;
beforeAll(async () => {
  office = await openOffice({ writeOffLimit: '1000000' });
  await office.call(setProvider, { name: 'stripe', secretKey: 'sk_of_the_model' });
});
afterAll(() => office?.[Symbol.asyncDispose]());

/** What follows for the ledger when the step is accepted. */
type Effect = (ledger: Ledger) => void;

const pick = <Item>(items: readonly Item[], index: number): Item | undefined =>
  items[index % Math.max(1, items.length)];
const larger = (one: bigint, other: bigint): bigint => (one > other ? one : other);
const owe = (amount: bigint): Effect => {
  return (state) => {
    state.owed += amount;
  };
};
const nowhere = randomUUID();

async function send({ verb, cents, of }: Step, ledger: Ledger, more: object): Promise<Effect> {
  const { partyId } = ledger;
  const invoiceId = pick(ledger.invoices, of) ?? InvoiceId.parse(nowhere);
  const paymentId = pick(ledger.payments, of) ?? PaymentId.parse(nowhere);
  switch (verb) {
    case 'bill': {
      const lines = [line(cents, { taxCategory: 'standard', quantity: { value: '3', uom: 'pcs' } }), line(of)];
      const { id, total } = await office.call(
        billAtOnce,
        { partyId, party: { name: 'Ada' }, currency: 'USD', lines },
        more,
      );
      return (state) => {
        state.invoices.push(id);
        state.owed += total.amountMinor;
      };
    }
    case 'pay': {
      const { id } = await office.call(recordPayment, { method: 'bank', partyId, amount: usd(cents) }, more);
      return (state) => {
        state.payments.push(id);
        state.owed -= BigInt(cents);
      };
    }
    case 'ask': {
      const { id } = await office.call(requestPayment, { provider: 'stand-in', partyId, amount: usd(999) }, more);
      return (state) => {
        state.payments.push(id);
        state.asked.push({ id, captured: 0n, refunded: 0n });
      };
    }
    case 'ask card': {
      const { id } = await office.call(requestPayment, { provider: 'stripe', partyId, amount: usd(999) }, more);
      return (state) => {
        state.payments.push(id);
        state.cards.push({ id, moments: [], promised: [], captured: 0n, refunded: 0n });
      };
    }
    case 'happen':
      return ({ cards }) => happen(pick(cards, of), BigInt(cents));
    case 'hear': {
      const card = pick(ledger.cards, of);
      const moment = card === undefined ? undefined : pick(card.moments, cents);
      return card === undefined || moment === undefined ? owe(0n) : hear(card, moment, more);
    }
    case 'refund card': {
      const id = pick(ledger.cards, of)?.id ?? paymentId;
      if (!ledger.cards.some((card) => card.id === id)) return owe(0n);
      await office.call(refundPayment, { paymentId: id, amount: usd(1 + (cents % 99)), reason: 'Model' }, more);
      return promised(id, 1 + (cents % 99));
    }
    case 'settle': {
      const card = pick(ledger.cards, of);
      return card === undefined ? owe(0n) : settle(card, cents % 3 > 0, more);
    }
    case 'tell': {
      const asked = pick(ledger.asked, of);
      const totals = { captured: usd(cents), refunded: usd(Math.max(0, cents - 500)) };
      const told = { paymentId: asked?.id ?? PaymentId.parse(nowhere), status: 'captured' as const, ...totals };
      const { captured, refunded } = await office.call(tellPayment, told, more);
      return (state) => {
        if (asked === undefined) throw new Error('A payment nobody asked for was told');
        // Totals only grow; of two told at once the answers say what each found.
        const [nowCaptured, nowRefunded] = [
          larger(captured.amountMinor, asked.captured),
          larger(refunded.amountMinor, asked.refunded),
        ];
        state.owed += nowRefunded - asked.refunded - (nowCaptured - asked.captured);
        asked.captured = nowCaptured;
        asked.refunded = nowRefunded;
      };
    }
    case 'allocate':
      await office.call(autoAllocate, { paymentId }, more);
      return owe(0n);
    case 'free':
      await office.call(unallocatePayment, { paymentId, invoiceId }, more);
      return owe(0n);
    case 'credit':
    case 'credit some': {
      const lines = verb === 'credit' ? {} : { lines: [{ line: 1, quantity: of % 2 === 0 ? '1' : '0.7' }] };
      const { total } = await office.call(creditInvoice, { invoiceId, reason: 'Model', ...lines }, more);
      return owe(-total.amountMinor);
    }
    case 'refund': {
      await office.call(refundPayment, { paymentId, amount: usd(cents), reason: 'Model' }, more);
      if (ledger.cards.some(({ id }) => id === paymentId)) return promised(paymentId, cents);
      return (state) => {
        state.owed += BigInt(cents);
        const asked = state.asked.find(({ id }) => id === paymentId);
        if (asked !== undefined) asked.refunded += BigInt(cents);
      };
    }
    case 'write off': {
      const { settled } = await office.call(writeOff, { invoiceId, reason: 'Model' }, more);
      return owe(-(settled[0]?.amount.amountMinor ?? 0n));
    }
  }
}

/** What a card is asked to give back is owed to nobody before the provider says so. */
async function promised(paymentId: PaymentId, cents: number): Promise<Effect> {
  const [order] = await office.project.test.sql<{ id: ProviderOrderId }>(
    `select id from billing.provider_orders where payment_id = $1 and kind = 'refund' order by id desc limit 1`,
    [paymentId],
  );
  return ({ cards }) => {
    if (order === undefined) throw new Error('A refund nobody took down was promised');
    cards.find(({ id }) => id === paymentId)?.promised.push({ orderId: order.id, cents: BigInt(cents) });
  };
}

const nothing: Moment = { captured: 0n, refunded: 0n };

/** The provider does the first refund that is open, if it is willing and can, or refuses it. */
async function settle(card: Card, isWilling: boolean, more: object): Promise<Effect> {
  const [first] = card.promised;
  if (first === undefined) return owe(0n);
  const now = card.moments.at(-1) ?? nothing;
  const isDone = isWilling && now.refunded + first.cents <= now.captured;
  const input = { orderId: first.orderId, outcome: isDone ? 'done' : 'refused' } as const;
  await office.call(settleProviderOrder, input, { ...more, trusted: true });
  return () => {
    card.promised.shift();
    if (isDone) card.moments.push({ ...now, refunded: now.refunded + first.cents });
  };
}

/** Something comes in or goes back at the provider, which the books hear of later. */
function happen(card: Card | undefined, cents: bigint): void {
  if (card === undefined) return;
  const { captured, refunded } = card.moments.at(-1) ?? nothing;
  if (captured === 0n) card.moments.push({ captured: cents + 200n, refunded: 0n });
  else if (refunded < captured) {
    const back = cents / 3n < captured - refunded ? cents / 3n : captured - refunded;
    card.moments.push({ captured, refunded: refunded + back });
  }
}

/** An event of any moment comes, perhaps once more. */
async function hear(card: Card, moment: Moment, more: object): Promise<Effect> {
  const { id: paymentId, moments } = card;
  const event = { eventId: `evt_${paymentId}_${moments.indexOf(moment)}`, provider: 'stripe', providerRef: paymentId };
  const totals = { captured: usd(Number(moment.captured)), refunded: usd(Number(moment.refunded)) };
  const told = { paymentId, ...event, ...totals, status: 'captured' as const };
  const { captured, refunded } = await office.call(tellPayment, told, more);
  return (state) => {
    const now = {
      captured: larger(captured.amountMinor, card.captured),
      refunded: larger(refunded.amountMinor, card.refunded),
    };
    state.owed += now.refunded - card.refunded - (now.captured - card.captured);
    Object.assign(card, now);
  };
}

/** Sends a step in its manner until its outcome is known: what follows from it, or null for a refusal. */
async function perform(one: Step, ledger: Ledger): Promise<Effect | null> {
  const idempotencyKey = randomUUID();
  let last: unknown;
  const attempt = async (more: object): Promise<Effect | null | undefined> => {
    try {
      return await send(one, ledger, { idempotencyKey, ...more });
    } catch (error) {
      last = error;
      if (!(error instanceof AshlarError) || error.retryable || error.kind === 'internal' || error.kind === 'timeout')
        return undefined;
      return null;
    }
  };
  if (one.manner === 'dry') {
    await attempt({ dryRun: true });
    return null;
  }
  if (one.manner === 'cut') {
    const cut = new AbortController();
    const first = attempt({ signal: cut.signal });
    await delay(one.cents / 200);
    cut.abort();
    await first;
  }
  let answer = await attempt({});
  for (let again = 0; answer === undefined && again < 20; again += 1) answer = await attempt({});
  if (answer === undefined) throw new Error(`The outcome of ${one.verb} never became known`, { cause: last });
  if (one.manner === 'repeat' && answer !== null) await attempt({});
  return answer;
}

/** Once the last event of each has come, the books hold what the provider holds, and promise what it was asked for. */
async function expectCards(ledger: Ledger): Promise<void> {
  for (const card of ledger.cards) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other.
    while (card.promised.length > 0) (await settle(card, true, {}))(ledger);
    const now = card.moments.at(-1);
    // oxlint-disable-next-line no-await-in-loop -- one after the other.
    if (now !== undefined) (await hear(card, now, {}))(ledger);
    expect({ captured: card.captured, refunded: card.refunded }).toEqual(now ?? nothing);
  }
  const { closing } = await office.call(statementOfAccount, {
    partyId: ledger.partyId,
    from: '2026-01-01',
    to: '2026-12-31',
  });
  expect(closing.amountMinor).toBe(ledger.owed);
}

test('whatever is asked, repeated, cut off or asked at once, the books balance and say what is owed', async () => {
  let done = 0;
  await fc.assert(
    fc.asyncProperty(sequences, async (sequence) => {
      const ledger: Ledger = { owed: 0n, partyId: office.newParty(), invoices: [], payments: [], asked: [], cards: [] };
      // A card that was paid, so that short sequences give back of it too.
      for (const verb of ['ask card', 'happen', 'hear'] as const) {
        const effect = await send({ verb, cents: 500, of: 0, manner: 'plain' }, ledger, {});
        effect(ledger);
      }
      for (const steps of sequence) {
        // Of one payment, what is told and what is given back at once cannot be told apart from outside.
        const told = steps.filter(({ verb }) => TOLD.has(verb));
        const together = told.length > 1 ? steps.filter((one) => one === told[0] || !told.includes(one)) : steps;
        const effects = await Promise.all(together.map((one) => perform(one, ledger)));
        for (const effect of effects) effect?.(ledger);
        const { closing } = await office.call(statementOfAccount, {
          partyId: ledger.partyId,
          from: '2026-01-01',
          to: '2026-12-31',
        });
        expect(closing.amountMinor).toBe(ledger.owed);
      }
      await expectCards(ledger);
      done += 1;
      if (done % CHECK_EVERY === 0) {
        expect(await office.drifts()).toEqual([]);
        console.log(`${done} of ${SEQUENCES} sequences`);
      }
    }),
    { seed: 20_261, numRuns: SEQUENCES, endOnFailure: true },
  );
  expect(await office.drifts()).toEqual([]);
}, 3_600_000);
