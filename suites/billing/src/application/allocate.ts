import { refuse, useCase } from '@ashlar/kernel';
import { BusinessDate, Money, money, text } from '@ashlar/kernel/values';
import { z } from 'zod';
import { lockPayment, type PaymentRow } from '../adapters/payments.ts';
import { billingErrors } from '../domain/billing-errors.ts';
import { InvoiceId, PaymentId } from '../domain/ids.ts';
import { unappliedMinor } from '../domain/payment.ts';
import { type BillingContext, inBooks, postingDay, readBooks } from './books.ts';
import { MAX_LINES } from './document-input.ts';
import { lockOpenItems, openMinor } from './open-items.ts';
import { freePayment, settle, type Settlement } from './settle.ts';

const Settled = z.object({ settled: z.array(z.object({ invoiceId: InvoiceId, amount: Money })) });
const errors = [
  billingErrors.booksMissing,
  billingErrors.periodClosed,
  billingErrors.dateInFuture,
  billingErrors.exceedsOpen,
  billingErrors.exceedsUnapplied,
  billingErrors.otherParty,
  billingErrors.notAnInvoice,
  billingErrors.nothingLeft,
];

export const allocatePayment = useCase('billing.allocate-payment', {
  summary: 'Settles invoices with what is left of a payment.',
  input: z.strictObject({
    paymentId: PaymentId,
    invoices: z
      .array(z.strictObject({ invoiceId: InvoiceId, amount: Money }))
      .min(1)
      .max(MAX_LINES),
    date: BusinessDate.optional(),
  }),
  output: Settled,
  errors,
  permission: 'billing.allocate',
  on: { http: 'POST /payments/:paymentId/allocations', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ paymentId, invoices, date }, context: BillingContext) => {
    const books = await readBooks(context);
    for (const { amount } of invoices) {
      inBooks(books, amount);
      if (amount.amountMinor <= 0n) return refuse(billingErrors.nothingLeft());
    }
    const payment = await lockPayment(context.db, paymentId);
    await refuseOthers(
      context,
      payment,
      invoices.map(({ invoiceId }) => invoiceId),
    );
    const wanted = invoices.reduce((sum, { amount }) => sum + amount.amountMinor, 0n);
    if (wanted > unappliedMinor(payment)) return refuse(billingErrors.exceedsUnapplied());
    await settle(
      context,
      postingDay(books, date),
      invoices.map(({ invoiceId, amount }) => ({
        invoiceId,
        amountMinor: amount.amountMinor,
        by: { kind: 'payment', payment },
      })),
    );
    context.audit({ subject: paymentId, after: { invoices: invoices.length, amount: wanted.toString() } });
    return { settled: invoices };
  },
});

export const autoAllocate = useCase('billing.auto-allocate', {
  summary: 'Settles the invoices of the payment’s party, the oldest due first, as far as the payment reaches.',
  input: z.strictObject({ paymentId: PaymentId, date: BusinessDate.optional() }),
  output: Settled,
  errors,
  permission: 'billing.allocate',
  on: { http: 'POST /payments/:paymentId/auto-allocations', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ paymentId, date }, context: BillingContext) => {
    const books = await readBooks(context);
    const payment = await lockPayment(context.db, paymentId);
    if (payment.partyId === null) return { settled: [] };
    const candidates = await context.db
      .selectFrom('billing.open_items')
      .select('document_id')
      .where('party_id', '=', payment.partyId)
      .where('kind', '=', 'invoice')
      .whereRef('settled', '<', 'total')
      .orderBy('due_date')
      .orderBy('document_id')
      .limit(MAX_LINES)
      .execute();
    const items = await lockOpenItems(
      context.db,
      candidates.map(({ document_id: id }) => id),
    );
    const oldestFirst = items.toSorted((left, right) =>
      left.dueDate === right.dueDate
        ? Number(left.documentId > right.documentId) - 0.5
        : Number(left.dueDate > right.dueDate) - 0.5,
    );
    let left = unappliedMinor(payment);
    const settlements: Settlement[] = [];
    for (const item of oldestFirst) {
      const amountMinor = openMinor(item) < left ? openMinor(item) : left;
      if (amountMinor <= 0n) continue;
      settlements.push({ invoiceId: item.documentId, amountMinor, by: { kind: 'payment', payment } });
      left -= amountMinor;
    }
    await settle(context, postingDay(books, date), settlements);
    context.audit({ subject: paymentId, after: { invoices: settlements.length } });
    return {
      settled: settlements.map(({ invoiceId, amountMinor }) => ({
        // Ids out of our own tables are what they were when they were made.
        invoiceId: invoiceId as InvoiceId,
        amount: money(amountMinor, books.currency),
      })),
    };
  },
});

export const unallocatePayment = useCase('billing.unallocate-payment', {
  summary:
    'Takes back what a payment settles of an invoice: that is open again, and the payment’s party has it to its credit.',
  input: z.strictObject({ paymentId: PaymentId, invoiceId: InvoiceId, date: BusinessDate.optional() }),
  output: z.object({ freed: Money }),
  errors,
  permission: 'billing.allocate',
  on: { http: 'POST /payments/:paymentId/unallocations', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ paymentId, invoiceId, date }, context: BillingContext) => {
    const books = await readBooks(context);
    const payment = await lockPayment(context.db, paymentId);
    const day = postingDay(books, date);
    const freed = await freePayment(context, day, payment, payment.allocatedMinor, invoiceId);
    if (freed === 0n) return refuse(billingErrors.nothingLeft());
    context.audit({ subject: paymentId, after: { freed: freed.toString(), invoiceId } });
    return { freed: money(freed, books.currency) };
  },
});

export const applyCredit = useCase('billing.apply-credit', {
  summary: 'Settles an invoice with what is left of a credit note of the same party.',
  input: z.strictObject({
    creditNoteId: InvoiceId,
    invoiceId: InvoiceId,
    amount: Money,
    date: BusinessDate.optional(),
  }),
  output: Settled,
  errors,
  permission: 'billing.allocate',
  on: { http: 'POST /invoices/:creditNoteId/applications', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ creditNoteId, invoiceId, amount, date }, context: BillingContext) => {
    const books = await readBooks(context);
    inBooks(books, amount);
    if (amount.amountMinor <= 0n) return refuse(billingErrors.nothingLeft());
    const items = await lockOpenItems(context.db, [creditNoteId, invoiceId]);
    const note = items.find(({ documentId }) => documentId === creditNoteId);
    const invoice = items.find(({ documentId }) => documentId === invoiceId);
    if (note?.kind !== 'credit_note') return refuse(billingErrors.notIssued({ id: creditNoteId }));
    if (invoice === undefined) return refuse(billingErrors.notIssued({ id: invoiceId }));
    if (note.partyId !== invoice.partyId) return refuse(billingErrors.otherParty({ id: invoiceId }));
    await settle(context, postingDay(books, date), [
      { invoiceId, amountMinor: amount.amountMinor, by: { kind: 'credit_note', creditNoteId } },
    ]);
    context.audit({ subject: creditNoteId, after: { invoiceId, amount: amount.amountMinor.toString() } });
    return { settled: [{ invoiceId, amount }] };
  },
});

const GivenUp = z.strictObject({
  invoiceId: InvoiceId,
  amount: Money.optional().describe('All that is open unless told'),
  reason: text({ max: 500 }),
  date: BusinessDate.optional(),
});

export const writeOff = useCase('billing.write-off', {
  summary: 'Gives up what is open of an invoice, up to the limit of one person.',
  input: GivenUp,
  output: Settled,
  errors: [...errors, billingErrors.overLimit, billingErrors.notIssued],
  permission: 'billing.write-off',
  on: { http: 'POST /invoices/:invoiceId/write-offs', graphql: 'mutation', grpc: true, mcp: true },
  run: (input, context: BillingContext) => giveUp(input, context, { isApproved: false }),
});

export const writeOffApproved = useCase('billing.write-off-approved', {
  summary: 'Gives up what is open of an invoice, whatever it comes to.',
  input: GivenUp,
  output: Settled,
  errors: [...errors, billingErrors.notIssued],
  permission: 'billing.approve',
  on: { http: 'POST /invoices/:invoiceId/approved-write-offs', graphql: 'mutation', grpc: true },
  run: (input, context: BillingContext) => giveUp(input, context, { isApproved: true }),
});

async function giveUp(
  { invoiceId, amount, reason, date }: z.output<typeof GivenUp>,
  context: BillingContext,
  { isApproved }: { readonly isApproved: boolean },
) {
  const books = await readBooks(context);
  const [item] = await lockOpenItems(context.db, [invoiceId]);
  if (item === undefined) return refuse(billingErrors.notIssued({ id: invoiceId }));
  const given = amount ?? money(openMinor(item), books.currency);
  inBooks(books, given);
  const { amountMinor } = given;
  if (amountMinor <= 0n) return refuse(billingErrors.nothingLeft());
  if (!isApproved && amountMinor > books.writeOffLimit) {
    return refuse(billingErrors.overLimit({ amount: amountMinor.toString(), limit: books.writeOffLimit.toString() }));
  }
  await settle(context, postingDay(books, date), [{ invoiceId, amountMinor, by: { kind: 'write_off', reason } }]);
  context.audit({ subject: invoiceId, reason, after: { amount: amountMinor.toString() } });
  return { settled: [{ invoiceId, amount: given }] };
}

async function refuseOthers(
  { db }: BillingContext,
  { partyId }: PaymentRow,
  invoiceIds: readonly string[],
): Promise<void> {
  if (partyId === null) return;
  for (const item of await lockOpenItems(db, invoiceIds)) {
    if (item.partyId !== null && item.partyId !== partyId) throw billingErrors.otherParty({ id: item.documentId });
  }
}
