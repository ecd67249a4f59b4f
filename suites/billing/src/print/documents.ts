import type { SuiteDocument } from '@ashlar/kernel';
import type { z } from 'zod';
import {
  type AccountToPrint,
  keepPrint,
  type PaymentReceipt,
  paymentReceipt,
  printedInvoice,
  printedStatement,
} from '../application/print-documents.ts';
import { INVOICE_EDITION, invoicePage } from './invoice-page.ts';
import { receiptPage } from './receipt-page.ts';
import { statementPage } from './statement-page.ts';

/** What billing prints. An invoice stays what it was; receipts and statements are told anew each time. */
export const documents: readonly SuiteDocument[] = [
  {
    name: 'billing.invoice',
    summary: 'An issued invoice or credit note on paper, as it was issued.',
    route: 'GET /invoices/:invoiceId/pdf',
    useCase: printedInvoice,
    papers: ['a4', '80mm'],
    edition: INVOICE_EDITION,
    print: ({ id, orgId, prints, content, contentHash }: z.output<typeof printedInvoice.output>, paper) => ({
      page: invoicePage(content, contentHash, paper),
      original: { documentId: id, orgId, prints },
    }),
    keep: keepPrint,
  },
  {
    name: 'billing.receipt',
    summary: 'A receipt of the money that came in by a payment.',
    route: 'GET /payments/:paymentId/pdf',
    useCase: paymentReceipt,
    papers: ['a4', '80mm'],
    print: (receipt: z.output<typeof PaymentReceipt>) => ({ page: receiptPage(receipt), original: null }),
  },
  {
    name: 'billing.statement-of-account',
    summary: 'A party’s account between two days on paper.',
    route: 'GET /parties/:partyId/statement/pdf',
    useCase: printedStatement,
    papers: ['a4'],
    print: (account: z.output<typeof AccountToPrint>) => ({ page: statementPage(account), original: null }),
  },
];
