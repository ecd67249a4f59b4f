import { commonErrors, refuse, useCase } from '@ashlar/kernel';
import { BusinessDate, Money, money, parseMicros, microsText, text } from '@ashlar/kernel/values';
import { z } from 'zod';
import { billingErrors } from '../domain/billing-errors.ts';
import { invoiceCredited } from '../domain/billing-events.ts';
import { type CreditableLine, creditLines, type CreditedLine } from '../domain/credit-lines.ts';
import { InvoiceId } from '../domain/ids.ts';
import type { BillingDb } from '../adapters/tables.ts';
import { type BillingContext, postingDay, readBooks } from './books.ts';
import { MAX_LINES } from './document-input.ts';
import { lockOpenItems, openMinor } from './open-items.ts';
import { settle } from './settle.ts';
import { expectTotal, factOf, issue } from './issue.ts';
import { answerOf, IssuedDocument } from './issue-invoice.ts';

const Quantity = z.string().min(1).max(40);

export const creditInvoice = useCase('billing.credit-invoice', {
  summary: 'Takes an invoice back, or some of its lines, by a credit note; what is still owed becomes that much less.',
  description:
    'What the credit note is worth beyond what is owed is the customer’s: refund it, or settle another invoice with it.',
  input: z.strictObject({
    invoiceId: InvoiceId,
    lines: z
      .array(z.strictObject({ line: z.int().min(1), quantity: Quantity.describe('In the unit of the line') }))
      .min(1)
      .max(MAX_LINES)
      .optional()
      .describe('All that is left unless told'),
    reason: text({ max: 500 }),
    issueDate: BusinessDate.optional(),
    expectedTotal: Money.optional(),
  }),
  output: IssuedDocument.extend({ settled: Money.describe('Of the invoice, by this credit note') }),
  errors: [
    billingErrors.booksMissing,
    billingErrors.notIssued,
    billingErrors.notAnInvoice,
    billingErrors.exceedsCreditable,
    billingErrors.totalDiffers,
    billingErrors.periodClosed,
    billingErrors.dateBeforeLast,
    billingErrors.dateInFuture,
  ],
  permission: 'billing.credit',
  on: { http: 'POST /invoices/:invoiceId/credits', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ invoiceId, lines: wished, reason, issueDate, expectedTotal }, context: BillingContext) => {
    const { db, newId, emit } = context;
    const books = await readBooks(context);
    const day = postingDay(books, issueDate);
    const invoice = await db.selectFrom('billing.invoices').selectAll().where('id', '=', invoiceId).executeTakeFirst();
    if (invoice === undefined) return refuse(commonErrors.notFound({ what: 'invoice', id: invoiceId }));
    if (invoice.kind !== 'invoice') return refuse(billingErrors.notAnInvoice({ id: invoiceId }));
    if (invoice.status !== 'issued') return refuse(billingErrors.notIssued({ id: invoiceId }));
    const [open] = await lockOpenItems(db, [invoiceId]);
    const known = await creditableLines(db, invoiceId);
    const wishes = wished?.map(({ line, quantity }) => ({ lineNo: line, quantityMicros: parseMicros(quantity) }));
    const decision = creditLines(
      known.map(({ creditable }) => creditable),
      wishes,
      invoiceId,
    );
    if (!decision.accepted) return decision;
    const credited = decision.events;
    const roundingMinor = takesAllBack(known, credited)
      ? invoice.rounding - (await roundingCredited(db, invoiceId))
      : 0n;
    const netMinor = credited.reduce((sum, line) => sum + line.netMinor, 0n);
    const taxMinor = credited.reduce((sum, line) => sum + line.taxMinor, 0n);
    const totalMinor = netMinor + taxMinor + roundingMinor;
    expectTotal(totalMinor, expectedTotal);

    const id = newId(InvoiceId);
    await db
      .insertInto('billing.invoices')
      .values({
        id,
        kind: 'credit_note',
        branch: invoice.branch,
        party_id: invoice.party_id,
        party: JSON.stringify(invoice.party),
        supply_date: invoice.supply_date,
        currency: invoice.currency,
        prices: invoice.prices,
        net: netMinor,
        tax: taxMinor,
        rounding: roundingMinor,
        total: totalMinor,
        source_type: invoice.source_type,
        source_id: invoice.source_id,
        credits: invoiceId,
        reason,
      })
      .execute();
    await db
      .insertInto('billing.invoice_lines')
      .values(credited.map((line, index) => creditRow(id, index + 1, line, known)))
      .execute();
    const issued = await issue(context, books, id, day, invoice.label);

    const stillOpen = open === undefined ? 0n : openMinor(open);
    const settledMinor = totalMinor < stillOpen ? totalMinor : stillOpen;
    if (settledMinor > 0n) {
      await settle(context, day, [
        { invoiceId, amountMinor: settledMinor, by: { kind: 'credit_note', creditNoteId: id } },
      ]);
    }
    const fact = factOf(issued, books.currency);
    emit(
      invoiceCredited.of({
        subject: invoiceId,
        data: {
          ...fact,
          invoiceId,
          creditNoteId: id,
          settled: money(settledMinor, books.currency),
          // In the invoice's own numbers, as whoever sold it knows its lines.
          lines: fact.lines.map((line, index) => ({ ...line, line: credited[index]?.lineNo ?? line.line })),
        },
      }),
    );
    return { ...answerOf(issued, books), settled: money(settledMinor, books.currency) };
  },
});

async function creditableLines(db: BillingDb, invoiceId: string) {
  const lines = await db
    .selectFrom('billing.invoice_lines')
    .selectAll()
    .where('invoice_id', '=', invoiceId)
    .orderBy('line_no')
    .execute();
  const taken = await db
    .selectFrom('billing.invoice_lines as line')
    .innerJoin('billing.invoices as note', 'note.id', 'line.invoice_id')
    .select(['line.credits_line', 'line.quantity', 'line.net', 'line.tax'])
    .where('note.credits', '=', invoiceId)
    .where('note.status', '=', 'issued')
    .execute();
  return lines.map((row) => {
    const before = taken.filter((one) => one.credits_line === row.line_no);
    const creditable: CreditableLine = {
      lineNo: row.line_no,
      quantityMicros: parseMicros(row.quantity),
      netMinor: row.net,
      taxMinor: row.tax,
      taxesMinor: row.taxes.map(({ tax }) => BigInt(tax)),
      creditedMicros: before.reduce((sum, { quantity }) => sum + parseMicros(quantity), 0n),
      creditedNetMinor: before.reduce((sum, { net }) => sum + net, 0n),
      creditedTaxMinor: before.reduce((sum, { tax }) => sum + tax, 0n),
    };
    return { row, creditable };
  });
}

type Known = Awaited<ReturnType<typeof creditableLines>>;

function takesAllBack(known: Known, credited: readonly CreditedLine[]): boolean {
  return known.every(({ creditable: { lineNo, quantityMicros, creditedMicros } }) => {
    const now = credited.find((line) => line.lineNo === lineNo)?.quantityMicros ?? 0n;
    return creditedMicros + now === quantityMicros;
  });
}

async function roundingCredited(db: BillingDb, invoiceId: string): Promise<bigint> {
  const notes = await db
    .selectFrom('billing.invoices')
    .select('rounding')
    .where('credits', '=', invoiceId)
    .where('status', '=', 'issued')
    .execute();
  return notes.reduce((sum, { rounding }) => sum + rounding, 0n);
}

function creditRow(id: string, lineNo: number, credited: CreditedLine, known: Known) {
  const of = known.find(({ row }) => row.line_no === credited.lineNo);
  if (of === undefined) throw new Error(`Line ${credited.lineNo} was credited and is not there`);
  const { row } = of;
  return {
    invoice_id: id,
    line_no: lineNo,
    kind: row.kind,
    title: JSON.stringify(row.title),
    sku: row.sku,
    quantity: microsText(credited.quantityMicros),
    uom: row.uom,
    unit_price: row.unit_price,
    // Already in the net: of a line's discount, the part that goes back is not told apart.
    discount: 0n,
    taxes: JSON.stringify(
      row.taxes.map((tax, index) => ({ ...tax, tax: (credited.taxesMinor[index] ?? 0n).toString() })),
    ),
    net: credited.netMinor,
    tax: credited.taxMinor,
    source_line: row.source_line,
    credits_line: credited.lineNo,
  };
}
