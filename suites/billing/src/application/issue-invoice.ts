import { commonErrors, refuse, useCase } from '@ashlar/kernel';
import { BusinessDate, Money, money } from '@ashlar/kernel/values';
import { z } from 'zod';
import { billingErrors } from '../domain/billing-errors.ts';
import { invoiceIssued } from '../domain/billing-events.ts';
import { InvoiceId } from '../domain/ids.ts';
import { type BillingContext, type Books, postingDay, readBooks } from './books.ts';
import { DocumentInput } from './document-input.ts';
import { writeDraft } from './draft-invoice.ts';
import { expectTotal, factOf, issue, type Issued } from './issue.ts';

export const IssuedDocument = z.object({
  id: InvoiceId,
  label: z.string().describe('Its number as people read it'),
  issueDate: z.string(),
  dueDate: z.string(),
  total: Money,
});

const errors = [
  billingErrors.booksMissing,
  billingErrors.periodClosed,
  billingErrors.totalDiffers,
  billingErrors.dateBeforeLast,
  billingErrors.dateInFuture,
];
const terms = {
  issueDate: BusinessDate.optional().describe('Today unless told; not before the last number of the series'),
  expectedTotal: Money.optional().describe('What the caller was shown; refused when it comes to something else'),
};

export const issueInvoice = useCase('billing.issue-invoice', {
  summary: 'Gives a draft its number and enters it into the books; from then on it stays as it is.',
  input: z.strictObject({ invoiceId: InvoiceId, ...terms }),
  output: IssuedDocument,
  errors: [...errors, billingErrors.documentIssued],
  permission: 'billing.issue',
  on: { http: 'POST /invoices/:invoiceId/issue', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ invoiceId: id, issueDate, expectedTotal }, context: BillingContext) => {
    const books = await readBooks(context);
    const draft = await context.db
      .selectFrom('billing.invoices')
      .select(['status', 'total'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (draft === undefined) return refuse(commonErrors.notFound({ what: 'invoice', id }));
    if (draft.status === 'issued') return refuse(billingErrors.documentIssued());
    return finish(context, books, id, draft.total, { issueDate, expectedTotal });
  },
});

export const billAtOnce = useCase('billing.bill', {
  summary: 'Writes an invoice and issues it in one.',
  input: DocumentInput.extend(terms),
  output: IssuedDocument,
  errors: [...errors, billingErrors.taxUnresolved, billingErrors.discountExceedsLine, billingErrors.figuresDiffer],
  permission: 'billing.issue',
  on: { http: 'POST /bills', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ issueDate, expectedTotal, ...input }, context: BillingContext) => {
    const books = await readBooks(context);
    const draft = await writeDraft(context, input);
    if ('accepted' in draft) return draft;
    return finish(context, books, draft.id, draft.total.amountMinor, { issueDate, expectedTotal });
  },
});

async function finish(
  context: BillingContext,
  books: Books,
  id: InvoiceId,
  totalMinor: bigint,
  {
    issueDate,
    expectedTotal,
  }: { readonly issueDate: BusinessDate | undefined; readonly expectedTotal: Money | undefined },
) {
  expectTotal(totalMinor, expectedTotal);
  const issued = await issue(context, books, id, postingDay(books, issueDate));
  context.emit(invoiceIssued.of({ subject: id, data: factOf(issued, books.currency) }));
  return answerOf(issued, books);
}

export function answerOf(issued: Issued, { currency }: Books): z.output<typeof IssuedDocument> {
  const { id, label, issueDate, dueDate, totalMinor } = issued;
  return { id, label, issueDate, dueDate, total: money(totalMinor, currency) };
}
