// Made by `npm run contracts` from suites/billing/contracts/openapi.json; changes by hand are lost.
import type { OperationTable } from '../operations.ts';

export interface BillingOperations {
  /** Adds an account that journals are posted to by hand. */
  addAccount: {
    input: { readonly code: string; readonly name: Readonly<Record<string, string>>; readonly type: "asset" | "liability" | "equity" | "income" | "expense"; };
    output: { /** Id of kind AccountId */ readonly id: string; };
    code: "billing.code_taken" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Says what a category of goods bears, from a day on. */
  addTaxRate: {
    input: { readonly code: string; readonly name: Readonly<Record<string, string>>; /** Of goods, as the catalogue says it */ readonly category: string; readonly percent: string; readonly jurisdiction?: string | undefined; readonly customerClass?: string | undefined; /** Codes of taxes before it that belong to its base */ readonly compoundOn?: readonly (string)[] | undefined; readonly position?: number | undefined; readonly validFrom: string; readonly validTo?: string | null | undefined; };
    output: { /** Id of kind TaxRateId */ readonly id: string; };
    code: "billing.code_taken" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Settles invoices with what is left of a payment. */
  allocatePayment: {
    input: { /** Id of kind PaymentId */ readonly paymentId: string; } & { readonly invoices: readonly ({ /** Id of kind InvoiceId */ readonly invoiceId: string; readonly amount: { readonly amount: string; readonly currency: string; }; })[]; readonly date?: string | undefined; };
    output: { readonly settled: readonly ({ /** Id of kind InvoiceId */ readonly invoiceId: string; readonly amount: { readonly amount: string; readonly currency: string; }; })[]; };
    code: "billing.books_missing" | "billing.date_in_future" | "billing.exceeds_open" | "billing.exceeds_unapplied" | "billing.not_an_invoice" | "billing.nothing_left" | "billing.other_party" | "billing.period_closed" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Settles an invoice with what is left of a credit note of the same party. */
  applyCredit: {
    input: { /** Id of kind InvoiceId */ readonly creditNoteId: string; } & { /** Id of kind InvoiceId */ readonly invoiceId: string; readonly amount: { readonly amount: string; readonly currency: string; }; readonly date?: string | undefined; };
    output: { readonly settled: readonly ({ /** Id of kind InvoiceId */ readonly invoiceId: string; readonly amount: { readonly amount: string; readonly currency: string; }; })[]; };
    code: "billing.books_missing" | "billing.date_in_future" | "billing.exceeds_open" | "billing.exceeds_unapplied" | "billing.not_an_invoice" | "billing.nothing_left" | "billing.other_party" | "billing.period_closed" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Settles the invoices of the payment’s party, the oldest due first, as far as the payment reaches. */
  autoAllocate: {
    input: { /** Id of kind PaymentId */ readonly paymentId: string; } & { readonly date?: string | undefined; };
    output: { readonly settled: readonly ({ /** Id of kind InvoiceId */ readonly invoiceId: string; readonly amount: { readonly amount: string; readonly currency: string; }; })[]; };
    code: "billing.books_missing" | "billing.date_in_future" | "billing.exceeds_open" | "billing.exceeds_unapplied" | "billing.not_an_invoice" | "billing.nothing_left" | "billing.other_party" | "billing.period_closed" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** What the organisation has, owes and is worth at the end of a day. */
  balanceSheet: {
    input: { readonly asOf?: string | undefined; };
    output: { readonly asOf: string; readonly assets: readonly ({ /** Id of kind AccountId */ readonly id: string; readonly code: string; readonly name: Readonly<Record<string, string>>; readonly balance: { readonly amount: string; readonly currency: string; }; })[]; readonly liabilities: readonly ({ /** Id of kind AccountId */ readonly id: string; readonly code: string; readonly name: Readonly<Record<string, string>>; readonly balance: { readonly amount: string; readonly currency: string; }; })[]; readonly equity: readonly ({ /** Id of kind AccountId */ readonly id: string; readonly code: string; readonly name: Readonly<Record<string, string>>; readonly balance: { readonly amount: string; readonly currency: string; }; })[]; readonly earnings: { readonly amount: string; readonly currency: string; }; readonly totalAssets: { readonly amount: string; readonly currency: string; }; readonly totalLiabilitiesAndEquity: { readonly amount: string; readonly currency: string; }; };
    code: "billing.books_missing" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Writes an invoice and issues it in one. */
  bill: {
    input: { /** Id of kind PartyId */ readonly partyId?: string | undefined; /** Whom it is for, as it stands on the document */ readonly party: { readonly name: string; readonly address?: string | undefined; readonly taxNumber?: string | undefined; readonly email?: string | undefined; readonly language?: "en" | "ar" | undefined; }; readonly branch?: string | undefined; readonly currency: string; readonly prices?: "inclusive" | "exclusive" | undefined; /** The day that decides the tax; today unless told */ readonly supplyDate?: string | undefined; readonly dueDate?: string | undefined; readonly place?: { readonly jurisdiction?: string | undefined; readonly customerClass?: string | undefined; } | undefined; /** Round the total to the smallest coin */ readonly inCash?: boolean | undefined; readonly note?: string | undefined; /** What it comes from, such as an order */ readonly source?: { readonly type: string; readonly id: string; } | undefined; readonly lines: readonly ({ readonly kind?: "item" | "shipping" | undefined; readonly title: Readonly<Record<string, string>>; readonly sku?: string | undefined; readonly quantity: { readonly value: string; readonly uom: string; }; readonly unitPrice: { readonly amount: string; readonly currency: string; }; /** Off the whole line, with or without tax as the prices are */ readonly discount?: { readonly amount: string; readonly currency: string; } | undefined; /** Its rates are those of the supply date */ readonly taxCategory?: string | undefined; /** In place of a category: rates somebody has snapshotted */ readonly taxes?: readonly ({ readonly code: string; readonly percent: string; readonly compoundOn?: readonly (string)[] | undefined; })[] | undefined; /** What it comes to where it is part of something whole, so that parts add up; refused beyond rounding */ readonly figures?: { readonly net: { readonly amount: string; readonly currency: string; }; /** Of each tax, in their order */ readonly taxes: readonly ({ readonly amount: string; readonly currency: string; })[]; } | undefined; readonly sourceLine?: string | undefined; })[]; /** Today unless told; not before the last number of the series */ readonly issueDate?: string | undefined; /** What the caller was shown; refused when it comes to something else */ readonly expectedTotal?: { readonly amount: string; readonly currency: string; } | undefined; };
    output: { /** Id of kind InvoiceId */ readonly id: string; /** Its number as people read it */ readonly label: string; readonly issueDate: string; readonly dueDate: string; readonly total: { readonly amount: string; readonly currency: string; }; };
    code: "billing.books_missing" | "billing.date_before_last" | "billing.date_in_future" | "billing.discount_exceeds_line" | "billing.figures_differ" | "billing.period_closed" | "billing.tax_unresolved" | "billing.total_differs" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Asks the provider to take money it holds, all or less; what is not taken is let go. */
  capturePayment: {
    input: { /** Id of kind PaymentId */ readonly paymentId: string; } & { /** Left out: all that is held */ readonly amount?: { readonly amount: string; readonly currency: string; } | undefined; };
    output: { /** Id of kind PaymentId */ readonly id: string; readonly state: string; readonly amount: { readonly amount: string; readonly currency: string; }; readonly captured: { readonly amount: string; readonly currency: string; }; readonly refunded: { readonly amount: string; readonly currency: string; }; /** Asked of the provider to be given back, which has not said so yet */ readonly promised: { readonly amount: string; readonly currency: string; }; /** Left to settle documents with, or to give back */ readonly unapplied: { readonly amount: string; readonly currency: string; }; };
    code: "billing.asked_already" | "billing.books_missing" | "billing.exceeds_authorised" | "billing.not_at_provider" | "billing.nothing_held" | "billing.nothing_left" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Gives an account another code or name, or archives it. */
  changeAccount: {
    input: { /** Id of kind AccountId */ readonly accountId: string; } & { readonly code?: string | undefined; readonly name?: Readonly<Record<string, string>> | undefined; /** One that documents post to stays active */ readonly status?: "active" | "archived" | undefined; };
    output: { /** Id of kind AccountId */ readonly id: string; readonly version: number; };
    code: "billing.code_taken" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Changes how books are kept: who sells, when a year begins, how is rounded, and the limits of one person. */
  changeBooks: {
    input: { readonly expectedVersion?: number | undefined; /** Where "today" is */ readonly timeZone?: string | undefined; /** Month a fiscal year begins with */ readonly fiscalYearStart?: number | undefined; readonly roundingLevel?: "line" | "document" | undefined; readonly roundingMode?: "half_up" | "half_even" | undefined; readonly seller: { readonly name: Readonly<Record<string, string>>; readonly address?: Readonly<Record<string, string>> | undefined; readonly taxNumber?: string | undefined; readonly phone?: string | undefined; readonly email?: string | undefined; }; /** Days until an invoice is due unless it says so itself */ readonly paymentDays?: number | undefined; /** Minor units one person may give up alone */ readonly writeOffLimit?: string | undefined; /** Minor units one person may give back alone; null: any */ readonly refundLimit?: string | null | undefined; };
    output: { readonly version: number; };
    code: "billing.books_begun" | "billing.books_missing" | "billing.rounding_fixed" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Writes a draft anew. */
  changeDraft: {
    input: { /** Id of kind InvoiceId */ readonly invoiceId: string; } & { /** Id of kind PartyId */ readonly partyId?: string | undefined; /** Whom it is for, as it stands on the document */ readonly party: { readonly name: string; readonly address?: string | undefined; readonly taxNumber?: string | undefined; readonly email?: string | undefined; readonly language?: "en" | "ar" | undefined; }; readonly branch?: string | undefined; readonly currency: string; readonly prices?: "inclusive" | "exclusive" | undefined; /** The day that decides the tax; today unless told */ readonly supplyDate?: string | undefined; readonly dueDate?: string | undefined; readonly place?: { readonly jurisdiction?: string | undefined; readonly customerClass?: string | undefined; } | undefined; /** Round the total to the smallest coin */ readonly inCash?: boolean | undefined; readonly note?: string | undefined; /** What it comes from, such as an order */ readonly source?: { readonly type: string; readonly id: string; } | undefined; readonly lines: readonly ({ readonly kind?: "item" | "shipping" | undefined; readonly title: Readonly<Record<string, string>>; readonly sku?: string | undefined; readonly quantity: { readonly value: string; readonly uom: string; }; readonly unitPrice: { readonly amount: string; readonly currency: string; }; /** Off the whole line, with or without tax as the prices are */ readonly discount?: { readonly amount: string; readonly currency: string; } | undefined; /** Its rates are those of the supply date */ readonly taxCategory?: string | undefined; /** In place of a category: rates somebody has snapshotted */ readonly taxes?: readonly ({ readonly code: string; readonly percent: string; readonly compoundOn?: readonly (string)[] | undefined; })[] | undefined; /** What it comes to where it is part of something whole, so that parts add up; refused beyond rounding */ readonly figures?: { readonly net: { readonly amount: string; readonly currency: string; }; /** Of each tax, in their order */ readonly taxes: readonly ({ readonly amount: string; readonly currency: string; })[]; } | undefined; readonly sourceLine?: string | undefined; })[]; readonly expectedVersion?: number | undefined; };
    output: { /** Id of kind InvoiceId */ readonly id: string; readonly net: { readonly amount: string; readonly currency: string; }; readonly tax: { readonly amount: string; readonly currency: string; }; readonly rounding: { readonly amount: string; readonly currency: string; }; readonly total: { readonly amount: string; readonly currency: string; }; readonly version: number; };
    code: "billing.books_missing" | "billing.discount_exceeds_line" | "billing.document_issued" | "billing.empty" | "billing.figures_differ" | "billing.tax_unresolved" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Reckons the books anew and names every drift; none is expected. */
  checkBooks: {
    input: Record<string, never>;
    output: { readonly checks: number; readonly drifts: readonly ({ readonly check: string; readonly subject: string; readonly expected: string; readonly found: string; })[]; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Prints issued documents again and names every one that comes out otherwise; none is expected. */
  checkPrints: {
    input: { /** `next` of the answer before */ readonly after?: string | undefined; readonly most?: number | undefined; /** Any of them, and not the first */ readonly sample?: boolean | undefined; };
    output: { /** Prints that were made anew */ readonly printed: number; /** Prints of other templates, of which the seal alone was looked at */ readonly otherwise: number; readonly drifts: readonly ({ readonly check: string; readonly subject: string; readonly expected: string; readonly found: string; })[]; /** Where to go on; null at the end, and for a sample */ readonly next: string | null; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Closes a month: softly, so that accountants still post in it, or for everybody. */
  closePeriod: {
    input: { readonly month: string; } & { readonly state: "soft_closed" | "closed"; };
    output: { readonly month: string; readonly state: "open" | "soft_closed" | "closed"; };
    code: "billing.books_drift" | "billing.books_missing" | "billing.drafts_exist" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Takes an invoice back, or some of its lines, by a credit note; what is still owed becomes that much less. */
  creditInvoice: {
    input: { /** Id of kind InvoiceId */ readonly invoiceId: string; } & { /** All that is left unless told */ readonly lines?: readonly ({ readonly line: number; /** In the unit of the line */ readonly quantity: string; })[] | undefined; readonly reason: string; readonly issueDate?: string | undefined; readonly expectedTotal?: { readonly amount: string; readonly currency: string; } | undefined; };
    output: { /** Id of kind InvoiceId */ readonly id: string; /** Its number as people read it */ readonly label: string; readonly issueDate: string; readonly dueDate: string; readonly total: { readonly amount: string; readonly currency: string; }; /** Of the invoice, by this credit note */ readonly settled: { readonly amount: string; readonly currency: string; }; };
    code: "billing.books_missing" | "billing.date_before_last" | "billing.date_in_future" | "billing.exceeds_creditable" | "billing.not_an_invoice" | "billing.not_issued" | "billing.period_closed" | "billing.total_differs" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Throws a draft away. */
  discardDraft: {
    input: { /** Id of kind InvoiceId */ readonly invoiceId: string; };
    output: { /** Id of kind InvoiceId */ readonly id: string; };
    code: "billing.document_issued" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Writes an invoice that is not issued yet, and reckons what it comes to. */
  draftInvoice: {
    input: { /** Id of kind PartyId */ readonly partyId?: string | undefined; /** Whom it is for, as it stands on the document */ readonly party: { readonly name: string; readonly address?: string | undefined; readonly taxNumber?: string | undefined; readonly email?: string | undefined; readonly language?: "en" | "ar" | undefined; }; readonly branch?: string | undefined; readonly currency: string; readonly prices?: "inclusive" | "exclusive" | undefined; /** The day that decides the tax; today unless told */ readonly supplyDate?: string | undefined; readonly dueDate?: string | undefined; readonly place?: { readonly jurisdiction?: string | undefined; readonly customerClass?: string | undefined; } | undefined; /** Round the total to the smallest coin */ readonly inCash?: boolean | undefined; readonly note?: string | undefined; /** What it comes from, such as an order */ readonly source?: { readonly type: string; readonly id: string; } | undefined; readonly lines: readonly ({ readonly kind?: "item" | "shipping" | undefined; readonly title: Readonly<Record<string, string>>; readonly sku?: string | undefined; readonly quantity: { readonly value: string; readonly uom: string; }; readonly unitPrice: { readonly amount: string; readonly currency: string; }; /** Off the whole line, with or without tax as the prices are */ readonly discount?: { readonly amount: string; readonly currency: string; } | undefined; /** Its rates are those of the supply date */ readonly taxCategory?: string | undefined; /** In place of a category: rates somebody has snapshotted */ readonly taxes?: readonly ({ readonly code: string; readonly percent: string; readonly compoundOn?: readonly (string)[] | undefined; })[] | undefined; /** What it comes to where it is part of something whole, so that parts add up; refused beyond rounding */ readonly figures?: { readonly net: { readonly amount: string; readonly currency: string; }; /** Of each tax, in their order */ readonly taxes: readonly ({ readonly amount: string; readonly currency: string; })[]; } | undefined; readonly sourceLine?: string | undefined; })[]; };
    output: { /** Id of kind InvoiceId */ readonly id: string; readonly net: { readonly amount: string; readonly currency: string; }; readonly tax: { readonly amount: string; readonly currency: string; }; readonly rounding: { readonly amount: string; readonly currency: string; }; readonly total: { readonly amount: string; readonly currency: string; }; readonly version: number; };
    code: "billing.books_missing" | "billing.discount_exceeds_line" | "billing.empty" | "billing.figures_differ" | "billing.tax_unresolved" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Says until which day a rate holds; documents that bear it keep it. */
  endTaxRate: {
    input: { /** Id of kind TaxRateId */ readonly rateId: string; } & { readonly validTo: string | null; };
    output: { /** Id of kind TaxRateId */ readonly id: string; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** How books are kept. */
  getBooks: {
    input: Record<string, never>;
    output: { readonly currency: string; readonly timeZone: string; readonly fiscalYearStart: number; readonly roundingLevel: "line" | "document"; readonly roundingMode: "half_up" | "half_even"; readonly seller: Readonly<Record<string, unknown>>; readonly paymentDays: number; readonly writeOffLimit: string; readonly refundLimit: string | null; readonly version: number; };
    code: "billing.books_missing" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** A document with its lines, its taxes and what settles it. */
  getInvoice: {
    input: { /** Id of kind InvoiceId */ readonly invoiceId: string; };
    output: { /** Id of kind InvoiceId */ readonly id: string; readonly kind: "invoice" | "credit_note"; readonly status: "draft" | "issued"; readonly label: string | null; readonly version: number; readonly partyId: string | null; readonly party: Readonly<Record<string, unknown>>; readonly issueDate: string | null; readonly supplyDate: string | null; readonly dueDate: string | null; readonly prices: "inclusive" | "exclusive"; readonly net: { readonly amount: string; readonly currency: string; }; readonly tax: { readonly amount: string; readonly currency: string; }; readonly rounding: { readonly amount: string; readonly currency: string; }; readonly total: { readonly amount: string; readonly currency: string; }; /** Still asked for, or still given */ readonly open: { readonly amount: string; readonly currency: string; }; readonly credits: string | null; readonly reason: string | null; readonly note: string | null; readonly source: { readonly type: string; readonly id: string; } | null; /** SHA-256 of the document as it was issued, in hexadecimal digits */ readonly contentHash: string | null; readonly lines: readonly ({ readonly line: number; readonly kind: "item" | "shipping"; readonly title: Readonly<Record<string, string>>; readonly sku: string | null; readonly quantity: { readonly value: string; readonly uom: string; }; /** Minor units, with up to six decimals */ readonly unitPrice: string; readonly discount: { readonly amount: string; readonly currency: string; }; readonly taxes: readonly ({ readonly code: string; readonly percent: string; readonly tax: { readonly amount: string; readonly currency: string; }; })[]; readonly net: { readonly amount: string; readonly currency: string; }; readonly tax: { readonly amount: string; readonly currency: string; }; readonly sourceLine: string | null; })[]; readonly settledBy: readonly ({ readonly kind: "payment" | "credit_note" | "write_off"; readonly id: string | null; readonly amount: { readonly amount: string; readonly currency: string; }; readonly date: string; })[]; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** How a payment provider is asked, without its secrets. */
  getProvider: {
    input: { readonly name: string; };
    output: { /** Id of kind ProviderId */ readonly id: string; readonly name: string; readonly kind: "stripe"; readonly publishableKey: string | null; readonly baseUrl: string | null; readonly capture: "automatic" | "manual"; readonly active: boolean; /** Its webhook secret is known, so its events are heard */ readonly signsEvents: boolean; /** Where its events are to be sent, below the address of the project */ readonly eventsPath: string; readonly version: number; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Says that money of which nobody knew did not go back: it is the payer’s credit again. */
  giveUpRefund: {
    input: { /** Id of kind ProviderOrderId */ readonly orderId: string; } & { readonly reason: string; };
    output: { /** Id of kind ProviderOrderId */ readonly id: string; readonly state: string; };
    code: "billing.books_missing" | "billing.nothing_left" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Gives a draft its number and enters it into the books; from then on it stays as it is. */
  issueInvoice: {
    input: { /** Id of kind InvoiceId */ readonly invoiceId: string; } & { /** Today unless told; not before the last number of the series */ readonly issueDate?: string | undefined; /** What the caller was shown; refused when it comes to something else */ readonly expectedTotal?: { readonly amount: string; readonly currency: string; } | undefined; };
    output: { /** Id of kind InvoiceId */ readonly id: string; /** Its number as people read it */ readonly label: string; readonly issueDate: string; readonly dueDate: string; readonly total: { readonly amount: string; readonly currency: string; }; };
    code: "billing.books_missing" | "billing.date_before_last" | "billing.date_in_future" | "billing.document_issued" | "billing.period_closed" | "billing.total_differs" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Who sells, as it stands at the head of documents, and the zone its days are in. */
  letterhead: {
    input: Record<string, never>;
    output: { readonly seller: { readonly name: Readonly<Record<string, string>>; readonly address?: Readonly<Record<string, string>> | undefined; readonly taxNumber?: string | undefined; readonly phone?: string | undefined; readonly email?: string | undefined; }; readonly timeZone: string; };
    code: "billing.books_missing" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** The chart of accounts. */
  listAccounts: {
    input: Record<string, never>;
    output: { readonly accounts: readonly ({ /** Id of kind AccountId */ readonly id: string; readonly code: string; readonly name: Readonly<Record<string, string>>; readonly type: "asset" | "liability" | "equity" | "income" | "expense"; readonly control: string; readonly purpose: string | null; readonly status: "active" | "archived"; })[]; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** A page of invoices and credit notes, the latest first. */
  listInvoices: {
    input: { readonly kind?: "invoice" | "credit_note" | undefined; readonly status?: "draft" | "issued" | undefined; readonly onlyOpen?: boolean | undefined; /** Id of kind PartyId */ readonly partyId?: string | undefined; readonly source?: { readonly type: string; readonly id: string; } | undefined; /** The last id of the page before */ readonly after?: string | undefined; readonly limit?: number | undefined; };
    output: { readonly invoices: readonly ({ /** Id of kind InvoiceId */ readonly id: string; readonly kind: "invoice" | "credit_note"; readonly label: string | null; readonly partyId: string | null; readonly partyName: string; readonly issueDate: string | null; readonly dueDate: string | null; readonly total: { readonly amount: string; readonly currency: string; }; readonly open: { readonly amount: string; readonly currency: string; }; readonly state: "draft" | "unpaid" | "partial" | "paid" | "overdue"; })[]; readonly next: string | null; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** A page of payments, the latest first. */
  listPayments: {
    input: { /** Id of kind PartyId */ readonly partyId?: string | undefined; readonly source?: { readonly type: string; readonly id: string; } | undefined; /** The last id of the page before */ readonly after?: string | undefined; readonly limit?: number | undefined; };
    output: { readonly payments: readonly ({ /** Id of kind PaymentId */ readonly id: string; readonly method: string; readonly provider: string; readonly partyId: string | null; readonly state: string; readonly amount: { readonly amount: string; readonly currency: string; }; readonly captured: { readonly amount: string; readonly currency: string; }; readonly refunded: { readonly amount: string; readonly currency: string; }; readonly unapplied: { readonly amount: string; readonly currency: string; }; readonly failure: string | null; readonly reference: string | null; readonly source: { readonly type: string; readonly id: string; } | null; })[]; readonly next: string | null; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Months in which something was posted, or that somebody closed; all others are open. */
  listPeriods: {
    input: { readonly year?: number | undefined; };
    output: { readonly periods: readonly ({ readonly month: string; readonly state: "open" | "soft_closed" | "closed"; })[]; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Who moves money for the organisation. */
  listProviders: {
    input: Record<string, never>;
    output: { readonly providers: readonly ({ /** Id of kind ProviderId */ readonly id: string; readonly name: string; readonly kind: "stripe"; readonly publishableKey: string | null; readonly baseUrl: string | null; readonly capture: "automatic" | "manual"; readonly active: boolean; /** Its webhook secret is known, so its events are heard */ readonly signsEvents: boolean; /** Where its events are to be sent, below the address of the project */ readonly eventsPath: string; readonly version: number; })[]; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** What is true and not in the books yet, because its month was closed. */
  listWaitingJournals: {
    input: Record<string, never>;
    output: { readonly journals: readonly ({ /** Id of kind WaitingJournalId */ readonly id: string; readonly postingDate: string; readonly source: { readonly type: string; readonly id: string; }; readonly entries: readonly ({ readonly purpose: string; readonly amount: string; })[]; readonly reason: string; })[]; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Begins to keep books in a currency, with a chart of accounts to start from. */
  openBooks: {
    input: { readonly currency: string; /** Where "today" is */ readonly timeZone?: string | undefined; /** Month a fiscal year begins with */ readonly fiscalYearStart?: number | undefined; readonly roundingLevel?: "line" | "document" | undefined; readonly roundingMode?: "half_up" | "half_even" | undefined; readonly seller: { readonly name: Readonly<Record<string, string>>; readonly address?: Readonly<Record<string, string>> | undefined; readonly taxNumber?: string | undefined; readonly phone?: string | undefined; readonly email?: string | undefined; }; /** Days until an invoice is due unless it says so itself */ readonly paymentDays?: number | undefined; /** Minor units one person may give up alone */ readonly writeOffLimit?: string | undefined; /** Minor units one person may give back alone; null: any */ readonly refundLimit?: string | null | undefined; };
    output: { readonly accounts: readonly ({ /** Id of kind AccountId */ readonly id: string; readonly code: string; })[]; };
    code: "billing.books_begun" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** What a payer needs to finish a payment in a page of the shop; nothing once there is nothing left to do. */
  paymentStep: {
    input: { /** Id of kind PaymentId */ readonly paymentId: string; };
    output: { /** Id of kind PaymentId */ readonly id: string; readonly state: string; readonly amount: { readonly amount: string; readonly currency: string; }; readonly provider: string; readonly publishableKey: string | null; /** For this payer alone: with it this one payment can be finished */ readonly clientSecret: string | null; /** A page of the payer’s bank */ readonly visit: string | null; /** Of the last attempt */ readonly failure: string | null; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Posts a journal by hand: what comes from no document. */
  postJournal: {
    input: { readonly postingDate?: string | undefined; readonly reason: string; readonly branch?: string | undefined; readonly lines: readonly ({ /** Id of kind AccountId */ readonly accountId: string; readonly debit?: { readonly amount: string; readonly currency: string; } | undefined; readonly credit?: { readonly amount: string; readonly currency: string; } | undefined; /** Id of kind PartyId */ readonly partyId?: string | undefined; readonly costCentre?: string | undefined; })[]; };
    output: { /** Id of kind JournalId */ readonly id: string; readonly postingDate: string; };
    code: "billing.account_archived" | "billing.account_unknown" | "billing.books_missing" | "billing.control_account" | "billing.date_in_future" | "billing.period_closed" | "billing.unbalanced" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Enters what has waited into the books, on a day whose month is open. */
  postWaitingJournal: {
    input: { /** Id of kind WaitingJournalId */ readonly waitingId: string; } & { readonly postingDate?: string | undefined; };
    output: { /** Id of kind JournalId */ readonly id: string; readonly postingDate: string; };
    code: "billing.books_missing" | "billing.date_in_future" | "billing.period_closed" | "billing.posted_already" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** What was earned and spent between two days, and what is left of it. */
  profitAndLoss: {
    input: { readonly from: string; readonly to: string; };
    output: { readonly income: readonly ({ /** Id of kind AccountId */ readonly id: string; readonly code: string; readonly name: Readonly<Record<string, string>>; readonly balance: { readonly amount: string; readonly currency: string; }; })[]; readonly expenses: readonly ({ /** Id of kind AccountId */ readonly id: string; readonly code: string; readonly name: Readonly<Record<string, string>>; readonly balance: { readonly amount: string; readonly currency: string; }; })[]; readonly profit: { readonly amount: string; readonly currency: string; }; };
    code: "billing.books_missing" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** What each party owed at the end of a day, by how long it had been due. */
  receivablesAgeing: {
    input: { readonly asOf?: string | undefined; /** Last day of each bucket but the last */ readonly edges?: readonly (number)[] | undefined; /** Id of kind PartyId */ readonly partyId?: string | undefined; };
    output: { readonly asOf: string; /** What the amounts of a row are in the order of: not due first */ readonly buckets: readonly (string)[]; readonly parties: readonly ({ readonly partyId: string | null; readonly amounts: readonly ({ readonly amount: string; readonly currency: string; })[]; readonly outstanding: { readonly amount: string; readonly currency: string; }; /** Paid or credited, and settling nothing yet */ readonly credit: { readonly amount: string; readonly currency: string; }; })[]; readonly outstanding: { readonly amount: string; readonly currency: string; }; };
    code: "billing.books_missing" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Writes down money that has come in: cash, a transfer, a cheque. */
  recordPayment: {
    input: { readonly method: "cash" | "bank" | "card" | "wallet" | "cheque"; readonly receivedOn?: string | undefined; /** Id of kind PartyId */ readonly partyId?: string | undefined; readonly amount: { readonly amount: string; readonly currency: string; }; /** What it comes from, such as an order */ readonly source?: { readonly type: string; readonly id: string; } | undefined; readonly reference?: string | undefined; };
    output: { /** Id of kind PaymentId */ readonly id: string; readonly state: string; readonly amount: { readonly amount: string; readonly currency: string; }; readonly captured: { readonly amount: string; readonly currency: string; }; readonly refunded: { readonly amount: string; readonly currency: string; }; /** Asked of the provider to be given back, which has not said so yet */ readonly promised: { readonly amount: string; readonly currency: string; }; /** Left to settle documents with, or to give back */ readonly unapplied: { readonly amount: string; readonly currency: string; }; };
    code: "billing.books_missing" | "billing.date_in_future" | "billing.nothing_left" | "billing.period_closed" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Gives money back, whatever it comes to. */
  refundApproved: {
    input: { /** Id of kind PaymentId */ readonly paymentId: string; } & { readonly amount: { readonly amount: string; readonly currency: string; }; /** What it is given back for: the invoice it takes back is then settled by the note in place of the payment */ readonly creditNoteId?: string | undefined; readonly reason: string; readonly date?: string | undefined; };
    output: { /** Id of kind PaymentId */ readonly id: string; readonly state: string; readonly amount: { readonly amount: string; readonly currency: string; }; readonly captured: { readonly amount: string; readonly currency: string; }; readonly refunded: { readonly amount: string; readonly currency: string; }; /** Asked of the provider to be given back, which has not said so yet */ readonly promised: { readonly amount: string; readonly currency: string; }; /** Left to settle documents with, or to give back */ readonly unapplied: { readonly amount: string; readonly currency: string; }; };
    code: "billing.books_missing" | "billing.date_in_future" | "billing.exceeds_captured" | "billing.exceeds_open" | "billing.exceeds_unapplied" | "billing.not_issued" | "billing.nothing_left" | "billing.period_closed" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Gives money back, up to the limit of one person: what is left of a payment, or what a credit note is worth. */
  refundPayment: {
    input: { /** Id of kind PaymentId */ readonly paymentId: string; } & { readonly amount: { readonly amount: string; readonly currency: string; }; /** What it is given back for: the invoice it takes back is then settled by the note in place of the payment */ readonly creditNoteId?: string | undefined; readonly reason: string; readonly date?: string | undefined; };
    output: { /** Id of kind PaymentId */ readonly id: string; readonly state: string; readonly amount: { readonly amount: string; readonly currency: string; }; readonly captured: { readonly amount: string; readonly currency: string; }; readonly refunded: { readonly amount: string; readonly currency: string; }; /** Asked of the provider to be given back, which has not said so yet */ readonly promised: { readonly amount: string; readonly currency: string; }; /** Left to settle documents with, or to give back */ readonly unapplied: { readonly amount: string; readonly currency: string; }; };
    code: "billing.books_missing" | "billing.date_in_future" | "billing.exceeds_captured" | "billing.exceeds_open" | "billing.exceeds_unapplied" | "billing.not_issued" | "billing.nothing_left" | "billing.over_limit" | "billing.period_closed" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Opens a month again. */
  reopenPeriod: {
    input: { readonly month: string; } & { readonly reason: string; };
    output: { readonly month: string; readonly state: "open" | "soft_closed" | "closed"; };
    code: "billing.books_missing" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Asks a provider for money; what comes of it is told by the provider. */
  requestPayment: {
    input: { readonly method?: "cash" | "bank" | "card" | "wallet" | "cheque" | undefined; readonly provider: string; /** Id of kind PartyId */ readonly partyId?: string | undefined; readonly amount: { readonly amount: string; readonly currency: string; }; /** What it comes from, such as an order */ readonly source?: { readonly type: string; readonly id: string; } | undefined; readonly reference?: string | undefined; /** The provider’s name of a card: charged at once. Without it the payer finishes in a page of the shop */ readonly paymentMethod?: string | undefined; /** Where the payer comes back to from the bank’s page */ readonly returnUrl?: string | undefined; /** Left out: as the provider is set up */ readonly capture?: "automatic" | "manual" | undefined; };
    output: { /** Id of kind PaymentId */ readonly id: string; readonly state: string; readonly amount: { readonly amount: string; readonly currency: string; }; readonly captured: { readonly amount: string; readonly currency: string; }; readonly refunded: { readonly amount: string; readonly currency: string; }; /** Asked of the provider to be given back, which has not said so yet */ readonly promised: { readonly amount: string; readonly currency: string; }; /** Left to settle documents with, or to give back */ readonly unapplied: { readonly amount: string; readonly currency: string; }; };
    code: "billing.amount_not_chargeable" | "billing.books_missing" | "billing.not_at_provider" | "billing.nothing_left" | "billing.provider_inactive" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** What categories of goods bear on a day, at a place, for a class of customers. */
  resolveTaxes: {
    input: { readonly date: string; readonly categories: readonly (string)[]; readonly place?: { readonly jurisdiction?: string | undefined; readonly customerClass?: string | undefined; } | undefined; };
    output: { readonly taxes: readonly ({ readonly category: string; /** Null: nobody has said */ readonly rates: readonly ({ readonly code: string; readonly percent: string; readonly compoundOn?: readonly (string)[] | undefined; })[] | null; })[]; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Takes a journal that was posted by hand back, by one that says the opposite. */
  reverseJournal: {
    input: { /** Id of kind JournalId */ readonly journalId: string; } & { readonly postingDate?: string | undefined; readonly reason: string; };
    output: { /** Id of kind JournalId */ readonly id: string; readonly postingDate: string; };
    code: "billing.already_reversed" | "billing.books_missing" | "billing.date_in_future" | "billing.not_manual" | "billing.period_closed" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Says how a payment provider is asked. Secrets are sealed, and told to nobody again. */
  setProvider: {
    input: { readonly name: string; } & { readonly kind?: "stripe" | undefined; /** Left out: it stays as it is */ readonly secretKey?: string | undefined; /** A new one is good beside the former for a day */ readonly webhookSecret?: string | undefined; readonly publishableKey?: string | null | undefined; /** Null: the provider’s own */ readonly baseUrl?: string | null | undefined; /** Whether money moves at once, or is held until it is captured */ readonly capture?: "automatic" | "manual" | undefined; readonly active?: boolean | undefined; readonly expectedVersion?: number | undefined; };
    output: { /** Id of kind ProviderId */ readonly id: string; readonly name: string; readonly kind: "stripe"; readonly publishableKey: string | null; readonly baseUrl: string | null; readonly capture: "automatic" | "manual"; readonly active: boolean; /** Its webhook secret is known, so its events are heard */ readonly signsEvents: boolean; /** Where its events are to be sent, below the address of the project */ readonly eventsPath: string; readonly version: number; };
    code: "billing.provider_key_missing" | "billing.provider_name_taken" | "billing.provider_url_refused" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** What was asked of a party between two days, what it paid, and what it owes after each. */
  statement: {
    input: { /** Id of kind PartyId */ readonly partyId: string; readonly from: string; readonly to: string; };
    output: { readonly opening: { readonly amount: string; readonly currency: string; }; readonly entries: readonly ({ readonly date: string; readonly kind: "invoice" | "credit_note" | "payment" | "refund" | "write_off"; readonly documentId: string | null; readonly label: string | null; /** Above zero is owed */ readonly amount: { readonly amount: string; readonly currency: string; }; readonly balance: { readonly amount: string; readonly currency: string; }; })[]; readonly closing: { readonly amount: string; readonly currency: string; }; };
    code: "billing.books_missing" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** What documents issued between two days bear of each tax; credit notes take back. */
  taxSummary: {
    input: { readonly from: string; readonly to: string; };
    output: { readonly taxes: readonly ({ readonly code: string; readonly percent: string; readonly base: { readonly amount: string; readonly currency: string; }; readonly tax: { readonly amount: string; readonly currency: string; }; })[]; readonly tax: { readonly amount: string; readonly currency: string; }; };
    code: "billing.books_missing" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Takes in what a provider says of a payment: totals, so that order, delay and repetition do not matter. */
  tellPayment: {
    input: { /** Id of kind PaymentId */ readonly paymentId: string; } & { /** Who tells it; another one’s payment is left alone */ readonly provider?: string | undefined; readonly providerRef?: string | undefined; /** The provider’s; one that is known changes nothing */ readonly eventId?: string | undefined; readonly status: "pending" | "authorised" | "captured" | "failed" | "voided" | "expired" | "disputed" | "lost"; readonly authorised?: { readonly amount: string; readonly currency: string; } | undefined; readonly captured?: { readonly amount: string; readonly currency: string; } | undefined; readonly refunded?: { readonly amount: string; readonly currency: string; } | undefined; readonly failure?: string | undefined; };
    output: { /** Id of kind PaymentId */ readonly id: string; readonly state: string; readonly amount: { readonly amount: string; readonly currency: string; }; readonly captured: { readonly amount: string; readonly currency: string; }; readonly refunded: { readonly amount: string; readonly currency: string; }; /** Asked of the provider to be given back, which has not said so yet */ readonly promised: { readonly amount: string; readonly currency: string; }; /** Left to settle documents with, or to give back */ readonly unapplied: { readonly amount: string; readonly currency: string; }; };
    code: "billing.books_missing" | "billing.other_payment" | "billing.payment_known" | "billing.period_closed" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** What every account has been debited and credited with until the end of a day. */
  trialBalance: {
    input: { readonly asOf?: string | undefined; };
    output: { readonly asOf: string; readonly accounts: readonly ({ /** Id of kind AccountId */ readonly id: string; readonly code: string; readonly name: Readonly<Record<string, string>>; readonly balance: { readonly amount: string; readonly currency: string; }; readonly type: string; readonly debit: { readonly amount: string; readonly currency: string; }; readonly credit: { readonly amount: string; readonly currency: string; }; })[]; readonly debit: { readonly amount: string; readonly currency: string; }; readonly credit: { readonly amount: string; readonly currency: string; }; };
    code: "billing.books_missing" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Takes back what a payment settles of an invoice: that is open again, and the payment’s party has it to its credit. */
  unallocatePayment: {
    input: { /** Id of kind PaymentId */ readonly paymentId: string; } & { /** Id of kind InvoiceId */ readonly invoiceId: string; readonly date?: string | undefined; };
    output: { readonly freed: { readonly amount: string; readonly currency: string; }; };
    code: "billing.books_missing" | "billing.date_in_future" | "billing.exceeds_open" | "billing.exceeds_unapplied" | "billing.not_an_invoice" | "billing.nothing_left" | "billing.other_party" | "billing.period_closed" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Lets a payment go of which no money has come; one that has come stays, and has to be given back. */
  voidPayment: {
    input: { /** Id of kind PaymentId */ readonly paymentId: string; };
    output: { /** Id of kind PaymentId */ readonly id: string; readonly state: string; readonly amount: { readonly amount: string; readonly currency: string; }; readonly captured: { readonly amount: string; readonly currency: string; }; readonly refunded: { readonly amount: string; readonly currency: string; }; /** Asked of the provider to be given back, which has not said so yet */ readonly promised: { readonly amount: string; readonly currency: string; }; /** Left to settle documents with, or to give back */ readonly unapplied: { readonly amount: string; readonly currency: string; }; };
    code: "billing.asked_already" | "billing.books_missing" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Gives up what is open of an invoice, up to the limit of one person. */
  writeOff: {
    input: { /** Id of kind InvoiceId */ readonly invoiceId: string; } & { /** All that is open unless told */ readonly amount?: { readonly amount: string; readonly currency: string; } | undefined; readonly reason: string; readonly date?: string | undefined; };
    output: { readonly settled: readonly ({ /** Id of kind InvoiceId */ readonly invoiceId: string; readonly amount: { readonly amount: string; readonly currency: string; }; })[]; };
    code: "billing.books_missing" | "billing.date_in_future" | "billing.exceeds_open" | "billing.exceeds_unapplied" | "billing.not_an_invoice" | "billing.not_issued" | "billing.nothing_left" | "billing.other_party" | "billing.over_limit" | "billing.period_closed" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Gives up what is open of an invoice, whatever it comes to. */
  writeOffApproved: {
    input: { /** Id of kind InvoiceId */ readonly invoiceId: string; } & { /** All that is open unless told */ readonly amount?: { readonly amount: string; readonly currency: string; } | undefined; readonly reason: string; readonly date?: string | undefined; };
    output: { readonly settled: readonly ({ /** Id of kind InvoiceId */ readonly invoiceId: string; readonly amount: { readonly amount: string; readonly currency: string; }; })[]; };
    code: "billing.books_missing" | "billing.date_in_future" | "billing.exceeds_open" | "billing.exceeds_unapplied" | "billing.not_an_invoice" | "billing.not_issued" | "billing.nothing_left" | "billing.other_party" | "billing.period_closed" | "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
}

export const billing: OperationTable<BillingOperations> = {
  addAccount: { method: 'POST', path: '/accounts', rest: 'body' },
  addTaxRate: { method: 'POST', path: '/tax-rates', rest: 'body' },
  allocatePayment: { method: 'POST', path: '/payments/{paymentId}/allocations', rest: 'body' },
  applyCredit: { method: 'POST', path: '/invoices/{creditNoteId}/applications', rest: 'body' },
  autoAllocate: { method: 'POST', path: '/payments/{paymentId}/auto-allocations', rest: 'body' },
  balanceSheet: { method: 'GET', path: '/reports/balance-sheet', rest: 'query' },
  bill: { method: 'POST', path: '/bills', rest: 'body' },
  capturePayment: { method: 'POST', path: '/payments/{paymentId}/capture', rest: 'body' },
  changeAccount: { method: 'PATCH', path: '/accounts/{accountId}', rest: 'body' },
  changeBooks: { method: 'PUT', path: '/books', rest: 'body' },
  changeDraft: { method: 'PUT', path: '/invoices/{invoiceId}', rest: 'body' },
  checkBooks: { method: 'POST', path: '/checks', rest: 'body' },
  checkPrints: { method: 'POST', path: '/checks/prints', rest: 'body' },
  closePeriod: { method: 'POST', path: '/periods/{month}/closing', rest: 'body' },
  creditInvoice: { method: 'POST', path: '/invoices/{invoiceId}/credits', rest: 'body' },
  discardDraft: { method: 'DELETE', path: '/invoices/{invoiceId}', rest: 'query' },
  draftInvoice: { method: 'POST', path: '/invoices', rest: 'body' },
  endTaxRate: { method: 'PUT', path: '/tax-rates/{rateId}/end', rest: 'body' },
  getBooks: { method: 'GET', path: '/books', rest: 'query' },
  getInvoice: { method: 'GET', path: '/invoices/{invoiceId}', rest: 'query' },
  getProvider: { method: 'GET', path: '/providers/{name}', rest: 'query' },
  giveUpRefund: { method: 'POST', path: '/provider-orders/{orderId}/give-up', rest: 'body' },
  issueInvoice: { method: 'POST', path: '/invoices/{invoiceId}/issue', rest: 'body' },
  letterhead: { method: 'GET', path: '/letterhead', rest: 'query' },
  listAccounts: { method: 'GET', path: '/accounts', rest: 'query' },
  listInvoices: { method: 'GET', path: '/invoices', rest: 'query' },
  listPayments: { method: 'GET', path: '/payments', rest: 'query' },
  listPeriods: { method: 'GET', path: '/periods', rest: 'query' },
  listProviders: { method: 'GET', path: '/providers', rest: 'query' },
  listWaitingJournals: { method: 'GET', path: '/waiting-journals', rest: 'query' },
  openBooks: { method: 'POST', path: '/books', rest: 'body' },
  paymentStep: { method: 'GET', path: '/payments/{paymentId}/step', rest: 'query' },
  postJournal: { method: 'POST', path: '/journals', rest: 'body' },
  postWaitingJournal: { method: 'POST', path: '/waiting-journals/{waitingId}/posting', rest: 'body' },
  profitAndLoss: { method: 'GET', path: '/reports/profit-and-loss', rest: 'query' },
  receivablesAgeing: { method: 'GET', path: '/reports/receivables', rest: 'query' },
  recordPayment: { method: 'POST', path: '/payments', rest: 'body' },
  refundApproved: { method: 'POST', path: '/payments/{paymentId}/approved-refunds', rest: 'body' },
  refundPayment: { method: 'POST', path: '/payments/{paymentId}/refunds', rest: 'body' },
  reopenPeriod: { method: 'POST', path: '/periods/{month}/opening', rest: 'body' },
  requestPayment: { method: 'POST', path: '/payment-requests', rest: 'body' },
  resolveTaxes: { method: 'GET', path: '/taxes', rest: 'query' },
  reverseJournal: { method: 'POST', path: '/journals/{journalId}/reversal', rest: 'body' },
  setProvider: { method: 'PUT', path: '/providers/{name}', rest: 'body' },
  statement: { method: 'GET', path: '/parties/{partyId}/statement', rest: 'query' },
  taxSummary: { method: 'GET', path: '/reports/tax', rest: 'query' },
  tellPayment: { method: 'POST', path: '/payments/{paymentId}/facts', rest: 'body' },
  trialBalance: { method: 'GET', path: '/reports/trial-balance', rest: 'query' },
  unallocatePayment: { method: 'POST', path: '/payments/{paymentId}/unallocations', rest: 'body' },
  voidPayment: { method: 'POST', path: '/payments/{paymentId}/void', rest: 'body' },
  writeOff: { method: 'POST', path: '/invoices/{invoiceId}/write-offs', rest: 'body' },
  writeOffApproved: { method: 'POST', path: '/invoices/{invoiceId}/approved-write-offs', rest: 'body' },
};
