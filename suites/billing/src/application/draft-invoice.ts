import { commonErrors, refuseStale, useCase } from '@ashlar/kernel';
import { cashStepOf, microsText, Money, money, percentText, type TaxRate, unitPriceText } from '@ashlar/kernel/values';
import { z } from 'zod';
import { touched } from '@ashlar/kernel/touched';
import { billingErrors } from '../domain/billing-errors.ts';
import { InvoiceId } from '../domain/ids.ts';
import { type FiguredLine, type Figures, figuresOf, type PricedLine } from '../domain/invoice-figures.ts';
import { type KnownRate, resolveTax } from '../domain/resolve-tax.ts';
import { type BillingContext, type Books, inBooks, readBooks } from './books.ts';
import { DocumentInput } from './document-input.ts';
import { ratesOn } from './tax-rates.ts';

const Totals = z.object({ id: InvoiceId, net: Money, tax: Money, rounding: Money, total: Money, version: z.int() });

const draftErrors = [
  billingErrors.booksMissing,
  billingErrors.taxUnresolved,
  billingErrors.discountExceedsLine,
  billingErrors.figuresDiffer,
  billingErrors.empty,
];

export const draftInvoice = useCase('billing.draft-invoice', {
  summary: 'Writes an invoice that is not issued yet, and reckons what it comes to.',
  input: DocumentInput,
  output: Totals,
  errors: draftErrors,
  permission: 'billing.draft',
  on: { http: 'POST /invoices', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async (input, context: BillingContext) => writeDraft(context, input),
});

export const changeDraft = useCase('billing.change-draft', {
  summary: 'Writes a draft anew.',
  input: DocumentInput.extend({ invoiceId: InvoiceId, expectedVersion: z.int().optional() }),
  output: Totals,
  errors: [...draftErrors, billingErrors.documentIssued],
  permission: 'billing.draft',
  on: { http: 'PUT /invoices/:invoiceId', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ invoiceId: id, expectedVersion, ...input }, context: BillingContext) => {
    const row = await lockDraft(context, id);
    const stale = refuseStale(row.version, expectedVersion, { id, version: row.version });
    if (stale !== null) return stale;
    await context.db.deleteFrom('billing.invoice_lines').where('invoice_id', '=', id).execute();
    return writeDraft(context, input, { id, version: row.version + 1 });
  },
});

export const discardDraft = useCase('billing.discard-draft', {
  summary: 'Throws a draft away.',
  input: z.strictObject({ invoiceId: InvoiceId }),
  output: z.object({ id: InvoiceId }),
  errors: [billingErrors.documentIssued],
  permission: 'billing.draft',
  on: { http: 'DELETE /invoices/:invoiceId', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ invoiceId: id }, context: BillingContext) => {
    await lockDraft(context, id);
    await context.db.deleteFrom('billing.invoices').where('id', '=', id).execute();
    context.audit({ subject: id });
    return { id };
  },
});

async function lockDraft({ db }: BillingContext, id: InvoiceId): Promise<{ readonly version: number }> {
  const row = await db
    .selectFrom('billing.invoices')
    .select(['version', 'status'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw commonErrors.notFound({ what: 'invoice', id });
  if (row.status === 'issued') throw billingErrors.documentIssued();
  return row;
}

/**
 * Writes a draft with its lines and figures.
 *
 * @param known The draft that is written anew; absent: a new one.
 */
export async function writeDraft(
  context: BillingContext,
  input: DocumentInput,
  known?: { readonly id: InvoiceId; readonly version: number },
) {
  const { db, newId, audit } = context;
  const books = await readBooks(context);
  inBooks(books, input);
  const supplyDate = input.supplyDate ?? books.today;
  const rates = input.lines.some(({ taxes }) => taxes === undefined) ? await ratesOn(db, supplyDate) : [];
  const figures = figuresOf(priceLines(books, input, supplyDate, rates), {
    prices: input.prices,
    roundingLevel: books.roundingLevel,
    mode: books.roundingMode,
    cashStepMinor: input.inCash ? cashStepOf(books.currency) : 1n,
  });
  if (!figures.accepted) return figures;
  const [sums] = figures.events;
  if (sums === undefined) throw new Error('Accepted figures without sums');
  const id = known?.id ?? newId(InvoiceId);
  const row = {
    kind: 'invoice' as const,
    branch: input.branch,
    party_id: input.partyId ?? null,
    party: JSON.stringify(input.party),
    supply_date: supplyDate,
    due_date: input.dueDate ?? null,
    currency: books.currency,
    prices: input.prices,
    net: sums.netMinor,
    tax: sums.taxMinor,
    rounding: sums.roundingMinor,
    total: sums.totalMinor,
    note: input.note ?? null,
    source_type: input.source?.type ?? null,
    source_id: input.source?.id ?? null,
  };
  if (known === undefined) {
    await db
      .insertInto('billing.invoices')
      .values({ id, ...row })
      .execute();
  } else {
    await db
      .updateTable('billing.invoices')
      .set({ ...row, ...touched })
      .where('id', '=', id)
      .execute();
  }
  await writeLines(context, id, input, sums);
  audit({ subject: id, after: { total: sums.totalMinor.toString(), lines: input.lines.length } });
  const amount = (minor: bigint): Money => money(minor, books.currency);
  return {
    id,
    net: amount(sums.netMinor),
    tax: amount(sums.taxMinor),
    rounding: amount(sums.roundingMinor),
    total: amount(sums.totalMinor),
    version: known?.version ?? 1,
  };
}

function priceLines(
  books: Books,
  { lines, place }: DocumentInput,
  supplyDate: string,
  known: readonly KnownRate[],
): readonly PricedLine[] {
  return lines.map(({ quantity, unitPrice, discount, taxes, figures, taxCategory = 'standard' }, index): PricedLine => {
    const lineNo = index + 1;
    inBooks(books, unitPrice);
    if (discount !== undefined) inBooks(books, discount);
    if (unitPrice.minorMicros < 0n || (discount?.amountMinor ?? 0n) < 0n) {
      throw billingErrors.discountExceedsLine({ line: lineNo });
    }
    const rates: readonly TaxRate[] | undefined = taxes ?? resolveTax(known, taxCategory, place);
    if (rates === undefined) {
      throw billingErrors.taxUnresolved({ line: lineNo, category: taxCategory, date: supplyDate });
    }
    for (const one of figures === undefined ? [] : [figures.net, ...figures.taxes]) inBooks(books, one);
    const given =
      figures === undefined
        ? undefined
        : { netMinor: figures.net.amountMinor, taxesMinor: figures.taxes.map(({ amountMinor }) => amountMinor) };
    return {
      lineNo,
      quantity,
      unitPrice,
      discountMinor: discount?.amountMinor ?? 0n,
      rates,
      ...(given === undefined ? {} : { given }),
    };
  });
}

async function writeLines(
  { db }: BillingContext,
  id: InvoiceId,
  { lines }: DocumentInput,
  figures: Figures,
): Promise<void> {
  await db
    .insertInto('billing.invoice_lines')
    .values(
      lines.map((line, index) => {
        const figured = figures.lines[index];
        if (figured === undefined) throw new Error(`Line ${index + 1} has no figures`);
        return {
          invoice_id: id,
          line_no: index + 1,
          kind: line.kind,
          title: JSON.stringify(line.title),
          sku: line.sku ?? null,
          quantity: microsText(line.quantity.micros),
          uom: line.quantity.uom,
          unit_price: unitPriceText(line.unitPrice),
          discount: line.discount?.amountMinor ?? 0n,
          taxes: JSON.stringify(taxesOf(figured)),
          net: figured.netMinor,
          tax: figured.taxMinor,
          source_line: line.sourceLine ?? null,
          credits_line: null,
        };
      }),
    )
    .execute();
}

/** A line's taxes as they are kept. */
function taxesOf({ rates, taxesMinor }: Pick<FiguredLine, 'rates' | 'taxesMinor'>) {
  return rates.map(({ code, percent, compoundOn = [] }, index) => ({
    code,
    percent: percentText(percent),
    compoundOn,
    tax: (taxesMinor[index] ?? 0n).toString(),
  }));
}
