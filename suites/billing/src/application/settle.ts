import type { BusinessDate } from '@ashlar/kernel/values';
import { postEntries } from '../adapters/post-journal.ts';
import type { PaymentRow } from '../adapters/payments.ts';
import { billingErrors } from '../domain/billing-errors.ts';
import { invoicePaid } from '../domain/billing-events.ts';
import { AllocationId, type InvoiceId, JournalId } from '../domain/ids.ts';
import { entriesOfAllocation, entriesOfWriteOff } from '../domain/posting.ts';
import type { BillingContext } from './books.ts';
import { lockOpenItems } from './open-items.ts';

/** What settles a document, and by how much; below zero it is taken back. */
export interface Settlement {
  readonly invoiceId: string;
  readonly amountMinor: bigint;
  readonly by:
    | { readonly kind: 'payment'; readonly payment: PaymentRow }
    | { readonly kind: 'credit_note'; readonly creditNoteId: string }
    | { readonly kind: 'write_off'; readonly reason: string };
}

/**
 * Settles documents: allocations, their journals, and an event for each that nothing is open of any more. Whether there
 * is as much open, and as much left, the database decides.
 */
export async function settle(
  context: BillingContext,
  day: BusinessDate,
  settlements: readonly Settlement[],
): Promise<void> {
  const { db, newId } = context;
  if (settlements.length === 0) return;
  const items = new Map(
    (
      await lockOpenItems(
        db,
        settlements.map(({ invoiceId }) => invoiceId),
      )
    ).map((item) => [item.documentId, item]),
  );
  for (const { invoiceId } of settlements) {
    if (items.get(invoiceId)?.kind !== 'invoice') throw billingErrors.notAnInvoice({ id: invoiceId });
  }
  const rows = settlements.map((settlement) => ({ id: newId(AllocationId), settlement }));
  await db
    .insertInto('billing.allocations')
    .values(
      rows.map(({ id, settlement: { invoiceId, amountMinor, by } }) => ({
        id,
        kind: by.kind,
        payment_id: by.kind === 'payment' ? by.payment.id : null,
        credit_note_id: by.kind === 'credit_note' ? by.creditNoteId : null,
        invoice_id: invoiceId,
        amount: amountMinor,
        on_date: day,
      })),
    )
    .execute();
  for (const { id, settlement } of rows) {
    const { invoiceId, amountMinor, by } = settlement;
    const partyId = items.get(invoiceId)?.partyId ?? null;
    const source = { type: 'billing.allocation', id };
    if (by.kind === 'payment') {
      const entries = entriesOfAllocation(amountMinor, partyId);
      await postEntries(db, { id: newId(JournalId), kind: 'allocation', postingDate: day, source }, entries);
    } else if (by.kind === 'write_off') {
      const entries = entriesOfWriteOff(amountMinor, partyId);
      await postEntries(
        db,
        { id: newId(JournalId), kind: 'write_off', postingDate: day, source, reason: by.reason },
        entries,
      );
    }
  }
  await tellPaid(context, settlements);
}

async function tellPaid({ db, emit }: BillingContext, settlements: readonly Settlement[]): Promise<void> {
  const settled = [...new Set(settlements.filter(({ amountMinor }) => amountMinor > 0n).map((one) => one.invoiceId))];
  if (settled.length === 0) return;
  const rows = await db
    .selectFrom('billing.open_items as item')
    .innerJoin('billing.invoices as invoice', 'invoice.id', 'item.document_id')
    .select(['invoice.id', 'invoice.label', 'invoice.party_id', 'invoice.source_type', 'invoice.source_id'])
    .where('item.document_id', 'in', settled)
    .whereRef('item.settled', '=', 'item.total')
    .execute();
  for (const row of rows) {
    emit(
      invoicePaid.of({
        subject: row.id,
        data: {
          // Ids out of our own tables are what they were when they were made.
          invoiceId: row.id as InvoiceId,
          label: row.label ?? '',
          partyId: row.party_id,
          source: row.source_type === null ? null : { type: row.source_type, id: row.source_id ?? '' },
        },
      }),
    );
  }
}

/** Takes back what a payment settles, latest first, until so much of it is free. @returns What was freed. */
export async function freePayment(
  context: BillingContext,
  day: BusinessDate,
  payment: PaymentRow,
  wantedMinor: bigint,
  onlyInvoiceId?: string,
): Promise<bigint> {
  let query = context.db
    .selectFrom('billing.allocations')
    .select(['invoice_id', (eb) => eb.fn.sum<string>('amount').as('amount'), (eb) => eb.fn.max('recorded_at').as('at')])
    .where('payment_id', '=', payment.id)
    .groupBy('invoice_id')
    .orderBy('at', 'desc');
  if (onlyInvoiceId !== undefined) query = query.where('invoice_id', '=', onlyInvoiceId);
  let left = wantedMinor;
  const settlements: Settlement[] = [];
  for (const { invoice_id: invoiceId, amount } of await query.execute()) {
    const taken = BigInt(amount) < left ? BigInt(amount) : left;
    if (taken <= 0n) continue;
    settlements.push({ invoiceId, amountMinor: -taken, by: { kind: 'payment', payment } });
    left -= taken;
  }
  await settle(context, day, settlements);
  return wantedMinor - left;
}
