import { refuse, useCase } from '@ashlar/kernel';
import { BusinessDate, type Currency, Money, money, text } from '@ashlar/kernel/values';
import { z } from 'zod';
import { lockPayment, type PaymentRow, savePayment } from '../adapters/payments.ts';
import { forgetStep } from '../adapters/payment-steps.ts';
import { postEntries } from '../adapters/post-journal.ts';
import { keepPromises } from '../adapters/provider-orders.ts';
import type { PaymentMethod } from '../adapters/tables.ts';
import { billingErrors } from '../domain/billing-errors.ts';
import {
  paymentAuthorised,
  paymentCaptured,
  paymentDisputed,
  paymentFailed,
  paymentRefunded,
} from '../domain/billing-events.ts';
import { InvoiceId, JournalId, MoneyMoveId, PartyId, PaymentId } from '../domain/ids.ts';
import { isWaiting, type PaymentFact, takeIn, unappliedMinor } from '../domain/payment.ts';
import { entriesOfReceipt, reversed } from '../domain/posting.ts';
import { type BillingContext, type Books, inBooks, postingDay, readBooks } from './books.ts';
import { SourceInput } from './document-input.ts';
import { providerErrors } from '../domain/provider-errors.ts';
import { freePayment } from './settle.ts';

export const Method = z.enum(['cash', 'bank', 'card', 'wallet', 'cheque']);
export const PaymentOutput = z.object({
  id: PaymentId,
  state: z.string(),
  amount: Money,
  captured: Money,
  refunded: Money,
  promised: Money.describe('Asked of the provider to be given back, which has not said so yet'),
  unapplied: Money.describe('Left to settle documents with, or to give back'),
});

export const asked = {
  partyId: PartyId.optional(),
  amount: Money,
  source: SourceInput.optional(),
  reference: text({ max: 200 }).optional(),
};

export const recordPayment = useCase('billing.record-payment', {
  summary: 'Writes down money that has come in: cash, a transfer, a cheque.',
  input: z.strictObject({ method: Method, receivedOn: BusinessDate.optional(), ...asked }),
  output: PaymentOutput,
  errors: [
    billingErrors.booksMissing,
    billingErrors.periodClosed,
    billingErrors.dateInFuture,
    billingErrors.nothingLeft,
  ],
  permission: 'billing.collect',
  on: { http: 'POST /payments', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ receivedOn, ...input }, context: BillingContext) => {
    const books = await readBooks(context);
    const day = postingDay(books, receivedOn);
    const payment = await addPayment(context, books, { ...input, provider: 'manual' });
    const full = input.amount.amountMinor;
    return advance(
      context,
      books,
      payment,
      { status: 'captured', authorisedMinor: full, capturedMinor: full, refundedMinor: 0n },
      { day },
    );
  },
});

export const tellPayment = useCase('billing.tell-payment', {
  summary: 'Takes in what a provider says of a payment: totals, so that order, delay and repetition do not matter.',
  input: z.strictObject({
    paymentId: PaymentId,
    provider: z.string().min(1).max(50).optional().describe('Who tells it; another one’s payment is left alone'),
    providerRef: z.string().min(1).max(200).optional(),
    eventId: z.string().min(1).max(200).optional().describe('The provider’s; one that is known changes nothing'),
    status: z.enum(['pending', 'authorised', 'captured', 'failed', 'voided', 'expired', 'disputed', 'lost']),
    authorised: Money.optional(),
    captured: Money.optional(),
    refunded: Money.optional(),
    failure: text({ max: 500 }).optional(),
  }),
  output: PaymentOutput,
  errors: [
    billingErrors.booksMissing,
    billingErrors.paymentKnown,
    billingErrors.periodClosed,
    providerErrors.otherPayment,
  ],
  permission: 'billing.provide',
  on: { http: 'POST /payments/:paymentId/facts', grpc: true },
  run: async (input, context: BillingContext) => {
    const { db } = context;
    const books = await readBooks(context);
    const payment = await lockPayment(db, input.paymentId);
    if (isOther(input.provider, payment.provider) || isOther(input.providerRef, payment.providerRef)) {
      return refuse(providerErrors.otherPayment());
    }
    if (input.eventId !== undefined) {
      const { numInsertedOrUpdatedRows: inserted } = await db
        .insertInto('billing.provider_events')
        .values({ provider: payment.provider, event_id: input.eventId, payment_id: payment.id })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirstOrThrow();
      if (inserted === 0n) return outputOf(payment, books.currency);
    }
    for (const amount of [input.authorised, input.captured, input.refunded]) {
      if (amount !== undefined) inBooks(books, amount);
    }
    return advance(
      context,
      books,
      payment,
      {
        status: input.status,
        authorisedMinor: input.authorised?.amountMinor ?? 0n,
        capturedMinor: input.captured?.amountMinor ?? 0n,
        refundedMinor: input.refunded?.amountMinor ?? 0n,
        failure: input.failure,
      },
      { day: books.today, providerRef: input.providerRef },
    );
  },
});

/** Whether what was told names somebody else than is known. */
function isOther(told: string | undefined, known: string | null): boolean {
  return told !== undefined && known !== null && told !== known;
}

export type NewPayment = {
  readonly method: PaymentMethod;
  readonly provider: string;
  readonly partyId?: PartyId | undefined;
  readonly amount: Money;
  readonly source?: z.output<typeof SourceInput> | undefined;
  readonly reference?: string | undefined;
};

/** Writes down that money is asked for. */
export async function addPayment(
  { db, newId, audit }: BillingContext,
  books: Books,
  input: NewPayment,
): Promise<PaymentRow> {
  inBooks(books, input.amount);
  if (input.amount.amountMinor <= 0n) throw billingErrors.nothingLeft();
  const id = newId(PaymentId);
  await db
    .insertInto('billing.payments')
    .values({
      id,
      method: input.method,
      provider: input.provider,
      provider_ref: null,
      party_id: input.partyId ?? null,
      currency: books.currency,
      amount: input.amount.amountMinor,
      state: 'created',
      failure: null,
      reference: input.reference ?? null,
      source_type: input.source?.type ?? null,
      source_id: input.source?.id ?? null,
    })
    .execute();
  audit({ subject: id, after: { amount: input.amount.amountMinor.toString(), method: input.method } });
  return {
    id,
    method: input.method,
    provider: input.provider,
    providerRef: null,
    partyId: input.partyId ?? null,
    source: input.source ?? null,
    amountMinor: input.amount.amountMinor,
    state: 'created',
    authorisedMinor: 0n,
    capturedMinor: 0n,
    refundedMinor: 0n,
    promisedMinor: 0n,
    allocatedMinor: 0n,
  };
}

/** Takes a provider's word in, and writes what follows from it: moves of money, journals, events. */
export async function advance(
  context: BillingContext,
  books: Books,
  before: PaymentRow,
  told: Parameters<typeof takeIn>[1],
  { day, providerRef }: { readonly day: BusinessDate; readonly providerRef?: string | undefined },
): Promise<z.output<typeof PaymentOutput>> {
  const { payment, facts } = takeIn(before, told);
  // Given back behind our back: what it settled is open again.
  const missing = -unappliedMinor(payment);
  const freed = missing > 0n ? await freePayment(context, day, before, missing) : 0n;
  const after: PaymentRow = {
    ...before,
    ...payment,
    allocatedMinor: before.allocatedMinor - freed,
    providerRef: providerRef ?? before.providerRef,
  };
  await savePayment(context.db, after, told.failure);
  for (const fact of facts) await enterFact(context, books, after, fact, day);
  if (before.provider !== 'manual' && !isWaiting(after)) await forgetStep(context.db, after.id);
  context.audit({ subject: after.id, before: { state: before.state }, after: { state: after.state } });
  return outputOf(after, books.currency);
}

async function enterFact(
  context: BillingContext,
  books: Books,
  payment: PaymentRow,
  fact: PaymentFact,
  day: BusinessDate,
): Promise<void> {
  const data = (amountMinor: bigint) => ({
    paymentId: payment.id as PaymentId,
    partyId: payment.partyId,
    source: payment.source,
    amount: money(amountMinor, books.currency),
  });
  const subject = payment.id;
  if (fact.kind === 'authorised') {
    context.emit(paymentAuthorised.of({ subject, data: data(fact.amountMinor) }));
  } else if (fact.kind === 'captured') {
    await moveMoney(context, payment, { kind: 'capture', amountMinor: fact.amountMinor, day });
    context.emit(paymentCaptured.of({ subject, data: { ...data(fact.amountMinor), isLate: fact.isLate } }));
  } else if (fact.kind === 'refunded') {
    const kept = await keepPromises(context.db, payment, fact.promisedMinor);
    const unasked = fact.amountMinor - fact.promisedMinor;
    const reason = payment.state === 'lost' ? 'dispute_lost' : null;
    const rest = unasked > 0n ? [{ amountMinor: unasked, creditNoteId: null, reason }] : [];
    for (const { amountMinor, creditNoteId: id, reason: why } of [...kept, ...rest]) {
      // Ids out of our own tables are what they were when they were made.
      const creditNoteId = id as InvoiceId | null;
      const move = { creditNoteId: creditNoteId ?? undefined, reason: why ?? undefined };
      await moveMoney(context, payment, { kind: 'refund', amountMinor, day, ...move });
      context.emit(paymentRefunded.of({ subject, data: { ...data(amountMinor), creditNoteId } }));
    }
  } else if (fact.kind === 'disputed') {
    context.emit(paymentDisputed.of({ subject, data: { ...data(fact.amountMinor), state: fact.state } }));
  } else {
    const { state, reason } = fact;
    context.emit(paymentFailed.of({ subject, data: { ...data(payment.amountMinor), state, reason } }));
  }
}

export interface MoneyMove {
  readonly kind: 'capture' | 'refund';
  readonly amountMinor: bigint;
  readonly day: BusinessDate;
  readonly creditNoteId?: InvoiceId | undefined;
  readonly reason?: string | undefined;
}

/** Writes that money came in or went back, and its journal. */
export async function moveMoney(
  { db, newId }: BillingContext,
  { id: paymentId, method, partyId }: PaymentRow,
  { kind, amountMinor, day, creditNoteId, reason }: MoneyMove,
): Promise<void> {
  const id = newId(MoneyMoveId);
  await db
    .insertInto('billing.money_moves')
    .values({
      id,
      payment_id: paymentId,
      kind,
      amount: amountMinor,
      on_date: day,
      provider_ref: null,
      credit_note_id: creditNoteId ?? null,
      reason: reason ?? null,
    })
    .execute();
  const entries = entriesOfReceipt(method, amountMinor, partyId);
  await postEntries(
    db,
    {
      id: newId(JournalId),
      kind: kind === 'capture' ? 'receipt' : 'refund',
      postingDate: day,
      source: { type: 'billing.money', id },
      reason,
    },
    kind === 'capture' ? entries : reversed(entries),
  );
}

export function outputOf(payment: PaymentRow, currency: Currency): z.output<typeof PaymentOutput> {
  const { amountMinor, capturedMinor, refundedMinor, promisedMinor } = payment;
  return {
    id: payment.id as PaymentId,
    state: payment.state,
    amount: money(amountMinor, currency),
    captured: money(capturedMinor, currency),
    refunded: money(refundedMinor, currency),
    promised: money(promisedMinor, currency),
    unapplied: money(unappliedMinor(payment), currency),
  };
}
