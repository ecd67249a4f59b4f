import { commonErrors, refuse, useCase } from '@ashlar/kernel';
import { type Currency, Money, money } from '@ashlar/kernel/values';
import { z } from 'zod';
import { remember } from '../adapters/history.ts';
import type { OrderRow } from '../adapters/orders.ts';
import type { PledgedCredit } from '../adapters/tables.ts';
import { InvoiceId, OrderId, ReturnId } from '../domain/ids.ts';
import { orderErrors } from '../domain/order-errors.ts';
import { openCart, setAddress } from './carts.ts';
import type { OrderContext } from './order-context.ts';
import { placeOrder } from './place-order.ts';
import { getCart } from './read-cart.ts';

const Credit = z.strictObject({ creditNoteId: InvoiceId, amount: z.string().regex(/^\d{1,16}$/) });

export const placeExchange = useCase('order.place-exchange', {
  summary: 'Places the order of what a return is exchanged for, at the prices of today; its credit notes pay for it.',
  description: 'It is for the same customer, to the same address. A return has one, however often it is sent.',
  input: z.strictObject({ returnId: ReturnId, credits: z.array(Credit).max(1000) }),
  output: z.object({
    orderId: OrderId,
    number: z.string(),
    total: Money,
    credits: z.array(Credit).describe('What of the credit is set aside for it; the rest is the customer’s'),
  }),
  errors: [orderErrors.exchangeUnclear, ...placeOrder.errors],
  permission: 'order.process',
  on: { grpc: true },
  run: async ({ returnId, credits }, context: OrderContext) => {
    const { db, call, audit } = context;
    // Others answer below, so nothing is locked; two at once meet at the rule that a return has one.
    const row = await db.selectFrom('orders.returns').selectAll().where('id', '=', returnId).executeTakeFirst();
    if (row === undefined) return refuse(commonErrors.notFound({ what: 'return', id: returnId }));
    const order = await db
      .selectFrom('orders.orders')
      .selectAll()
      .where('id', '=', row.order_id)
      .executeTakeFirstOrThrow();
    const known = await db
      .selectFrom('orders.orders as o')
      .innerJoin('orders.carts as c', 'c.id', 'o.cart_id')
      .select(['o.id', 'o.label', 'o.total', 'o.currency', 'c.credits'])
      .where('o.exchange_of', '=', returnId)
      .executeTakeFirst();
    if (known !== undefined) {
      const total = money(known.total, known.currency as Currency);
      return { orderId: known.id as OrderId, number: known.label, total, credits: pledgesOf(known.credits) };
    }
    if (row.outcome !== 'exchange') return refuse(orderErrors.exchangeUnclear());
    const { id: cartId } = await call(openCart, {
      channel: order.channel,
      currency: order.currency,
      ...(order.customer_id === null ? {} : { customerId: order.customer_id }),
      place: order.place,
      lines: [...row.exchange_for],
    });
    await call(setAddress, { cartId, party: asTaken(order.party), shipTo: asTaken(order.ship_to) });
    const { priced } = await call(getCart, { cartId });
    if (priced === null) return refuse(orderErrors.cartEmpty());
    let left = priced.total.amountMinor;
    const pledged = credits.flatMap(({ creditNoteId, amount }) => {
      const part = BigInt(amount) < left ? BigInt(amount) : left;
      left -= part;
      return part > 0n ? [{ creditNoteId, amount: part.toString() }] : [];
    });
    await db
      .updateTable('orders.carts')
      .set({ exchange_of: returnId, credits: JSON.stringify(pledged) })
      .where('id', '=', cartId)
      .execute();
    const placing = { cartId, expectedTotal: Money.encode(priced.total), tender: order.tender };
    const { id: orderId, number, total } = await call(placeOrder, placing);
    await remember(db, order.id, 'exchanged', { number });
    audit({ subject: returnId, after: { exchangedFor: number } });
    return { orderId, number, total, credits: pledged };
  },
});

/** Ids out of our own tables are what they were when they were made. */
function pledgesOf(credits: readonly PledgedCredit[]): { creditNoteId: InvoiceId; amount: string }[] {
  return credits.map(({ creditNoteId, amount }) => ({ creditNoteId: creditNoteId as InvoiceId, amount }));
}

/** What an order took down of a cart is what a cart takes; it is judged again all the same. */
function asTaken(taken: OrderRow['party']): never {
  return taken as never;
}
