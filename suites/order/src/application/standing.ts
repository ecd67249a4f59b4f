import { type Currency, microsText, Money, money, parseMicros } from '@ashlar/kernel/values';
import { z } from 'zod';
import { changesUnderWay } from '../adapters/changes.ts';
import { orderLines, type OrderRow } from '../adapters/orders.ts';
import type { OrderDb } from '../adapters/tables.ts';
import type { OrderStatus } from '../domain/order-status.ts';

/** What an order comes to now: with what was added to it, without what was cancelled. */
export const Standing = z.object({
  worth: Money,
  orderStatus: z.string(),
  lines: z.array(z.object({ line: z.int(), wanted: z.string() })).describe('Quantities that are not cancelled'),
});

export async function standingOf(db: OrderDb, orderId: string): Promise<z.output<typeof Standing>> {
  const [order, lines] = await Promise.all([
    db
      .selectFrom('orders.orders')
      .select(['worth', 'currency', 'status'])
      .where('id', '=', orderId)
      .executeTakeFirstOrThrow(),
    orderLines(db, orderId),
  ]);
  return {
    worth: money(order.worth, order.currency as Currency),
    orderStatus: order.status,
    lines: lines.map((line) => ({
      line: line.line_no,
      wanted: microsText(parseMicros(line.quantity) - parseMicros(line.qty_cancelled)),
    })),
  };
}

/** What an order in fulfilment has become: fulfilled, once all that is wanted has left and nothing is to be added. */
export async function statusAfter(db: OrderDb, { id, status }: OrderRow): Promise<OrderStatus> {
  if (status !== 'in_fulfilment') return status;
  const [lines, changes] = await Promise.all([orderLines(db, id), changesUnderWay(db, id)]);
  const isAllGone = lines.every(
    (line) => parseMicros(line.qty_fulfilled) + parseMicros(line.qty_cancelled) === parseMicros(line.quantity),
  );
  const isGrowing = changes.some(({ patch }) => patch.added.length > 0);
  return isAllGone && !isGrowing ? 'fulfilled' : status;
}
