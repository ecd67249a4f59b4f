import type { ColumnType, Generated, Kysely } from 'kysely';
import type { PaymentState } from '../domain/payment.ts';
import type { AccountControl, AccountType } from '../domain/account.ts';

/** numeric: a text, exact. */
type Decimal = string;
type Filled<Type> = Generated<Type>;
/** Only the database's triggers write it. */
type Kept<Type> = ColumnType<Type, never, never>;
/** Written as JSON text. */
type Json<Type> = ColumnType<Type, string, string>;

interface Versioned {
  org_id: Filled<string>;
  version: Filled<number>;
  created_at: Filled<Date>;
  created_by: Filled<string | null>;
  updated_at: Filled<Date>;
  updated_by: Filled<string | null>;
}

interface Settings extends Versioned {
  currency: string;
  time_zone: Filled<string>;
  fiscal_year_start: Filled<number>;
  rounding_level: Filled<'line' | 'document'>;
  rounding_mode: Filled<'half_up' | 'half_even'>;
  seller: Json<Record<string, unknown>>;
  payment_days: Filled<number>;
  write_off_limit: Filled<bigint>;
  refund_limit: bigint | null;
}

interface Accounts extends Versioned {
  id: string;
  code: string;
  name: Json<Record<string, string>>;
  type: AccountType;
  control: Filled<AccountControl>;
  purpose: string | null;
  status: Filled<'active' | 'archived'>;
}

interface FiscalPeriods {
  org_id: Filled<string>;
  starts_on: string;
  state: Filled<'open' | 'soft_closed' | 'closed'>;
  version: Filled<number>;
  updated_at: Filled<Date>;
  updated_by: Filled<string | null>;
}

export type JournalKind =
  | 'invoice'
  | 'credit_note'
  | 'receipt'
  | 'refund'
  | 'allocation'
  | 'write_off'
  | 'stock'
  | 'manual'
  | 'reversal';

interface Journals {
  id: string;
  org_id: Filled<string>;
  kind: JournalKind;
  posting_date: string;
  source_type: string | null;
  source_id: string | null;
  reason: string | null;
  reverses: string | null;
  posted_at: Filled<Date>;
  posted_by: Filled<string | null>;
  posted_in: Filled<string>;
}

interface JournalLines {
  seq: Filled<bigint>;
  org_id: Filled<string>;
  journal_id: string;
  line_no: number;
  account_id: string;
  debit: bigint;
  credit: bigint;
  party_id: string | null;
  branch: Filled<string>;
  cost_centre: Filled<string>;
  posting_date: string;
}

interface WaitingJournals {
  id: string;
  org_id: Filled<string>;
  posting_date: string;
  source_type: string;
  source_id: string;
  entries: Json<readonly { readonly purpose: string; readonly amount: string }[]>;
  reason: string;
  posted_as: string | null;
  created_at: Filled<Date>;
}

interface TaxRates extends Versioned {
  id: string;
  code: string;
  name: Json<Record<string, string>>;
  category: string;
  jurisdiction: Filled<string>;
  customer_class: Filled<string>;
  percent: Decimal;
  compound_on: Filled<string[]>;
  position: Filled<number>;
  valid_from: string;
  valid_to: string | null;
}

export type InvoiceKind = 'invoice' | 'credit_note';

interface Invoices extends Versioned {
  id: string;
  kind: InvoiceKind;
  status: Filled<'draft' | 'issued'>;
  branch: Filled<string>;
  fiscal_year: number | null;
  number: bigint | null;
  label: string | null;
  party_id: string | null;
  party: Json<Record<string, unknown>>;
  issue_date: string | null;
  supply_date: string | null;
  due_date: string | null;
  currency: string;
  prices: 'inclusive' | 'exclusive';
  net: bigint;
  tax: bigint;
  rounding: bigint;
  total: bigint;
  note: string | null;
  source_type: string | null;
  source_id: string | null;
  credits: string | null;
  reason: string | null;
  content: string | null;
  content_hash: string | null;
  prev_hash: string | null;
  chain_hash: string | null;
  issued_at: Date | null;
  issued_by: string | null;
}

interface InvoiceLines {
  invoice_id: string;
  org_id: Filled<string>;
  line_no: number;
  kind: Filled<'item' | 'shipping'>;
  title: Json<Record<string, string>>;
  sku: string | null;
  quantity: Decimal;
  uom: string;
  unit_price: Decimal;
  discount: bigint;
  taxes: Json<readonly LineTaxJson[]>;
  net: bigint;
  tax: bigint;
  source_line: string | null;
  credits_line: number | null;
}

/** One tax of a line as it is kept; amounts are digits. */
export interface LineTaxJson {
  readonly code: string;
  readonly percent: string;
  readonly compoundOn: readonly string[];
  readonly tax: string;
}

interface InvoiceTaxes {
  invoice_id: string;
  org_id: Filled<string>;
  code: string;
  percent: Decimal;
  base: bigint;
  tax: bigint;
  issue_date: string;
  sign: number;
}

interface NumberSeries {
  org_id: Filled<string>;
  kind: InvoiceKind;
  branch: string;
  fiscal_year: number;
  next_number: Filled<bigint>;
  last_date: string;
  last_hash: string | null;
}

interface OpenItems {
  document_id: Kept<string>;
  org_id: Kept<string>;
  kind: Kept<InvoiceKind>;
  party_id: Kept<string | null>;
  issue_date: Kept<string>;
  due_date: Kept<string>;
  total: Kept<bigint>;
  settled: Kept<bigint>;
}

export type PaymentMethod = 'cash' | 'bank' | 'card' | 'wallet' | 'cheque';

interface Payments extends Versioned {
  id: string;
  method: PaymentMethod;
  provider: Filled<string>;
  provider_ref: string | null;
  party_id: string | null;
  currency: string;
  amount: bigint;
  state: PaymentState;
  authorised: Filled<bigint>;
  captured: Filled<bigint>;
  refunded: Filled<bigint>;
  promised: Filled<bigint>;
  allocated: Kept<bigint>;
  failure: string | null;
  reference: string | null;
  source_type: string | null;
  source_id: string | null;
}

interface MoneyMoves {
  id: string;
  org_id: Filled<string>;
  payment_id: string;
  kind: 'capture' | 'refund';
  amount: bigint;
  on_date: string;
  provider_ref: string | null;
  credit_note_id: string | null;
  reason: string | null;
  recorded_at: Filled<Date>;
  recorded_by: Filled<string | null>;
}

interface Allocations {
  id: string;
  org_id: Filled<string>;
  kind: 'payment' | 'credit_note' | 'write_off';
  payment_id: string | null;
  credit_note_id: string | null;
  invoice_id: string;
  amount: bigint;
  on_date: string;
  recorded_at: Filled<Date>;
  recorded_by: Filled<string | null>;
}

interface ProviderEvents {
  org_id: Filled<string>;
  provider: string;
  event_id: string;
  payment_id: string | null;
  received_at: Filled<Date>;
}

interface Prints {
  org_id: Filled<string>;
  document_id: string;
  paper: 'a4' | '80mm';
  language: 'en' | 'ar';
  sha256: string;
  edition: string;
  printed_at: Filled<Date>;
  printed_by: Filled<string | null>;
}

export type ProviderKind = 'stripe';
export type CaptureManner = 'automatic' | 'manual';

interface Providers extends Versioned {
  id: string;
  name: string;
  kind: ProviderKind;
  hook: string;
  secret_key: string;
  webhook_secret: string | null;
  former_webhook_secret: string | null;
  webhook_secret_since: Date | null;
  publishable_key: string | null;
  base_url: string | null;
  capture: Filled<CaptureManner>;
  is_active: Filled<boolean>;
}

export type ProviderOrderKind = 'charge' | 'capture' | 'void' | 'refund';
export type ProviderOrderState = 'open' | 'done' | 'refused' | 'unclear';

interface ProviderOrders {
  id: string;
  org_id: Filled<string>;
  payment_id: string;
  provider_id: string;
  kind: ProviderOrderKind;
  amount: bigint | null;
  capture: CaptureManner | null;
  payment_method: string | null;
  return_url: string | null;
  credit_note_id: string | null;
  reason: string | null;
  returned: Filled<bigint>;
  state: Filled<ProviderOrderState>;
  failure: string | null;
  created_at: Filled<Date>;
  created_by: Filled<string | null>;
  settled_at: Date | null;
}

interface PaymentSteps {
  org_id: Filled<string>;
  payment_id: string;
  publishable_key: string | null;
  client_secret: string | null;
  visit: string | null;
  updated_at: Filled<Date>;
}

/** What Kysely knows of the schema `billing`. */
export interface BillingTables {
  'billing.settings': Settings;
  'billing.accounts': Accounts;
  'billing.fiscal_periods': FiscalPeriods;
  'billing.journals': Journals;
  'billing.journal_lines': JournalLines;
  'billing.waiting_journals': WaitingJournals;
  'billing.tax_rates': TaxRates;
  'billing.invoices': Invoices;
  'billing.invoice_lines': InvoiceLines;
  'billing.invoice_taxes': InvoiceTaxes;
  'billing.number_series': NumberSeries;
  'billing.open_items': OpenItems;
  'billing.payments': Payments;
  'billing.money_moves': MoneyMoves;
  'billing.allocations': Allocations;
  'billing.provider_events': ProviderEvents;
  'billing.prints': Prints;
  'billing.providers': Providers;
  'billing.provider_orders': ProviderOrders;
  'billing.payment_steps': PaymentSteps;
}

export type BillingDb = Kysely<BillingTables>;
