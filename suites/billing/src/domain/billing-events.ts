import { eventType } from '@ashlar/kernel';
import { Money } from '@ashlar/kernel/values';
import { z } from 'zod';
import { InvoiceId, JournalId, PaymentId, ProviderOrderId } from './ids.ts';

const Source = z.object({ type: z.string(), id: z.string() });
const Document = z.object({
  invoiceId: InvoiceId,
  label: z.string(),
  issueDate: z.string(),
  dueDate: z.string(),
  partyId: z.string().nullable(),
  source: Source.nullable(),
  net: Money,
  tax: Money,
  total: Money,
  lines: z.array(z.object({ line: z.int(), sourceLine: z.string().nullable(), quantity: z.string(), uom: z.string() })),
});
const Paid = z.object({
  paymentId: PaymentId,
  partyId: z.string().nullable(),
  source: Source.nullable(),
  amount: Money,
});

export const invoiceIssued = eventType('billing.invoice.issued', {
  summary: 'An invoice has its number, and is owed.',
  data: Document,
});
export const invoiceCredited = eventType('billing.invoice.credited', {
  summary: 'All of an invoice, or some of its lines, was taken back by a credit note.',
  data: Document.extend({
    creditNoteId: InvoiceId,
    /** Of the invoice, by this credit note; the rest of it is the customer’s. */
    settled: Money,
  }),
});
export const invoicePaid = eventType('billing.invoice.paid', {
  summary: 'Nothing of an invoice is open any more.',
  data: z.object({
    invoiceId: InvoiceId,
    label: z.string(),
    partyId: z.string().nullable(),
    source: Source.nullable(),
  }),
});
export const paymentAuthorised = eventType('billing.payment.authorised', {
  summary: 'A provider holds money for us.',
  data: Paid,
});
export const paymentCaptured = eventType('billing.payment.captured', {
  summary: 'Money came in.',
  data: Paid.extend({
    /** The payment had been given up: whoever waited for it no longer does. */
    isLate: z.boolean(),
  }),
});
export const paymentFailed = eventType('billing.payment.failed', {
  summary: 'A payment came to nothing.',
  data: Paid.extend({ state: z.string(), reason: z.string() }),
});
export const paymentRefunded = eventType('billing.payment.refunded', {
  summary: 'Money was given back.',
  data: Paid.extend({ creditNoteId: InvoiceId.nullable() }),
});
const Asked = Paid.extend({ orderId: ProviderOrderId, provider: z.string() });
export const paymentRequested = eventType('billing.payment.requested', {
  summary: 'A provider is asked for money.',
  data: Asked,
});
export const captureRequested = eventType('billing.payment.capture_requested', {
  summary: 'A provider is asked to take money it holds.',
  data: Asked,
});
export const voidRequested = eventType('billing.payment.void_requested', {
  summary: 'A provider is asked to let a payment go.',
  data: Asked,
});
export const refundRequested = eventType('billing.payment.refund_requested', {
  summary: 'A provider is asked to give money back.',
  data: Asked,
});
export const refundFailed = eventType('billing.payment.refund_failed', {
  summary: 'Money that was to go back did not, or nobody knows: somebody has to look at the provider’s pages.',
  data: Asked.extend({ reason: z.string(), isKnown: z.boolean() }),
});
export const paymentDisputed = eventType('billing.payment.disputed', {
  summary: 'A payer’s bank asks money back, or has decided about it: what is lost has gone back.',
  data: Paid.extend({ state: z.enum(['opened', 'won', 'lost']) }),
});
export const periodClosed = eventType('billing.period.closed', {
  summary: 'Nothing is posted in a month any more.',
  data: z.object({ startsOn: z.string(), state: z.enum(['open', 'soft_closed', 'closed']) }),
});
export const journalPosted = eventType('billing.journal.posted', {
  summary: 'Somebody posted a journal by hand, or took one back.',
  data: z.object({ journalId: JournalId, postingDate: z.string() }),
});
