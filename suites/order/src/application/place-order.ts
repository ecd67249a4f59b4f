import { commonErrors, refuse, useCase } from '@ashlar/kernel';
import { microsText, Money, money, text, unitPriceText } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import { z } from 'zod';
import { type CartRow, cartLines, findCart, requireOpen } from '../adapters/carts.ts';
import { lockPromotions, readPromotions, readTerms } from '../adapters/pricing-terms.ts';
import { labelOf, takeNumber } from '../adapters/take-number.ts';
import { taxesOf, usesOf, writeDiscounts, writeShipping } from '../adapters/write-discounts.ts';
import { remember } from '../adapters/history.ts';
import { CartId, type InvoiceId, OrderId, type ReturnId, type VariantId } from '../domain/ids.ts';
import { orderErrors } from '../domain/order-errors.ts';
import { orderHeld, orderPlaced } from '../domain/order-events.ts';
import type { OrderDb } from '../adapters/tables.ts';
import type { OrderContext } from './order-context.ts';
import { readPolicy } from './policy.ts';
import { askPrices, type PricedNow, priceWith } from './price-open-cart.ts';

const AWAITS_CREDIT = 'on account';

export const placeOrder = useCase('order.place-order', {
  summary: 'Makes a cart an order, at the total the customer has seen.',
  description:
    'Prices, taxes, titles and addresses are taken down now. A cart becomes one order, however often it is sent.',
  input: z.strictObject({
    cartId: CartId,
    expectedTotal: Money.describe('What the customer has seen; refused when it comes to something else now'),
    tender: z.enum(['online', 'by_hand', 'on_account']).describe('How it will be paid'),
    branch: z.string().trim().max(50).default(''),
    note: text({ max: 2000, isMultiline: true }).optional(),
  }),
  output: z.object({
    id: OrderId,
    number: z.string(),
    status: z.enum(['placed', 'on_hold']),
    total: Money,
    version: z.int(),
  }),
  errors: [
    orderErrors.alreadyPlaced,
    orderErrors.cartClosed,
    orderErrors.cartExpired,
    orderErrors.cartEmpty,
    orderErrors.addressIncomplete,
    orderErrors.priceChanged,
    orderErrors.variantInactive,
    orderErrors.notSellable,
    orderErrors.unitDiffers,
    orderErrors.qtyStep,
    orderErrors.pricesMixed,
    orderErrors.currencyDiffers,
    orderErrors.taxUnresolved,
    orderErrors.cartTooLarge,
    orderErrors.zoneUnserved,
    orderErrors.shippingGone,
    orderErrors.overLimit,
    orderErrors.usageExhausted,
  ],
  permission: 'order.place',
  on: { http: 'POST /carts/:cartId/place', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ cartId, expectedTotal, tender, branch, note }, context: OrderContext) => {
    const { db, orgId, clock, newId, emit, audit } = context;
    const [cart, lines, policy] = await Promise.all([
      findCart(db, cartId),
      cartLines(db, cartId),
      readPolicy(db, orgId),
    ]);
    if (cart.status === 'placed') return refuse(await placedBefore(db, cartId));
    requireOpen(cart, clock());
    const { party, ship_to: shipTo } = cart;
    if (party === null || shipTo === null) {
      return refuse(orderErrors.addressIncomplete({ missing: ['party', 'shipTo'] }));
    }
    const terms = await readTerms(db, cart, clock());
    // Others answer here, so nothing is locked yet; below it counts only if the cart is still what was priced.
    const asked = await askPrices(context, cart, lines, terms);
    const seen = priceWith(asked, cart, terms, clock());
    expectTotal(seen, expectedTotal);
    const { excess } = seen;
    if (excess !== null) {
      const [amount, limit] = [excess.amountMinor, excess.limitMinor].map((minor) => `${minor} ${seen.currency}`);
      return refuse(orderErrors.overLimit({ amount: amount ?? '', limit: limit ?? '' }));
    }
    const used = new Set([...usesOf(seen.adjustments).keys()].map((promotion) => promotion.id));
    let priced = seen;
    if (used.size > 0) {
      // Somebody may have had the last of it, or ended it, since it was priced.
      await lockPromotions(db, [...used]);
      const now = await readPromotions(db, cart, clock());
      const promotions = now.filter(({ id }) => used.has(id));
      priced = priceWith(asked, cart, { ...terms, promotions }, clock());
      expectTotal(priced, expectedTotal);
    }
    const series = { branch, year: Number(priced.today.slice(0, 4)) };
    // Whoever has the number holds up all who want the next: what follows leaves at once and waits for nothing.
    const [isClosed, number] = await Promise.all([closeCart(db, cart), takeNumber(db, series)]);
    if (!isClosed) {
      const now = await findCart(db, cartId);
      return refuse(now.status === 'placed' ? await placedBefore(db, cartId) : commonErrors.busy());
    }
    const total = money(priced.totalMinor, priced.currency);
    const isHeld = tender === 'on_account' && policy.approveOnAccount;
    const id = newId(OrderId);
    const label = labelOf(series, number);
    const status = isHeld ? 'on_hold' : 'placed';
    const order = db
      .insertInto('orders.orders')
      .values({
        id,
        ...series,
        number,
        label,
        cart_id: cartId,
        channel: cart.channel,
        tender,
        customer_id: cart.customer_id,
        party: JSON.stringify(party),
        ship_to: JSON.stringify(shipTo),
        place: JSON.stringify(cart.place),
        currency: priced.currency,
        prices: priced.prices,
        net: priced.netMinor,
        shipping: priced.shipping?.netMinor ?? 0n,
        tax: priced.taxMinor,
        total: priced.totalMinor,
        note: note ?? null,
        placed_at: clock(),
        return_days: policy.returnDays,
        ships_unpaid: tender === 'on_account' || policy.captureOn === 'ship',
        status,
        status_reason: isHeld ? AWAITS_CREDIT : null,
        cancel_reason: null,
        hold_id: null,
        delivered_at: null,
        exchange_of: cart.exchange_of,
        credit: cart.credits.reduce((sum, { amount }) => sum + BigInt(amount), 0n),
      })
      .execute();
    await Promise.all([
      order,
      insertLines(db, id, priced),
      writeShipping(db, id, priced.shipping),
      writeDiscounts(db, { id, customerId: cart.customer_id }, priced.adjustments),
      remember(db, id, 'placed', { total: total.amountMinor.toString() }),
    ]);
    const { approveOnAccount: _approve, discountLimit: _limit, version: _version, ...agreed } = policy;
    emit(
      orderPlaced.of({
        subject: id,
        data: {
          orderId: id,
          number: label,
          customerId: cart.customer_id,
          channel: cart.channel,
          tender,
          // Ids out of our own tables are what they were when they were made.
          exchangeOf: cart.exchange_of as ReturnId | null,
          credits: cart.credits.map((one) => ({ ...one, creditNoteId: one.creditNoteId as InvoiceId })),
          isHeld,
          total,
          policy: agreed,
          lines: priced.lines.map(({ lineNo: line, variantId, quantity, offer }) => ({
            line,
            // Ids out of our own tables are what they were when they were made.
            variantId: variantId as VariantId,
            quantity,
            isStocked: offer.isStocked,
          })),
        },
      }),
    );
    if (isHeld) emit(orderHeld.of({ subject: id, data: { orderId: id, number: label, reason: AWAITS_CREDIT } }));
    audit({ subject: id, after: { number: label, total: total.amountMinor.toString(), lines: lines.length } });
    return { id, number: label, status, total, version: 1 } as const;
  },
});

/** @throws {AshlarError} `order.price_changed` */
function expectTotal({ totalMinor, currency }: PricedNow, expected: Money): void {
  if (expected.amountMinor === totalMinor && expected.currency === currency) return;
  throw orderErrors.priceChanged({
    old: `${expected.amountMinor} ${expected.currency}`,
    new: `${totalMinor} ${currency}`,
  });
}

async function placedBefore(db: OrderDb, cartId: string) {
  const { id, label } = await db
    .selectFrom('orders.orders')
    .select(['id', 'label'])
    .where('cart_id', '=', cartId)
    .executeTakeFirstOrThrow();
  return orderErrors.alreadyPlaced({ number: label, orderId: id });
}

/** @returns False when somebody has changed or placed it since it was read. */
async function closeCart(db: OrderDb, { id, version }: CartRow): Promise<boolean> {
  const closed = await db
    .updateTable('orders.carts')
    .set({ status: 'placed', version: version + 1 })
    .where('id', '=', id)
    .where('version', '=', version)
    .where('status', '=', 'open')
    .returning('id')
    .executeTakeFirst();
  return closed !== undefined;
}

/** All lines in one statement of one parameter, however many they are. */
async function insertLines(db: OrderDb, orderId: string, { lines }: PricedNow): Promise<void> {
  const rows = lines.map((line) => ({
    line_no: line.lineNo,
    variant_id: line.variantId,
    sku: line.offer.sku,
    title: line.offer.title,
    choices: line.offer.choices,
    is_stocked: line.offer.isStocked,
    quantity: microsText(line.quantity.micros),
    uom: line.quantity.uom,
    unit_price: unitPriceText(line.unitPrice),
    tax_category: line.taxCategory,
    discount: line.discountMinor.toString(),
    taxes: taxesOf(line),
    net: line.netMinor.toString(),
    tax: line.taxMinor.toString(),
  }));
  await sql`
    insert into orders.order_lines (order_id, line_no, variant_id, sku, title, choices, is_stocked, quantity, uom,
      unit_price, discount, tax_category, taxes, net, tax)
    select ${orderId}, r.* from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(line_no integer, variant_id uuid,
      sku text, title jsonb, choices jsonb, is_stocked boolean, quantity numeric, uom text, unit_price numeric,
      discount bigint, tax_category text, taxes jsonb, net bigint, tax bigint)`.execute(db);
}
