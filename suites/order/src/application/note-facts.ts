import { commonErrors, type DomainEvent, refuse, useCase } from '@ashlar/kernel';
import { Money, valueErrors } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import { z } from 'zod';
import { remember } from '../adapters/history.ts';
import { lockOrder } from '../adapters/orders.ts';
import { InvoiceId, OrderId, PaymentId } from '../domain/ids.ts';
import { orderErrors } from '../domain/order-errors.ts';
import { ORDER_SOURCE, type OrderContext } from './order-context.ts';

const noteDocumentInput = z.strictObject({
  orderId: OrderId,
  documentId: InvoiceId,
  invoiceId: InvoiceId.nullable().describe('Of a credit note: what it takes back'),
  label: z.string().min(1).max(100),
  total: Money,
  lines: z
    .array(z.strictObject({ line: z.int().min(1), invoiceLine: z.int().min(1), quantity: z.string().max(40) }))
    .max(1000),
});

export const noteDocument = useCase('order.note-document', {
  summary: 'Takes down an invoice of an order, or a credit note; each once.',
  input: noteDocumentInput,
  output: z.object({ id: InvoiceId, isNew: z.boolean() }),
  errors: [orderErrors.exceedsInvoiceable],
  permission: 'order.process',
  on: { grpc: true },
  run: async ({ orderId, documentId, invoiceId, label, total, lines }, { db, audit }: OrderContext) => {
    const row = await lockOrder(db, orderId);
    if (row.currency !== total.currency) {
      return refuse(valueErrors.currencyMismatch({ left: row.currency, right: total.currency }));
    }
    const { numInsertedOrUpdatedRows: inserted } = await db
      .insertInto('orders.documents')
      .values({
        document_id: documentId,
        order_id: orderId,
        kind: invoiceId === null ? 'invoice' : 'credit_note',
        invoice_id: invoiceId,
        label,
        total: total.amountMinor,
        lines: JSON.stringify(lines),
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow();
    if (inserted === 0n) return { id: documentId, isNew: false };
    await remember(db, orderId, invoiceId === null ? 'invoiced' : 'credited', { label });
    audit({ subject: orderId, after: { document: label } });
    return { id: documentId, isNew: true };
  },
});

export const notePayment = useCase('order.note-payment', {
  summary: 'Takes down what came of a payment for an order; each fact once.',
  input: z.strictObject({
    orderId: OrderId,
    factId: z.string().min(1).max(200),
    paymentId: PaymentId,
    kind: z.enum(['authorised', 'captured', 'refunded', 'failed']),
    amount: Money,
  }),
  output: z.object({ id: OrderId, isNew: z.boolean() }),
  errors: [],
  permission: 'order.process',
  on: { grpc: true },
  run: async ({ orderId, factId, paymentId, kind, amount }, { db, audit }: OrderContext) => {
    const row = await lockOrder(db, orderId);
    if (row.currency !== amount.currency) {
      return refuse(valueErrors.currencyMismatch({ left: row.currency, right: amount.currency }));
    }
    if (amount.amountMinor < 0n) throw commonErrors.invalidInput({ count: 1 });
    const { numInsertedOrUpdatedRows: inserted } = await db
      .insertInto('orders.payment_facts')
      .values({ fact_id: factId, order_id: orderId, payment_id: paymentId, kind, amount: amount.amountMinor })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow();
    if (inserted === 0n) return { id: orderId, isNew: false };
    await remember(db, orderId, kind, { amount: amount.amountMinor.toString() });
    await db
      .updateTable('orders.orders')
      .set({ version: sql<number>`version + 1` })
      .where('id', '=', orderId)
      .execute();
    audit({ subject: orderId, after: { [kind]: amount.amountMinor.toString() } });
    return { id: orderId, isNew: true };
  },
});

export const documentEvents = ['billing.invoice.issued', 'billing.invoice.credited'];
export const paymentEvents = [
  'billing.payment.authorised',
  'billing.payment.captured',
  'billing.payment.failed',
  'billing.payment.refunded',
];

const Told = z.object({ source: z.object({ type: z.string(), id: z.string() }).nullable() });
const ToldDocument = Told.extend({
  invoiceId: z.string(),
  creditNoteId: z.string().optional(),
  label: z.string(),
  total: z.object({ amount: z.string(), currency: z.string() }),
  lines: z.array(z.object({ line: z.int(), sourceLine: z.string().nullable(), quantity: z.string() })),
});
const ToldPayment = Told.extend({
  paymentId: z.string(),
  amount: z.object({ amount: z.string(), currency: z.string() }),
});

/** The order an event of billing is about; null: it is of something else. */
export function orderOfSource({ data }: Pick<DomainEvent, 'data'>): string | null {
  const told = Told.safeParse(data);
  return told.success && told.data.source?.type === ORDER_SOURCE ? told.data.source.id : null;
}

export function documentOf(event: DomainEvent): z.input<typeof noteDocumentInput> | null {
  const orderId = orderOfSource(event);
  if (orderId === null) return null;
  const { invoiceId, creditNoteId, label, total, lines } = ToldDocument.parse(event.data);
  return {
    orderId,
    documentId: creditNoteId ?? invoiceId,
    invoiceId: creditNoteId === undefined ? null : invoiceId,
    label,
    total,
    lines: lines.flatMap(({ line, sourceLine, quantity }) =>
      sourceLine === null ? [] : [{ line: Number(sourceLine), invoiceLine: line, quantity }],
    ),
  };
}

export function paymentOf(event: DomainEvent): z.input<typeof notePayment.input> | null {
  const orderId = orderOfSource(event);
  if (orderId === null) return null;
  const { paymentId, amount } = ToldPayment.parse(event.data);
  const kind = event.type.split('.')[2] as z.input<typeof notePayment.input>['kind'];
  return { orderId, factId: event.id, paymentId, kind, amount };
}
