import { commonErrors, refuse, refuseStale, useCase } from '@ashlar/kernel';
import { sql } from 'kysely';
import { z } from 'zod';
import { cartLines, findCart, lockOpenCart, requireOpen, touchCart } from '../adapters/carts.ts';
import { readPromotions, readTerms } from '../adapters/pricing-terms.ts';
import type { OrderDb } from '../adapters/tables.ts';
import { type OrderError, orderErrors } from '../domain/order-errors.ts';
import { type PromotionRefusal, refusalOf } from '../domain/promotion.ts';
import { CartChanged, closed, ofCart } from './carts.ts';
import { CouponTries } from './coupon-tries.ts';
import type { OrderContext } from './order-context.ts';
import { askPrices, priceErrors, priceWith } from './price-open-cart.ts';

/** As it is entered; what is no code at all is refused like one that does not exist. */
const Code = z.string().trim().min(1).max(100);
const tries = new CouponTries();

const refusals: Readonly<Record<PromotionRefusal, OrderError>> = {
  expired: 'expired',
  not_eligible: 'notEligible',
  usage_exhausted: 'usageExhausted',
  not_stackable: 'notStackable',
};

export const applyCoupon = useCase('order.apply-coupon', {
  summary: 'Puts a coupon into a cart; what it takes off is told by order.get-cart and settled when it is placed.',
  description:
    'Codes are the same in any case. A coupon that takes nothing off this cart is refused, but in an empty one; one for the shipping may wait for it.',
  input: z.strictObject({ ...ofCart, code: Code }),
  output: CartChanged,
  errors: [
    ...closed,
    ...priceErrors,
    orderErrors.couponUnknown,
    orderErrors.couponTries,
    orderErrors.expired,
    orderErrors.notEligible,
    orderErrors.usageExhausted,
    orderErrors.notStackable,
  ],
  permission: 'order.place',
  on: { http: 'POST /carts/:cartId/coupons', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ cartId, code, expectedVersion }, context: OrderContext) => {
    const { db, clock, orgId, actor, audit } = context;
    const now = clock();
    const [cart, lines, found] = await Promise.all([
      findCart(db, cartId),
      cartLines(db, cartId),
      findCoupon(db, orgId, code),
    ]);
    requireOpen(cart, now);
    const guesser = { project: found.project, orgId, actor };
    const seconds = tries.waitSeconds(guesser, now);
    if (seconds > 0) return refuse(orderErrors.couponTries({ seconds }));
    const stale = refuseStale(cart.version, expectedVersion, { id: cartId, version: cart.version });
    if (stale !== null) return stale;
    const { couponId, promotionId } = found;
    if (couponId === null || promotionId === null) {
      tries.fail(guesser, now);
      return refuse(orderErrors.couponUnknown({ code }));
    }
    const [terms, promotions] = await Promise.all([readTerms(db, cart, now), readPromotions(db, cart, now, couponId)]);
    const before = terms.promotions.filter(({ coupon }) => coupon !== null);
    // Asking twice is no mistake.
    if (before.some(({ coupon }) => coupon?.id === couponId)) return { id: cartId, version: cart.version };
    if (before.some(({ id }) => id === promotionId)) return refuse(orderErrors.notStackable({ code }));
    const promotion = promotions.find(({ id }) => id === promotionId);
    if (promotion === undefined) return refuse(orderErrors.couponUnknown({ code }));
    const asker = { at: now, channel: cart.channel, customerId: cart.customer_id, currency: cart.currency };
    const refusal = refusalOf(promotion, asker);
    if (refusal !== null) return refuse(orderErrors[refusals[refusal]]({ code }));
    if (lines.length > 0) {
      // Others answer here, so the cart is locked only then.
      const asked = await askPrices(context, cart, lines, terms);
      const states = new Map(
        priceWith(asked, cart, { ...terms, promotions }, now).promotions.map((one) => [one.promotion.id, one.state]),
      );
      const state = states.get(promotionId) ?? 'not_eligible';
      if (state !== 'applied' && state !== 'waiting') return refuse(orderErrors[refusals[state]]({ code }));
      // Nobody's other coupon goes without a word.
      if (before.some(({ id }) => states.get(id) === 'not_stackable')) {
        return refuse(orderErrors.notStackable({ code }));
      }
    }
    const locked = await lockOpenCart(db, cartId, now);
    if (locked.version !== cart.version) return refuse(commonErrors.busy());
    await db
      .insertInto('orders.cart_coupons')
      .values({ cart_id: cartId, coupon_id: couponId, promotion_id: promotionId })
      .execute();
    audit({ subject: cartId, after: { coupon: promotion.coupon?.code ?? code } });
    return { id: cartId, version: await touchCart(db, cartId) };
  },
});

export const removeCoupon = useCase('order.remove-coupon', {
  summary: 'Takes a coupon out of a cart.',
  input: z.strictObject({ ...ofCart, code: Code }),
  output: CartChanged,
  errors: [...closed, orderErrors.couponUnknown],
  permission: 'order.place',
  on: { http: 'DELETE /carts/:cartId/coupons/:code', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ cartId, code, expectedVersion }, { db, clock, audit }: OrderContext) => {
    const cart = await lockOpenCart(db, cartId, clock());
    const stale = refuseStale(cart.version, expectedVersion, { id: cartId, version: cart.version });
    if (stale !== null) return stale;
    const { numDeletedRows: removed } = await db
      .deleteFrom('orders.cart_coupons as k')
      .using('orders.coupons as c')
      .whereRef('c.id', '=', 'k.coupon_id')
      .where('k.cart_id', '=', cartId)
      .where('c.code_key', '=', code.toLowerCase())
      .executeTakeFirstOrThrow();
    if (removed === 0n) return refuse(orderErrors.couponUnknown({ code }));
    audit({ subject: cartId, before: { coupon: code } });
    return { id: cartId, version: await touchCart(db, cartId) };
  },
});

interface FoundCoupon {
  readonly project: string;
  readonly couponId: string | null;
  readonly promotionId: string | null;
}

async function findCoupon(db: OrderDb, orgId: string, code: string): Promise<FoundCoupon> {
  const { rows } = await sql<FoundCoupon>`
    select current_database()::text as "project", c.id as "couponId", c.promotion_id as "promotionId"
    from (values (1)) as one left join orders.coupons c on c.org_id = ${orgId} and c.code_key = ${code.toLowerCase()}`.execute(
    db,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('A question of one row had none');
  return row;
}
