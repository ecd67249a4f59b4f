import { commonErrors, defineSuite, type Suite } from '@ashlar/kernel';
import { alarmOfDrifts } from '@ashlar/kernel/reconciliation';
import { addAccount, changeAccount, listAccounts } from './application/accounts.ts';
import {
  allocatePayment,
  applyCredit,
  autoAllocate,
  unallocatePayment,
  writeOff,
  writeOffApproved,
} from './application/allocate.ts';
import { capturePayment, voidPayment } from './application/capture-payment.ts';
import { checkBooks } from './application/check-books.ts';
import { checkPrints, keptPrints } from './application/check-prints.ts';
import { creditInvoice } from './application/credit-invoice.ts';
import { changeDraft, discardDraft, draftInvoice } from './application/draft-invoice.ts';
import { billAtOnce, issueInvoice } from './application/issue-invoice.ts';
import { letterhead } from './application/letterhead.ts';
import { postJournal, reverseJournal } from './application/journals.ts';
import { changeBooks, getBooks, openBooks } from './application/open-books.ts';
import { recordPayment, tellPayment } from './application/payments.ts';
import { closePeriod, listPeriods, reopenPeriod } from './application/periods.ts';
import { keepPrint, paymentReceipt, printedInvoice, printedStatement } from './application/print-documents.ts';
import { giveUpRefund, providerAccess, providerOrder, settleProviderOrder } from './application/provider-orders.ts';
import { getProvider, listProviders, setProvider } from './application/providers.ts';
import { getInvoice, listInvoices, listPayments } from './application/read-documents.ts';
import { receivablesAgeing, statementOfAccount } from './application/receivables.ts';
import { refundApproved, refundPayment } from './application/refund-payment.ts';
import { paymentStep, requestPayment } from './application/request-payment.ts';
import { balanceSheet, profitAndLoss, taxSummary, trialBalance } from './application/reports.ts';
import {
  listWaitingJournals,
  postStockValue,
  postWaitingJournal,
  stockEvents,
  stockValueOf,
} from './application/stock-value.ts';
import { sumsOfSources } from './application/sums-of-sources.ts';
import { addTaxRate, endTaxRate, resolveTaxes } from './application/tax-rates.ts';
import { askProvider } from './card/ask-provider.ts';
import { hearProvider, providerEvents } from './card/hear-provider.ts';
import { billingErrors } from './domain/billing-errors.ts';
import * as events from './domain/billing-events.ts';
import { providerErrors } from './domain/provider-errors.ts';
import { documents } from './print/documents.ts';

/** Invoices, payments, and the double-entry books that both are part of. */
export const billing: Suite = defineSuite({
  name: 'billing',
  title: { en: 'Billing', ar: 'الفوترة' },
  migrations: new URL('../migrations/', import.meta.url),
  useCases: [
    openBooks,
    changeBooks,
    getBooks,
    letterhead,
    addAccount,
    changeAccount,
    listAccounts,
    closePeriod,
    reopenPeriod,
    listPeriods,
    addTaxRate,
    endTaxRate,
    resolveTaxes,
    draftInvoice,
    changeDraft,
    discardDraft,
    issueInvoice,
    billAtOnce,
    creditInvoice,
    listInvoices,
    getInvoice,
    recordPayment,
    requestPayment,
    paymentStep,
    capturePayment,
    voidPayment,
    tellPayment,
    refundPayment,
    refundApproved,
    giveUpRefund,
    listPayments,
    setProvider,
    getProvider,
    listProviders,
    providerAccess,
    providerOrder,
    settleProviderOrder,
    allocatePayment,
    autoAllocate,
    unallocatePayment,
    applyCredit,
    writeOff,
    writeOffApproved,
    postJournal,
    reverseJournal,
    postStockValue,
    listWaitingJournals,
    postWaitingJournal,
    trialBalance,
    profitAndLoss,
    balanceSheet,
    taxSummary,
    receivablesAgeing,
    statementOfAccount,
    sumsOfSources,
    checkBooks,
    keptPrints,
    checkPrints,
    printedInvoice,
    keepPrint,
    paymentReceipt,
    printedStatement,
  ],
  events: Object.values(events),
  permissions: {
    'billing.read': 'See invoices, payments and the books',
    'billing.draft': 'Write invoices',
    'billing.issue': 'Issue invoices',
    'billing.credit': 'Take invoices back',
    'billing.collect': 'Take payments',
    'billing.provide': 'Tell what a payment provider says',
    'billing.refund': 'Give money back, up to the limit',
    'billing.allocate': 'Settle invoices with payments',
    'billing.journal': 'Post journals',
    'billing.write-off': 'Give up what is owed, up to the limit',
    'billing.approve': 'Refund and give up beyond the limit',
    'billing.post-soft-closed': 'Post in months that are softly closed',
    'billing.close': 'Close and open months',
    'billing.audit': 'Reckon the books anew',
    'billing.manage': 'Set up accounts, taxes and how books are kept',
  },
  roles: [
    {
      key: 'billing-biller',
      name: { en: 'Biller', ar: 'موظف الفوترة' },
      permissions: ['billing.read', 'billing.draft', 'billing.issue'],
    },
    {
      key: 'billing-cashier',
      name: { en: 'Billing cashier', ar: 'أمين صندوق الفوترة' },
      permissions: ['billing.read', 'billing.collect'],
    },
    {
      key: 'billing-accountant',
      name: { en: 'Accountant', ar: 'محاسب' },
      permissions: [
        'billing.read',
        'billing.draft',
        'billing.issue',
        'billing.credit',
        'billing.collect',
        'billing.refund',
        'billing.allocate',
        'billing.journal',
        'billing.write-off',
        'billing.post-soft-closed',
        'billing.audit',
      ],
    },
    {
      key: 'billing-controller',
      name: { en: 'Controller', ar: 'مراقب مالي' },
      permissions: ['billing.*'],
      denials: ['billing.provide'],
    },
    {
      key: 'billing-auditor',
      name: { en: 'Auditor', ar: 'مدقق حسابات' },
      permissions: ['billing.read', 'billing.audit'],
    },
  ],
  documents,
  errands: [askProvider, hearProvider],
  hooks: [providerEvents],
  subscriptions: [
    { consumer: 'billing.stock-value', types: stockEvents, useCase: postStockValue, input: stockValueOf },
  ],
  schedules: [
    {
      name: 'billing.nightly-check',
      cron: '45 2 * * *',
      useCase: checkBooks,
      input: {},
      alarm: alarmOfDrifts,
    },
    {
      name: 'billing.nightly-prints',
      cron: '55 2 * * *',
      useCase: checkPrints,
      input: { sample: true },
      alarm: alarmOfDrifts,
    },
  ],
  // What the rules of the database are called in the words of this suite. They are the last line: the use cases see
  // most of it first, and two of them at once do not.
  constraints: {
    account_code_taken: billingErrors.codeTaken,
    account_purpose_taken: billingErrors.purposeTaken,
    purpose_in_use: billingErrors.accountPostedTo,
    account_posted_to: billingErrors.accountPostedTo,
    account_archived: billingErrors.accountArchived,
    control_account_by_hand: billingErrors.controlAccount,
    journal_unbalanced: billingErrors.unbalanced,
    journal_reversed_already: billingErrors.alreadyReversed,
    posted_once: billingErrors.postedAlready,
    waiting_once: billingErrors.postedAlready,
    period_closed: billingErrors.periodClosed,
    books_begun: billingErrors.booksBegun,
    tax_rate_taken: billingErrors.codeTaken,
    document_issued: billingErrors.documentIssued,
    exceeds_creditable: billingErrors.exceedsCreditable,
    exceeds_open: billingErrors.exceedsOpen,
    exceeds_captured: billingErrors.exceedsCaptured,
    exceeds_unapplied: billingErrors.exceedsUnapplied,
    provider_payment_known: billingErrors.paymentKnown,
    provider_name_taken: providerErrors.providerNameTaken,
    provider_order_one_end: providerErrors.askedAlready,
    // A reference always holds the organisation too: what is another's is not there.
    journal_lines_org_id_account_id_fkey: billingErrors.accountUnknown,
    allocations_org_id_invoice_id_fkey: commonErrors.notFound,
  },
});
