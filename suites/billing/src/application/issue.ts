import { addDays, businessDate, type BusinessDate, money } from '@ashlar/kernel/values';
import { postEntries } from '../adapters/post-journal.ts';
import { keepHash, labelOf, type Series, takeNumber } from '../adapters/take-number.ts';
import type { InvoiceKind, LineTaxJson } from '../adapters/tables.ts';
import { billingErrors } from '../domain/billing-errors.ts';
import { seal } from '../domain/document-content.ts';
import { InvoiceId, JournalId } from '../domain/ids.ts';
import { entriesOfInvoice, reversed } from '../domain/posting.ts';
import { type BillingContext, type Books, fiscalYearOf } from './books.ts';

/** What an issued document is told by. */
export interface Issued {
  readonly id: InvoiceId;
  readonly kind: InvoiceKind;
  readonly label: string;
  readonly issueDate: BusinessDate;
  readonly dueDate: BusinessDate;
  readonly partyId: string | null;
  readonly source: { readonly type: string; readonly id: string } | null;
  readonly totalMinor: bigint;
  readonly netMinor: bigint;
  readonly taxMinor: bigint;
  readonly lines: readonly {
    readonly lineNo: number;
    readonly sourceLine: string | null;
    readonly quantity: string;
    readonly uom: string;
  }[];
}

/**
 * Issues a draft: sums of its taxes, journal, number, hash. From here on it stays as it is.
 *
 * @param creditOf Label of the invoice a credit note takes back, for the document to say.
 */
export async function issue(
  context: BillingContext,
  books: Books,
  id: InvoiceId,
  issueDate: BusinessDate,
  creditOf: string | null = null,
): Promise<Issued> {
  const { db, clock, actor, newId, audit } = context;
  const draft = await db.selectFrom('billing.invoices').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const lines = await db
    .selectFrom('billing.invoice_lines')
    .selectAll()
    .where('invoice_id', '=', id)
    .orderBy('line_no')
    .execute();
  const { kind, branch } = draft;
  const isCredit = kind === 'credit_note';
  const dueDate = businessDate(draft.due_date ?? addDays(issueDate, isCredit ? 0 : books.paymentDays));
  const taxes = taxRowsOf(lines);
  if (taxes.length > 0) {
    await db
      .insertInto('billing.invoice_taxes')
      .values(taxes.map((row) => ({ ...row, invoice_id: id, issue_date: issueDate, sign: isCredit ? -1 : 1 })))
      .execute();
  }
  const entries = entriesOfInvoice({
    itemsMinor: sumOf(lines, 'item'),
    shippingMinor: sumOf(lines, 'shipping'),
    taxMinor: draft.tax,
    roundingMinor: draft.rounding,
    partyId: draft.party_id,
  });
  await postEntries(
    db,
    { id: newId(JournalId), kind, postingDate: issueDate, source: { type: 'billing.document', id }, branch },
    isCredit ? reversed(entries) : entries,
  );

  const series: Series = { kind, branch, fiscalYear: fiscalYearOf(issueDate, books.fiscalYearStart) };
  const { number, previous } = await takeNumber(db, series, issueDate);
  const label = labelOf(series, number);
  const sealed = seal(
    {
      kind,
      label,
      credits: creditOf,
      reason: draft.reason,
      issueDate,
      supplyDate: draft.supply_date,
      dueDate,
      seller: books.seller,
      party: draft.party,
      currency: draft.currency,
      prices: draft.prices,
      lines: lines.map((line) => ({
        no: line.line_no,
        kind: line.kind,
        title: line.title,
        sku: line.sku,
        quantity: line.quantity,
        uom: line.uom,
        unitPrice: line.unit_price,
        discount: line.discount,
        taxes: line.taxes,
        net: line.net,
        tax: line.tax,
      })),
      taxes,
      net: draft.net,
      tax: draft.tax,
      rounding: draft.rounding,
      total: draft.total,
      note: draft.note,
    },
    previous,
  );
  await db
    .updateTable('billing.invoices')
    .set({
      status: 'issued',
      fiscal_year: series.fiscalYear,
      number,
      label,
      issue_date: issueDate,
      due_date: dueDate,
      content: sealed.content,
      content_hash: sealed.contentHash,
      prev_hash: previous,
      chain_hash: sealed.chainHash,
      issued_at: clock(),
      issued_by: actor.id,
      version: draft.version + 1,
    })
    .where('id', '=', id)
    .execute();
  await keepHash(db, series, sealed.chainHash);
  audit({ subject: id, after: { label, total: draft.total.toString() } });
  return {
    id,
    kind,
    label,
    issueDate,
    dueDate,
    partyId: draft.party_id,
    source: draft.source_type === null ? null : { type: draft.source_type, id: draft.source_id ?? '' },
    totalMinor: draft.total,
    netMinor: draft.net,
    taxMinor: draft.tax,
    lines: lines.map((line) => ({
      lineNo: line.line_no,
      sourceLine: line.source_line,
      quantity: line.quantity,
      uom: line.uom,
    })),
  };
}

/** The data of the event that tells an issued document. */
export function factOf(issued: Issued, currency: Books['currency']) {
  const { id, label, issueDate, dueDate, partyId, source, lines } = issued;
  return {
    invoiceId: id,
    label,
    issueDate,
    dueDate,
    partyId,
    source,
    net: money(issued.netMinor, currency),
    tax: money(issued.taxMinor, currency),
    total: money(issued.totalMinor, currency),
    lines: lines.map((line) => ({
      line: line.lineNo,
      sourceLine: line.sourceLine,
      quantity: line.quantity,
      uom: line.uom,
    })),
  };
}

/** @throws {AshlarError} `billing.total_differs` when it comes to something else than the caller was shown. */
export function expectTotal(actualMinor: bigint, expected: { readonly amountMinor: bigint } | undefined): void {
  if (expected !== undefined && expected.amountMinor !== actualMinor) {
    throw billingErrors.totalDiffers({ actual: actualMinor.toString(), expected: expected.amountMinor.toString() });
  }
}

interface KeptLine {
  readonly kind: string;
  readonly net: bigint;
  readonly taxes: readonly LineTaxJson[];
}

function taxRowsOf(lines: readonly KeptLine[]) {
  const sums = new Map<string, { code: string; percent: string; base: bigint; tax: bigint }>();
  for (const { taxes, net } of lines) {
    for (const { code, percent, tax } of taxes) {
      const sum = sums.get(`${percent} ${code}`) ?? { code, percent, base: 0n, tax: 0n };
      sums.set(`${percent} ${code}`, { ...sum, base: sum.base + net, tax: sum.tax + BigInt(tax) });
    }
  }
  return [...sums.values()];
}

function sumOf(lines: readonly KeptLine[], kind: 'item' | 'shipping'): bigint {
  return lines.reduce((sum, line) => (line.kind === kind ? sum + line.net : sum), 0n);
}
