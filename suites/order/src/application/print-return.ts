import { commonErrors, refuse, useCase } from '@ashlar/kernel';
import { shortDecimal } from '@ashlar/kernel/printing';
import { dayInZone, instant } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import { z } from 'zod';
import { letterhead, Seller } from '../adapters/print-contracts.ts';
import { ReturnId } from '../domain/ids.ts';
import { orderErrors } from '../domain/order-errors.ts';
import type { OrderQuery } from './order-context.ts';
import { AddressOnPaper, PrintedLine, printedLine } from './print-order.ts';

export const ReturnSlip = z.object({
  id: ReturnId,
  number: z.string().describe('The order’s, with which of its returns this is'),
  orderNumber: z.string(),
  requestedOn: z.string(),
  reason: z.string(),
  seller: Seller,
  from: AddressOnPaper,
  lines: z.array(PrintedLine),
});
export type ReturnSlip = z.output<typeof ReturnSlip>;

export const returnSlip = useCase('order.return-slip', {
  kind: 'query',
  summary: 'What comes back by a return, for the parcel it comes in.',
  input: z.strictObject({ returnId: ReturnId }),
  output: ReturnSlip,
  errors: [orderErrors.notToPrint],
  permission: 'order.read',
  on: {},
  run: async ({ returnId }, { db, call }: OrderQuery) => {
    const [row, lines] = await Promise.all([
      db
        .selectFrom('orders.returns as r')
        .innerJoin('orders.orders as o', 'o.id', 'r.order_id')
        .select(['r.state', 'r.reason', 'r.created_at', 'o.label', 'o.ship_to'])
        .select(
          // Ids ascend with the time.
          sql<string>`(select count(*) from orders.returns e where e.order_id = r.order_id and e.id <= r.id)`.as('no'),
        )
        .where('r.id', '=', returnId)
        .executeTakeFirst(),
      db
        .selectFrom('orders.return_lines as r')
        .innerJoin('orders.order_lines as l', (join) =>
          join.onRef('l.order_id', '=', 'r.order_id').onRef('l.line_no', '=', 'r.line_no'),
        )
        .select(['l.line_no', 'l.sku', 'l.title', 'r.quantity', 'l.uom'])
        .where('r.return_id', '=', returnId)
        .orderBy('l.line_no')
        .execute(),
    ]);
    if (row === undefined) return refuse(commonErrors.notFound({ what: 'return', id: returnId }));
    // What nobody agreed to would come back to a closed door.
    if (row.state === 'requested' || row.state === 'rejected') {
      return refuse(orderErrors.notToPrint({ state: row.state }));
    }
    const { seller, timeZone } = await call(letterhead, {});
    return {
      id: returnId,
      number: `${row.label}-R${row.no}`,
      orderNumber: row.label,
      requestedOn: dayInZone(instant(row.created_at), timeZone),
      reason: row.reason,
      seller,
      from: AddressOnPaper.parse(row.ship_to),
      lines: lines.map((line) => ({ ...printedLine(line), quantity: shortDecimal(line.quantity) })),
    };
  },
});
