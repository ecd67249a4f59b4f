import { commonErrors, refuse, useCase } from '@ashlar/kernel';
import {
  type Currency,
  microsText,
  Money,
  money,
  parseMicros,
  Quantity,
  UnitPrice,
  unitPrice,
} from '@ashlar/kernel/values';
import { z } from 'zod';
import { shippingOf } from '../adapters/orders.ts';
import { ChangeId, CustomerId, FulfilmentId, OrderId, ReturnId, VariantId } from '../domain/ids.ts';
import type { OrderQuery } from './order-context.ts';

const Status = z.enum([
  'placed',
  'on_hold',
  'confirmed',
  'in_fulfilment',
  'fulfilled',
  'completed',
  'cancelled',
  'rejected',
]);
const Axes = {
  status: Status,
  paymentStatus: z.enum(['none', 'authorised', 'partial', 'paid', 'partially_refunded', 'refunded', 'failed']),
  fulfilmentStatus: z.enum(['none', 'partial', 'full', 'partially_returned', 'returned']),
};

const Listed = z.object({
  id: OrderId,
  number: z.string(),
  channel: z.string(),
  customerId: CustomerId.nullable(),
  customerName: z.string(),
  placedAt: z.string(),
  total: Money,
  isBeingCancelled: z.boolean(),
  ...Axes,
});

export const listOrders = useCase('order.list-orders', {
  kind: 'query',
  summary: 'A page of orders, the latest first.',
  input: z.strictObject({
    status: Status.optional(),
    paymentStatus: Axes.paymentStatus.optional(),
    fulfilmentStatus: Axes.fulfilmentStatus.optional(),
    customerId: CustomerId.optional(),
    number: z.string().max(100).optional(),
    after: OrderId.optional().describe('The last id of the page before'),
    limit: z.int().min(1).max(200).default(50),
  }),
  output: z.object({ orders: z.array(Listed), next: OrderId.nullable() }),
  errors: [],
  permission: 'order.read',
  on: { http: 'GET /orders', graphql: 'query', grpc: true, mcp: true },
  run: async ({ after, limit, ...wanted }, { db, orgId }: OrderQuery) => {
    let query = db
      .selectFrom('orders.orders')
      .select(['id', 'label', 'channel', 'customer_id', 'party', 'placed_at', 'total', 'currency', 'cancel_reason'])
      .select(['status', 'payment_status', 'fulfilment_status'])
      .where('org_id', '=', orgId);
    if (wanted.status !== undefined) query = query.where('status', '=', wanted.status);
    if (wanted.paymentStatus !== undefined) query = query.where('payment_status', '=', wanted.paymentStatus);
    if (wanted.fulfilmentStatus !== undefined) query = query.where('fulfilment_status', '=', wanted.fulfilmentStatus);
    if (wanted.customerId !== undefined) query = query.where('customer_id', '=', wanted.customerId);
    if (wanted.number !== undefined) query = query.where('label', '=', wanted.number);
    if (after !== undefined) query = query.where('id', '<', after);
    const rows = await query
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
    const page = rows.slice(0, limit);
    return {
      orders: page.map((row) => ({
        // Ids and codes out of our own tables are what they were when they were made.
        id: row.id as OrderId,
        number: row.label,
        channel: row.channel,
        customerId: row.customer_id as z.output<typeof CustomerId> | null,
        customerName: nameOf(row.party),
        placedAt: row.placed_at.toISOString(),
        total: money(row.total, row.currency as Currency),
        isBeingCancelled: row.cancel_reason !== null && row.status !== 'cancelled',
        status: row.status,
        paymentStatus: row.payment_status,
        fulfilmentStatus: row.fulfilment_status,
      })),
      next: rows.length > limit ? ((page.at(-1)?.id as OrderId | undefined) ?? null) : null,
    };
  },
});

const Line = z.object({
  line: z.int(),
  variantId: VariantId,
  sku: z.string(),
  title: z.record(z.string(), z.string()),
  quantity: Quantity,
  unitPrice: UnitPrice,
  discount: Money,
  net: Money,
  tax: Money,
  reserved: z.string().describe('Held or promised, or gone already'),
  promised: z.string().describe('Of what is reserved, what is still to come into the stock'),
  leaving: z.string().describe('To be cancelled, once what was done for it is undone'),
  fulfilled: z.string(),
  cancelled: z.string(),
  returned: z.string(),
  invoiced: z.string(),
});

export const getOrder = useCase('order.get-order', {
  kind: 'query',
  summary: 'An order with its lines, money, parcels, returns and history.',
  input: z.strictObject({ orderId: OrderId }),
  output: Listed.extend({
    version: z.int(),
    tender: z.string(),
    prices: z.enum(['inclusive', 'exclusive']),
    net: Money,
    tax: Money,
    shipping: z.array(
      z.object({
        line: z.int(),
        code: z.string(),
        title: z.record(z.string(), z.string()),
        discount: Money,
        net: Money,
        tax: Money,
      }),
    ),
    adjustments: z
      .array(
        z.object({
          line: z.int(),
          source: z.enum(['promotion', 'manual']),
          title: z.record(z.string(), z.string()).nullable(),
          coupon: z.string().nullable(),
          reason: z.string().nullable(),
          amount: Money,
        }),
      )
      .describe('What was taken off which line, and why'),
    worth: Money.describe('With what was added to it, without what was cancelled'),
    captured: Money,
    refunded: Money,
    credit: Money.describe('Of credit notes of an earlier order, set aside to pay this one'),
    exchangeOf: ReturnId.nullable(),
    reason: z.string().nullable(),
    party: z.record(z.string(), z.unknown()),
    shipTo: z.record(z.string(), z.unknown()),
    note: z.string().nullable(),
    lines: z.array(Line),
    fulfilments: z.array(
      z.object({ id: FulfilmentId, number: z.int(), state: z.string(), tracking: z.string().nullable() }),
    ),
    returns: z.array(z.object({ id: ReturnId, state: z.string(), reason: z.string(), outcome: z.string() })),
    changes: z.array(
      z.object({
        id: ChangeId,
        number: z.int(),
        kind: z.string(),
        state: z.string(),
        reason: z.string(),
        resolution: z.string().nullable(),
        delta: Money,
        version: z.int(),
      }),
    ),
    history: z.array(z.object({ at: z.string(), what: z.string(), details: z.record(z.string(), z.unknown()) })),
  }),
  errors: [],
  permission: 'order.read',
  on: { http: 'GET /orders/:orderId', graphql: 'query', grpc: true, mcp: true },
  run: async ({ orderId }, { db }: OrderQuery) => {
    const of = { orders: ['order_id', '=', orderId] as const };
    const [row, lines, fulfilments, returns, history, shipping, adjustments, changes] = await Promise.all([
      db.selectFrom('orders.orders').selectAll().where('id', '=', orderId).executeTakeFirst(),
      db
        .selectFrom('orders.order_lines')
        .selectAll()
        .where(...of.orders)
        .orderBy('line_no')
        .execute(),
      db
        .selectFrom('orders.fulfilments')
        .selectAll()
        .where(...of.orders)
        .orderBy('number')
        .execute(),
      db
        .selectFrom('orders.returns')
        .selectAll()
        .where(...of.orders)
        .orderBy('id')
        .execute(),
      db
        .selectFrom('orders.history')
        .selectAll()
        .where(...of.orders)
        .orderBy('seq')
        .limit(500)
        .execute(),
      shippingOf(db, orderId),
      db
        .selectFrom('orders.adjustments')
        .selectAll()
        .where(...of.orders)
        .orderBy('seq')
        .execute(),
      db
        .selectFrom('orders.order_changes')
        .selectAll()
        .where(...of.orders)
        .orderBy('number')
        .execute(),
    ]);
    if (row === undefined) return refuse(commonErrors.notFound({ what: 'order', id: orderId }));
    const currency = row.currency as Currency;
    const amount = (minor: bigint): Money => money(minor, currency);
    return {
      id: orderId,
      number: row.label,
      version: row.version,
      channel: row.channel,
      tender: row.tender,
      customerId: row.customer_id as z.output<typeof CustomerId> | null,
      customerName: nameOf(row.party),
      placedAt: row.placed_at.toISOString(),
      isBeingCancelled: row.cancel_reason !== null && row.status !== 'cancelled',
      status: row.status,
      paymentStatus: row.payment_status,
      fulfilmentStatus: row.fulfilment_status,
      prices: row.prices,
      net: amount(row.net),
      tax: amount(row.tax),
      total: amount(row.total),
      shipping: shipping.map((line) => ({
        line: line.line_no,
        code: line.code,
        title: line.title,
        discount: amount(line.discount),
        net: amount(line.net),
        tax: amount(line.tax),
      })),
      adjustments: adjustments.map(({ line_no: line, source, title, coupon, reason, amount: minor }) => ({
        line,
        source,
        title,
        coupon,
        reason,
        amount: amount(minor),
      })),
      worth: amount(row.worth),
      credit: amount(row.credit),
      exchangeOf: row.exchange_of as ReturnId | null,
      captured: amount(row.captured),
      refunded: amount(row.refunded),
      reason: row.status_reason ?? row.cancel_reason,
      party: row.party,
      shipTo: row.ship_to,
      note: row.note,
      lines: lines.map((line) => ({
        line: line.line_no,
        variantId: line.variant_id as VariantId,
        sku: line.sku,
        title: line.title,
        quantity: { micros: parseMicros(line.quantity), uom: line.uom },
        unitPrice: unitPrice(line.unit_price, currency),
        discount: amount(line.discount),
        net: amount(line.net),
        tax: amount(line.tax),
        reserved: shortest(line.qty_reserved),
        promised: shortest(line.qty_promised),
        leaving: shortest(line.qty_leaving),
        fulfilled: shortest(line.qty_fulfilled),
        cancelled: shortest(line.qty_cancelled),
        returned: shortest(line.qty_returned),
        invoiced: shortest(line.qty_invoiced),
      })),
      fulfilments: fulfilments.map(({ id, number, state, tracking }) => ({
        id: id as FulfilmentId,
        number,
        state,
        tracking,
      })),
      returns: returns.map(({ id, state, reason, outcome }) => ({ id: id as ReturnId, state, reason, outcome })),
      changes: changes.map(({ id, number, kind, state, reason, resolution, version, ...totals }) => ({
        id: id as ChangeId,
        number,
        kind,
        state,
        reason,
        resolution,
        delta: amount(totals.added_total - totals.cancelled_total),
        version,
      })),
      history: history.map(({ at, what, details }) => ({ at: at.toISOString(), what, details })),
    };
  },
});

/** Whoever buys, as it was taken down. */
function nameOf({ name }: Readonly<Record<string, unknown>>): string {
  return typeof name === 'string' ? name : '';
}

const shortest = (quantity: string): string => microsText(parseMicros(quantity));
