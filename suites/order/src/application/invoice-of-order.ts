import { commonErrors, refuse, useCase } from '@ashlar/kernel';
import { type Currency, money, parseMicros, percent, unitPrice } from '@ashlar/kernel/values';
import { z } from 'zod';
import { InvoiceInput } from '../adapters/contracts.ts';
import { orderLines } from '../adapters/orders.ts';
import { FulfilmentId, OrderId } from '../domain/ids.ts';
import { ORDER_SOURCE, type OrderQuery } from './order-context.ts';

export const invoiceOfOrder = useCase('order.invoice-of-order', {
  kind: 'query',
  summary: 'The invoice an order asks for now: what of it is neither invoiced nor cancelled, or what one parcel holds.',
  description: 'Prices and taxes are those of the order. There is none where everything is invoiced.',
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
    const lines = (await orderLines(db, orderId)).flatMap((line) => {
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
      return {
        title: line.title,
        sku: line.sku,
        quantity: { micros, uom: line.uom },
        unitPrice: unitPrice(line.unit_price, currency),
        ...(line.discount === 0n ? {} : { discount: money(line.discount, currency) }),
        taxes: line.taxes.map(({ code, percent: share, compoundOn }) => ({
          code,
          percent: percent(share),
          compoundOn: [...compoundOn],
        })),
        sourceLine: String(line.line_no),
      };
    });
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
