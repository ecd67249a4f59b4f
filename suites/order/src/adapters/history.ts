import type { OrderDb } from './tables.ts';

/** Adds to what is told of an order; nobody changes what is there. */
export async function remember(
  db: OrderDb,
  orderId: string,
  what: string,
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await db
    .insertInto('orders.history')
    .values({ order_id: orderId, what, details: JSON.stringify(details) })
    .execute();
}
