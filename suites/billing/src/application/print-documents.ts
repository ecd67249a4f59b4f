import { createHash } from 'node:crypto';
import { commonErrors, refuse, useCase } from '@ashlar/kernel';
import { BusinessDate } from '@ashlar/kernel/values';
import { z } from 'zod';
import { billingErrors } from '../domain/billing-errors.ts';
import { InvoiceId, PartyId, PaymentId } from '../domain/ids.ts';
import { SealedContent } from '../print/sealed-content.ts';
import { type BillingContext, type BillingQuery, readBooks } from './books.ts';
import { statementOfAccount } from './receivables.ts';

const Print = z.object({ paper: z.string(), language: z.string(), sha256: z.string() });

export const printedInvoice = useCase('billing.printed-invoice', {
  kind: 'query',
  summary: 'An issued document as it was sealed, and what its first prints were like.',
  input: z.strictObject({ invoiceId: InvoiceId }),
  output: z.object({
    id: InvoiceId,
    orgId: z.string(),
    content: SealedContent,
    contentHash: z.string(),
    prints: z.array(Print),
  }),
  errors: [billingErrors.notIssued],
  permission: 'billing.read',
  on: {},
  run: async ({ invoiceId: id }, { db, orgId }: BillingQuery) => {
    const row = await db
      .selectFrom('billing.invoices')
      .select(['content', 'content_hash'])
      .where('id', '=', id)
      .executeTakeFirst();
    if (row === undefined) return refuse(commonErrors.notFound({ what: 'invoice', id }));
    if (row.content === null || row.content_hash === null) return refuse(billingErrors.notIssued({ id }));
    const contentHash = row.content_hash.slice(2);
    // The seal is on the paper: it has to be that of what stands there.
    if (createHash('sha256').update(row.content, 'utf8').digest('hex') !== contentHash) {
      throw new Error(`The seal of document ${id} is broken`);
    }
    const prints = await db
      .selectFrom('billing.prints')
      .select(['paper', 'language', 'sha256'])
      .where('document_id', '=', id)
      .execute();
    return { id, orgId, content: SealedContent.parse(JSON.parse(row.content)), contentHash, prints };
  },
});

export const keepPrint = useCase('billing.keep-print', {
  summary: 'Remembers what the first print of a document was like; the platform does it.',
  input: z.strictObject({
    documentId: InvoiceId,
    paper: z.enum(['a4', '80mm']),
    language: z.enum(['en', 'ar']),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    edition: z.string().min(1).max(60).default('unknown').describe('What made it; prints of others are not compared'),
  }),
  output: z.object({ sha256: z.string() }),
  errors: [billingErrors.notIssued],
  permission: 'billing.issue',
  on: {},
  run: async ({ documentId: id, paper, language, sha256, edition }, { db, audit }: BillingContext) => {
    const document = await db.selectFrom('billing.invoices').select('status').where('id', '=', id).executeTakeFirst();
    if (document === undefined) return refuse(commonErrors.notFound({ what: 'invoice', id }));
    if (document.status !== 'issued') return refuse(billingErrors.notIssued({ id }));
    const { numInsertedOrUpdatedRows: inserted } = await db
      .insertInto('billing.prints')
      .values({ document_id: id, paper, language, sha256, edition })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow();
    audit({ subject: id, after: { paper, language, sha256 } });
    if (inserted !== 0n) return { sha256 };
    const first = await db
      .selectFrom('billing.prints')
      .select('sha256')
      .where('document_id', '=', id)
      .where('paper', '=', paper)
      .where('language', '=', language)
      .executeTakeFirstOrThrow();
    return { sha256: first.sha256 };
  },
});

/** Amounts are minor units as texts. */
export const PaymentReceipt = z.object({
  number: z.string(),
  seller: SealedContent.shape.seller,
  partyName: z.string().nullable(),
  method: z.string(),
  reference: z.string().nullable(),
  currency: z.string(),
  moves: z.array(z.object({ date: z.string(), kind: z.enum(['capture', 'refund']), amount: z.string() })),
  received: z.string(),
  refunded: z.string(),
  kept: z.string(),
});

const MAX_MOVES = 1000;

export const paymentReceipt = useCase('billing.payment-receipt', {
  kind: 'query',
  summary: 'What came in by a payment, and what of it was given back, for a receipt.',
  input: z.strictObject({ paymentId: PaymentId }),
  output: PaymentReceipt,
  errors: [billingErrors.booksMissing, billingErrors.nothingReceived],
  permission: 'billing.read',
  on: {},
  run: async ({ paymentId: id }, context: BillingQuery) => {
    const { db } = context;
    const { seller } = await readBooks(context);
    const payment = await db.selectFrom('billing.payments').selectAll().where('id', '=', id).executeTakeFirst();
    if (payment === undefined) return refuse(commonErrors.notFound({ what: 'payment', id }));
    if (payment.captured === 0n) return refuse(billingErrors.nothingReceived({ state: payment.state }));
    const moves = await db
      .selectFrom('billing.money_moves')
      .select(['on_date', 'kind', 'amount'])
      .where('payment_id', '=', id)
      .orderBy('recorded_at')
      .orderBy('id')
      .limit(MAX_MOVES)
      .execute();
    return {
      // The last digits of an id are its random ones.
      number: `R-${id.slice(-12).toUpperCase()}`,
      seller: SealedContent.shape.seller.parse(seller),
      partyName: (await partyOf(context, payment.party_id))?.name ?? null,
      method: payment.method,
      reference: payment.reference,
      currency: payment.currency,
      moves: moves.map(({ on_date: date, kind, amount }) => ({ date, kind, amount: amount.toString() })),
      received: payment.captured.toString(),
      refunded: payment.refunded.toString(),
      kept: (payment.captured - payment.refunded).toString(),
    };
  },
});

export const AccountToPrint = z.object({
  seller: SealedContent.shape.seller,
  party: SealedContent.shape.party.nullable(),
  from: z.string(),
  to: z.string(),
  currency: z.string(),
  opening: z.string(),
  closing: z.string(),
  rows: z.array(
    z.object({
      date: z.string(),
      kind: z.string(),
      label: z.string().nullable(),
      amount: z.string(),
      balance: z.string(),
    }),
  ),
});

export const printedStatement = useCase('billing.printed-statement', {
  kind: 'query',
  summary: 'A party’s account between two days, with who it is and who sells, for a statement.',
  input: z.strictObject({ partyId: PartyId, from: BusinessDate, to: BusinessDate }),
  output: AccountToPrint,
  errors: [billingErrors.booksMissing, billingErrors.tooMuch],
  permission: 'billing.read',
  on: {},
  run: async ({ partyId, from, to }, context: BillingQuery) => {
    const { seller, currency } = await readBooks(context);
    const { opening, entries, closing } = await context.call(statementOfAccount, { partyId, from, to });
    return {
      seller: SealedContent.shape.seller.parse(seller),
      party: await partyOf(context, partyId),
      from,
      to,
      currency,
      opening: opening.amountMinor.toString(),
      closing: closing.amountMinor.toString(),
      rows: entries.map(({ date, kind, label, amount, balance }) => ({
        date,
        kind,
        label,
        amount: amount.amountMinor.toString(),
        balance: balance.amountMinor.toString(),
      })),
    };
  },
});

/** A party as its latest document says; null for one that has none. */
async function partyOf({ db, orgId }: BillingQuery, partyId: string | null): Promise<SealedContent['party'] | null> {
  if (partyId === null) return null;
  const latest = await db
    .selectFrom('billing.invoices')
    .select('party')
    .where('org_id', '=', orgId)
    .where('party_id', '=', partyId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return latest === undefined ? null : SealedContent.shape.party.parse(latest.party);
}
