import { commonErrors, refuse, useCase } from '@ashlar/kernel';
import { type Currency, money, parseMicros, percent, unitPrice } from '@ashlar/kernel/values';
import { z } from 'zod';
import { InvoiceInput } from '../adapters/contracts.ts';
import { invoicedBefore, orderLines, shippingOf } from '../adapters/orders.ts';
import type { LineTaxJson } from '../adapters/tables.ts';
import { FulfilmentId, OrderId } from '../domain/ids.ts';
import { invoicePart, type PartFigures } from '../domain/invoice-part.ts';
import { ORDER_SOURCE, type OrderQuery } from './order-context.ts';

export const invoiceOfOrder = useCase('order.invoice-of-order', {
  kind: 'query',
  summary: 'The invoice an order asks for now: what of it is neither invoiced nor cancelled, or what one parcel holds.',
  description:
    'Prices, discounts and taxes are those of the order, and its parts add up to it. The shipping is on the first invoice. There is none where everything is invoiced.',
  input: z.strictObject({ orderId: OrderId, fulfilmentId: FulfilmentId.optional() }),
  output: z.object({ invoice: InvoiceInput.nullable() }),
  errors: [],
  permission: 'order.read',
  on: { http: 'GET /orders/:orderId/invoice', graphql: 'query', grpc: true },
  run: async ({ orderId, fulfilmentId }, { db }: OrderQuery) => {
    const order = await db.selectFrom('orders.orders').selectAll().where('id', '=', orderId).executeTakeFirst();
    if (order === undefined) return refuse(commonErrors.notFound({ what: 'order', id: orderId }));
    const parcel =
      fulfilmentId === undefined
        ? undefined
        : await db
            .selectFrom('orders.fulfilment_lines')
            .select(['line_no', 'quantity'])
            .where('fulfilment_id', '=', fulfilmentId)
            .where('order_id', '=', orderId)
            .execute();
    const currency = order.currency as Currency;
    const [placed, shipping, before] = await Promise.all([
      orderLines(db, orderId),
      shippingOf(db, orderId),
      invoicedBefore(db, orderId),
    ]);
    const figuresOf = ({ discountMinor, netMinor, taxesMinor }: PartFigures) => ({
      ...(discountMinor === 0n ? {} : { discount: money(discountMinor, currency) }),
      figures: { net: money(netMinor, currency), taxes: taxesMinor.map((tax) => money(tax, currency)) },
    });
    const goods = placed.flatMap((line) => {
      const unbilled =
        parseMicros(line.quantity) -
        parseMicros(line.qty_cancelled) -
        parseMicros(line.qty_leaving) -
        parseMicros(line.qty_invoiced);
      // What came back was invoiced, and taken back since.
      const open = parcel === undefined ? unbilled - parseMicros(line.qty_returned) : unbilled;
      const wanted =
        parcel === undefined ? open : parseMicros(parcel.find((one) => one.line_no === line.line_no)?.quantity ?? '0');
      const micros = wanted < open ? wanted : open;
      if (micros <= 0n) return [];
      const price = unitPrice(line.unit_price, currency);
      const figures = {
        quantity: { micros: parseMicros(line.quantity), uom: line.uom },
        unitPrice: price,
        discountMinor: line.discount,
        netMinor: line.net,
        taxesMinor: line.taxes.map(({ tax }) => BigInt(tax)),
      };
      return {
        title: line.title,
        sku: line.sku,
        quantity: { micros, uom: line.uom },
        unitPrice: price,
        ...figuresOf(invoicePart(figures, order.prices, before.get(line.line_no)?.allMicros ?? 0n, micros)),
        taxes: ratesOf(line.taxes),
        sourceLine: String(line.line_no),
      };
    });
    // With the goods it was asked for; where those were invoiced without it, by itself.
    const isDue = goods.length > 0 || placed.some((line) => parseMicros(line.qty_invoiced) > 0n);
    const sent = shipping.flatMap((line) => {
      if (!isDue || (before.get(line.line_no)?.standingMicros ?? 0n) > 0n) return [];
      const { discount: discountMinor, net: netMinor, taxes } = line;
      return {
        kind: 'shipping' as const,
        title: line.title,
        sku: line.code,
        quantity: { micros: ONE, uom: 'pcs' },
        unitPrice: unitPrice(line.price.toString(), currency),
        ...figuresOf({ discountMinor, netMinor, taxesMinor: taxes.map(({ tax }) => BigInt(tax)) }),
        taxes: ratesOf(taxes),
        sourceLine: String(line.line_no),
      };
    });
    const lines = [...goods, ...sent];
    if (lines.length === 0) return { invoice: null };
    const { name } = order.party;
    return {
      invoice: {
        ...(order.customer_id === null ? {} : { partyId: order.customer_id }),
        party: { ...order.party, name: String(name) },
        currency,
        prices: order.prices,
        source: { type: ORDER_SOURCE, id: orderId },
        lines,
      },
    };
  },
});

const ONE = 1_000_000n;

function ratesOf(taxes: readonly LineTaxJson[]) {
  return taxes.map(({ code, percent: share, compoundOn }) => ({
    code,
    percent: percent(share),
    compoundOn: [...compoundOn],
  }));
}
