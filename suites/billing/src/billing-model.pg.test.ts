import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AshlarError } from '@ashlar/kernel';
import { proofSize } from '@ashlar/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { autoAllocate, unallocatePayment, writeOff } from './application/allocate.ts';
import { creditInvoice } from './application/credit-invoice.ts';
import { billAtOnce } from './application/issue-invoice.ts';
import { recordPayment, requestPayment, tellPayment } from './application/payments.ts';
import { statementOfAccount } from './application/receivables.ts';
import { refundPayment } from './application/refund-payment.ts';
import { line, type Office, openOffice, usd } from './billing.fixture.ts';
import { InvoiceId, type PartyId, PaymentId } from './domain/ids.ts';

/** Sequences of commands, and after how many all books are reckoned anew. */
const SEQUENCES = proofSize('billing-model', { short: 20, full: 2000 });
const CHECK_EVERY = 50;

type Verb = 'bill' | 'pay' | 'ask' | 'tell' | 'allocate' | 'free' | 'credit' | 'credit some' | 'refund' | 'write off';
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
}

let office: Office;
beforeAll(async () => {
  office = await openOffice({ writeOffLimit: '1000000' });
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

test('whatever is asked, repeated, cut off or asked at once, the books balance and say what is owed', async () => {
  let done = 0;
  await fc.assert(
    fc.asyncProperty(sequences, async (sequence) => {
      const ledger: Ledger = { owed: 0n, partyId: office.newParty(), invoices: [], payments: [], asked: [] };
      for (const steps of sequence) {
        // Of one payment, what is told and what is given back at once cannot be told apart from outside.
        const told = steps.filter(({ verb }) => verb === 'tell' || verb === 'refund');
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
