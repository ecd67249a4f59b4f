import { commonErrors, refuse, useCase } from '@ashlar/kernel';
import { shortDecimal } from '@ashlar/kernel/printing';
import { dayInZone, instant } from '@ashlar/kernel/values';
import { z } from 'zod';
import { type OrderLineRow, orderLines, shippingOf } from '../adapters/orders.ts';
import { letterhead, Seller } from '../adapters/print-contracts.ts';
import { OrderId } from '../domain/ids.ts';
import { orderErrors } from '../domain/order-errors.ts';
import type { OrderQuery } from './order-context.ts';
import { Address, Party } from './party-input.ts';

/** As they were taken down, whatever else is known of them. */
const PartyOnPaper = z.object(Party.shape);
export const AddressOnPaper = z.object(Address.shape);
export const Words = z.record(z.string(), z.string());
/** Minor units. */
const Minor = z.string();

/** What of a line stands on every paper. */
export const PrintedLine = z.object({
  line: z.int(),
  sku: z.string(),
  title: Words,
  quantity: z.string(),
  uom: z.string(),
});

export const PrintedOrder = z.object({
  number: z.string(),
  placedOn: z.string(),
  status: z.string(),
  paymentStatus: z.string(),
  tender: z.string(),
  seller: Seller,
  party: PartyOnPaper,
  shipTo: AddressOnPaper,
  currency: z.string(),
  prices: z.enum(['inclusive', 'exclusive']),
  lines: z.array(
    PrintedLine.extend({
      cancelled: z.string(),
      unitPrice: z.string(),
      discount: Minor,
      rate: z.string().describe('Percentages of its taxes'),
      tax: Minor,
      net: Minor,
    }),
  ),
  taxes: z.array(z.object({ code: z.string(), percent: z.string(), tax: Minor })),
  adjustments: z
    .array(z.object({ label: z.object({ en: z.string(), ar: z.string() }), amount: Minor }))
    .describe('What is between the sums of the lines and the total, such as shipping'),
  net: Minor,
  total: Minor,
  note: z.string().nullable(),
});
export type PrintedOrder = z.output<typeof PrintedOrder>;

export const printedConfirmation = useCase('order.printed-confirmation', {
  kind: 'query',
  summary: 'An order as it was placed, with who sells and who buys, for its confirmation.',
  input: z.strictObject({ orderId: OrderId }),
  output: PrintedOrder,
  errors: [orderErrors.notToPrint],
  permission: 'order.read',
  on: {},
  run: async ({ orderId }, context: OrderQuery) => {
    const { db, call } = context;
    const [row, all, shipping] = await Promise.all([
      db.selectFrom('orders.orders').selectAll().where('id', '=', orderId).executeTakeFirst(),
      orderLines(db, orderId),
      shippingOf(db, orderId),
    ]);
    const lines = all.filter((line) => line.change_id === null);
    if (row === undefined) return refuse(commonErrors.notFound({ what: 'order', id: orderId }));
    const { status } = row;
    // Nobody should be handed a confirmation of what will not come.
    if (status === 'cancelled' || status === 'rejected') return refuse(orderErrors.notToPrint({ state: status }));
    const { seller, timeZone } = await call(letterhead, {});
    return {
      number: row.label,
      placedOn: dayInZone(instant(row.placed_at), timeZone),
      status,
      paymentStatus: row.payment_status,
      tender: row.tender,
      seller,
      party: PartyOnPaper.parse(row.party),
      shipTo: AddressOnPaper.parse(row.ship_to),
      currency: row.currency,
      prices: row.prices,
      lines: lines.map((line) => ({
        ...printedLine(line),
        cancelled: shortDecimal(line.qty_cancelled),
        unitPrice: line.unit_price,
        discount: line.discount.toString(),
        rate: line.taxes.map(({ percent }) => `${shortDecimal(percent)}%`).join(' + '),
        tax: line.tax.toString(),
        net: line.net.toString(),
      })),
      taxes: taxesOf([...lines, ...shipping]),
      adjustments: shipping.map(({ title, code, net }) => ({
        label: { en: title['en'] ?? title['ar'] ?? code, ar: title['ar'] ?? title['en'] ?? code },
        amount: net.toString(),
      })),
      net: row.net.toString(),
      total: row.total.toString(),
      note: row.note,
    };
  },
});

export function printedLine({
  line_no: line,
  sku,
  title,
  quantity,
  uom,
}: Pick<OrderLineRow, 'line_no' | 'sku' | 'title' | 'quantity' | 'uom'>): z.output<typeof PrintedLine> {
  return { line, sku, title, quantity: shortDecimal(quantity), uom };
}

/** The taxes of all lines by their rate, in the order they come. */
function taxesOf(lines: readonly Pick<OrderLineRow, 'taxes'>[]): PrintedOrder['taxes'] {
  const sums = new Map<string, { code: string; percent: string; minor: bigint }>();
  for (const { code, percent, tax } of lines.flatMap(({ taxes }) => taxes)) {
    const key = `${code} ${percent}`;
    sums.set(key, { code, percent, minor: (sums.get(key)?.minor ?? 0n) + BigInt(tax) });
  }
  return [...sums.values()].map(({ minor, ...rate }) => ({ ...rate, tax: minor.toString() }));
}
