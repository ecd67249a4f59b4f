import { refuse, useCase } from '@ashlar/kernel';
import { BusinessDate, Money, text } from '@ashlar/kernel/values';
import { z } from 'zod';
import { lockPayment, savePayment } from '../adapters/payments.ts';
import { addProviderOrder, providerOf } from '../adapters/provider-orders.ts';
import { billingErrors } from '../domain/billing-errors.ts';
import { paymentRefunded, refundRequested } from '../domain/billing-events.ts';
import { InvoiceId, PaymentId, ProviderOrderId } from '../domain/ids.ts';
import { promiseRefund, refund } from '../domain/payment.ts';
import { type BillingContext, inBooks, postingDay, readBooks } from './books.ts';
import { lockOpenItems, openMinor } from './open-items.ts';
import { moveMoney, outputOf, PaymentOutput } from './payments.ts';
import { freePayment, settle } from './settle.ts';

const input = z.strictObject({
  paymentId: PaymentId,
  amount: Money,
  creditNoteId: InvoiceId.optional().describe(
    'What it is given back for: the invoice it takes back is then settled by the note in place of the payment',
  ),
  reason: text({ max: 500 }),
  date: BusinessDate.optional(),
});

const errors = [
  billingErrors.booksMissing,
  billingErrors.periodClosed,
  billingErrors.dateInFuture,
  billingErrors.exceedsCaptured,
  billingErrors.exceedsUnapplied,
  billingErrors.exceedsOpen,
  billingErrors.notIssued,
  billingErrors.nothingLeft,
];

export const refundPayment = useCase('billing.refund-payment', {
  summary:
    'Gives money back, up to the limit of one person: what is left of a payment, or what a credit note is worth.',
  input,
  output: PaymentOutput,
  errors: [...errors, billingErrors.overLimit],
  permission: 'billing.refund',
  on: { http: 'POST /payments/:paymentId/refunds', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: (given, context: BillingContext) => giveBack(given, context, { isApproved: false }),
});

export const refundApproved = useCase('billing.refund-approved', {
  summary: 'Gives money back, whatever it comes to.',
  input,
  output: PaymentOutput,
  errors,
  permission: 'billing.approve',
  on: { http: 'POST /payments/:paymentId/approved-refunds', graphql: 'mutation', grpc: true },
  run: (given, context: BillingContext) => giveBack(given, context, { isApproved: true }),
});

async function giveBack(
  { paymentId, amount, creditNoteId, reason, date }: z.output<typeof input>,
  context: BillingContext,
  { isApproved }: { readonly isApproved: boolean },
) {
  const { db, newId, emit, audit } = context;
  const books = await readBooks(context);
  inBooks(books, amount);
  const { amountMinor } = amount;
  if (amountMinor <= 0n) return refuse(billingErrors.nothingLeft());
  if (!isApproved && books.refundLimit !== null && amountMinor > books.refundLimit) {
    return refuse(billingErrors.overLimit({ amount: amountMinor.toString(), limit: books.refundLimit.toString() }));
  }
  const day = postingDay(books, date);
  const payment = await lockPayment(db, paymentId);
  if (creditNoteId !== undefined) {
    const swapped = await settleByNote(context, day, { payment, creditNoteId, amountMinor });
    if (swapped !== undefined) return swapped;
  }
  const freed = await lockPayment(db, paymentId);
  const providerId = await providerOf(db, paymentId);
  if (providerId !== undefined) {
    const promise = promiseRefund(freed, amountMinor);
    if (!promise.accepted) return promise;
    const promised = { ...freed, ...promise.events[0] };
    await savePayment(db, promised);
    const { partyId, source, provider } = freed;
    const orderId = newId(ProviderOrderId);
    const at = context.clock();
    await addProviderOrder(db, {
      id: orderId,
      paymentId,
      providerId,
      kind: 'refund',
      amountMinor,
      at,
      creditNoteId,
      reason,
    });
    audit({ subject: paymentId, reason, after: { promised: amountMinor.toString() } });
    const data = { paymentId, partyId, source, amount, orderId, provider };
    emit(refundRequested.of({ subject: paymentId, data }));
    // The books move when the provider says so.
    return outputOf(promised, books.currency);
  }
  const decision = refund(freed, amountMinor);
  if (!decision.accepted) return decision;
  const after = { ...freed, ...decision.events[0] };
  await savePayment(db, after);
  await moveMoney(context, after, { kind: 'refund', amountMinor, day, creditNoteId, reason });
  audit({ subject: paymentId, reason, after: { refunded: amountMinor.toString() } });
  emit(
    paymentRefunded.of({
      subject: paymentId,
      data: {
        paymentId,
        partyId: after.partyId,
        source: after.source,
        amount,
        creditNoteId: creditNoteId ?? null,
      },
    }),
  );
  return outputOf(after, books.currency);
}

/** Lets a credit note settle its invoice in place of the payment, so that as much of the payment is free to go back. */
async function settleByNote(
  context: BillingContext,
  day: BusinessDate,
  {
    payment,
    creditNoteId,
    amountMinor,
  }: { payment: Awaited<ReturnType<typeof lockPayment>>; creditNoteId: string; amountMinor: bigint },
) {
  const note = await context.db
    .selectFrom('billing.invoices')
    .select(['credits'])
    .where('id', '=', creditNoteId)
    .where('status', '=', 'issued')
    .executeTakeFirst();
  if (note?.credits === null || note?.credits === undefined)
    return refuse(billingErrors.notIssued({ id: creditNoteId }));
  const [item] = await lockOpenItems(context.db, [creditNoteId]);
  if (item === undefined || openMinor(item) < amountMinor) return refuse(billingErrors.exceedsOpen());
  // Money that settled the invoice first; what it never settled is free anyhow.
  const freed = await freePayment(context, day, payment, amountMinor, note.credits);
  if (freed > 0n) {
    await settle(context, day, [
      { invoiceId: note.credits, amountMinor: freed, by: { kind: 'credit_note', creditNoteId } },
    ]);
  }
  return undefined;
}
