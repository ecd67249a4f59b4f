import type { ColumnType, Generated, GeneratedAlways, Kysely } from 'kysely';
import type { ChangeState, Patch } from '../domain/change-order.ts';
import type { FulfilmentState, OrderStatus, ReturnState } from '../domain/order-status.ts';
import type { PromotionRules, PromotionType } from '../domain/promotion.ts';

/** numeric: a text, exact. */
type Decimal = string;
/** Only the database's triggers write it. */
type Kept<Type> = ColumnType<Type, never, never>;
/** Written as JSON text. */
type Json<Type> = ColumnType<Type, string, string>;
type Texts = Record<string, string>;

interface Versioned {
  org_id: Generated<string>;
  version: Generated<number>;
  created_at: Generated<Date>;
  created_by: Generated<string | null>;
  updated_at: Generated<Date>;
  updated_by: Generated<string | null>;
}

interface Settings {
  org_id: Generated<string>;
  invoice_on: 'place' | 'capture' | 'ship';
  capture_on: 'place' | 'ship';
  when_short: 'reject' | 'partial' | 'backorder';
  provider: string;
  payment_minutes: number;
  return_days: number;
  approve_on_account: boolean;
  discount_limit: number;
  version: Generated<number>;
  updated_at: Generated<Date>;
  updated_by: Generated<string | null>;
}

export type Channel = 'web' | 'pos' | 'phone' | 'b2b' | 'api';
export type Tender = 'online' | 'by_hand' | 'on_account';

interface Carts extends Versioned {
  id: string;
  status: Generated<'open' | 'placed' | 'discarded'>;
  channel: Channel;
  currency: string;
  customer_id: string | null;
  party: ColumnType<Record<string, unknown> | null, string | null, string>;
  ship_to: ColumnType<Record<string, unknown> | null, string | null, string>;
  place: Json<Texts>;
  shipping_method_id: string | null;
  expires_at: Date | null;
  exchange_of: ColumnType<string | null, string | null | undefined>;
  credits: ColumnType<readonly PledgedCredit[], string | undefined, string>;
}

/** Of a credit note, what is set aside for an order; minor units. */
export interface PledgedCredit {
  readonly creditNoteId: string;
  readonly amount: string;
}

interface CartLines {
  cart_id: string;
  org_id: Generated<string>;
  line_no: number;
  variant_id: string;
  quantity: Decimal;
  uom: string;
}

interface Orders extends Versioned {
  id: string;
  branch: string;
  year: number;
  number: bigint;
  label: string;
  cart_id: string;
  channel: Channel;
  tender: Tender;
  customer_id: string | null;
  party: Json<Record<string, unknown>>;
  ship_to: Json<Record<string, unknown>>;
  place: Json<Texts>;
  currency: string;
  prices: 'inclusive' | 'exclusive';
  net: bigint;
  shipping: bigint;
  tax: bigint;
  total: bigint;
  note: string | null;
  placed_at: Date;
  return_days: number;
  ships_unpaid: boolean;
  status: OrderStatus;
  status_reason: string | null;
  cancel_reason: string | null;
  hold_id: string | null;
  delivered_at: Date | null;
  authorised: Kept<bigint>;
  captured: Kept<bigint>;
  refunded: Kept<bigint>;
  payment_failed: Kept<boolean>;
  payment_status: Kept<'none' | 'authorised' | 'partial' | 'paid' | 'partially_refunded' | 'refunded' | 'failed'>;
  fulfilment_status: Kept<'none' | 'partial' | 'full' | 'partially_returned' | 'returned'>;
  placed_in: Generated<string>;
  worth: Kept<bigint>;
  credit: Generated<bigint>;
  exchange_of: ColumnType<string | null, string | null | undefined>;
}

/** One tax of a line as it is kept. */
export interface LineTaxJson {
  readonly code: string;
  readonly percent: string;
  readonly compoundOn: readonly string[];
  readonly tax: string;
}

interface OrderLines {
  order_id: string;
  org_id: Generated<string>;
  line_no: number;
  variant_id: string;
  sku: string;
  title: Json<Texts>;
  choices: Json<Texts>;
  is_stocked: boolean;
  quantity: Decimal;
  uom: string;
  unit_price: Decimal;
  discount: bigint;
  tax_category: string;
  taxes: Json<readonly LineTaxJson[]>;
  net: bigint;
  tax: bigint;
  qty_reserved: Generated<Decimal>;
  qty_fulfilled: Generated<Decimal>;
  qty_cancelled: Generated<Decimal>;
  qty_returned: Generated<Decimal>;
  qty_invoiced: Kept<Decimal>;
  change_id: ColumnType<string | null, string | null | undefined>;
  qty_leaving: Generated<Decimal>;
  qty_promised: Generated<Decimal>;
}

interface NumberSeries {
  org_id: Generated<string>;
  branch: string;
  year: number;
  next_number: bigint;
}

interface History {
  seq: Generated<bigint>;
  org_id: Generated<string>;
  order_id: string;
  at: Generated<Date>;
  by: Generated<string | null>;
  what: string;
  details: Json<Record<string, unknown>>;
}

interface Documents {
  document_id: string;
  org_id: Generated<string>;
  order_id: string;
  kind: 'invoice' | 'credit_note';
  invoice_id: string | null;
  label: string;
  total: bigint;
  lines: Json<readonly { readonly line: number; readonly invoiceLine: number; readonly quantity: string }[]>;
  noted_at: Generated<Date>;
}

interface PaymentFacts {
  fact_id: string;
  org_id: Generated<string>;
  order_id: string;
  payment_id: string;
  kind: 'authorised' | 'captured' | 'refunded' | 'failed';
  amount: bigint;
  noted_at: Generated<Date>;
}

interface Fulfilments extends Versioned {
  id: string;
  order_id: string;
  number: number;
  state: Generated<FulfilmentState>;
  attempt: Generated<number>;
  location_id: string | null;
  carrier: string | null;
  tracking: string | null;
  stock_document_id: string | null;
  failure: string | null;
  shipped_at: Date | null;
  delivered_at: Date | null;
}

interface FulfilmentLines {
  fulfilment_id: string;
  org_id: Generated<string>;
  order_id: string;
  line_no: number;
  quantity: Decimal;
  picked: Generated<Decimal>;
  cost: bigint | null;
}

interface Returns extends Versioned {
  id: string;
  order_id: string;
  state: Generated<ReturnState>;
  reason: string;
  resolution: string | null;
  outcome: Generated<'refund' | 'store_credit' | 'exchange'>;
  exchange_for: ColumnType<readonly WishedThing[], string | undefined, string>;
}

export interface WishedThing {
  readonly variantId: string;
  readonly quantity: { readonly value: string; readonly uom: string };
}

interface OrderChanges extends Versioned {
  id: string;
  order_id: string;
  number: number;
  kind: 'edit' | 'cancellation' | 'short_pick';
  state: ChangeState;
  reason: string;
  resolution: string | null;
  patch: Json<Patch>;
  added_total: bigint;
  cancelled_total: bigint;
  expires_at: Date | null;
}

interface ReturnLines {
  return_id: string;
  org_id: Generated<string>;
  order_id: string;
  line_no: number;
  quantity: Decimal;
  received: Generated<Decimal>;
  restocked: Generated<Decimal>;
  scrapped: Generated<Decimal>;
}

interface Promotions extends Versioned {
  id: string;
  title: Json<Texts>;
  type: PromotionType;
  percent: Decimal | null;
  amount: bigint | null;
  buy: number | null;
  get: number | null;
  currency: string | null;
  minimum: bigint | null;
  rules: Json<PromotionRules>;
  is_automatic: boolean;
  stackable: boolean;
  priority: number;
  budget: bigint | null;
  usage_limit: number | null;
  per_customer_limit: number | null;
  valid_from: Date | null;
  valid_to: Date | null;
  status: Generated<'active' | 'ended'>;
  used: Kept<number>;
  spent: Kept<bigint>;
}

interface Coupons extends Versioned {
  id: string;
  promotion_id: string;
  code: string;
  code_key: GeneratedAlways<string>;
  usage_limit: number | null;
  status: Generated<'active' | 'withdrawn'>;
  used: Kept<number>;
}

interface CartCoupons {
  cart_id: string;
  org_id: Generated<string>;
  coupon_id: string;
  promotion_id: string;
}

interface CartDiscounts {
  cart_id: string;
  org_id: Generated<string>;
  line_no: number | null;
  percent: Decimal | null;
  amount: bigint | null;
  reason: string;
  is_over_limit: boolean;
  set_by: Generated<string | null>;
}

/** Where a method serves and for how much; minor units as texts. */
export interface ZoneJson {
  readonly countries: readonly string[];
  readonly postcodes: readonly string[];
  readonly price: string;
  readonly freeFrom: string | null;
}

interface ShippingMethods extends Versioned {
  id: string;
  code: string;
  title: Json<Texts>;
  tax_category: string;
  currency: string;
  zones: Json<readonly ZoneJson[]>;
  status: Generated<'active' | 'retired'>;
}

interface ShippingLines {
  order_id: string;
  org_id: Generated<string>;
  line_no: number;
  method_id: string;
  code: string;
  title: Json<Texts>;
  price: bigint;
  discount: bigint;
  tax_category: string;
  taxes: Json<readonly LineTaxJson[]>;
  net: bigint;
  tax: bigint;
}

interface Adjustments {
  order_id: string;
  org_id: Generated<string>;
  seq: number;
  line_no: number;
  source: 'promotion' | 'manual';
  promotion_id: string | null;
  coupon: string | null;
  title: ColumnType<Texts | null, string | null, never>;
  reason: string | null;
  amount: bigint;
}

interface PromotionUses {
  order_id: string;
  org_id: Generated<string>;
  promotion_id: string;
  coupon_id: string | null;
  customer_id: string | null;
  amount: bigint;
  is_given_back: Generated<boolean>;
}

/** What Kysely knows of the schema `orders`. */
export interface OrderTables {
  'orders.settings': Settings;
  'orders.carts': Carts;
  'orders.cart_lines': CartLines;
  'orders.orders': Orders;
  'orders.order_lines': OrderLines;
  'orders.number_series': NumberSeries;
  'orders.history': History;
  'orders.documents': Documents;
  'orders.payment_facts': PaymentFacts;
  'orders.fulfilments': Fulfilments;
  'orders.fulfilment_lines': FulfilmentLines;
  'orders.returns': Returns;
  'orders.return_lines': ReturnLines;
  'orders.promotions': Promotions;
  'orders.coupons': Coupons;
  'orders.cart_coupons': CartCoupons;
  'orders.cart_discounts': CartDiscounts;
  'orders.shipping_methods': ShippingMethods;
  'orders.shipping_lines': ShippingLines;
  'orders.adjustments': Adjustments;
  'orders.promotion_uses': PromotionUses;
  'orders.order_changes': OrderChanges;
}

export type OrderDb = Kysely<OrderTables>;
