import { percent } from '@ashlar/kernel/values';
import { type Selectable, sql } from 'kysely';
import type { DiscountByHand } from '../domain/discount-by-hand.ts';
import type { Promotion } from '../domain/promotion.ts';
import type { Zone } from '../domain/shipping.ts';
import type { CartRow } from './carts.ts';
import type { OrderDb, OrderTables, ZoneJson } from './tables.ts';

/** What is taken off a cart and added to it, beside what its lines cost. */
export interface PricingTerms {
  /** Those that come by themselves and those its coupons ask for. */
  readonly promotions: readonly Promotion[];
  readonly byHand: readonly DiscountByHand[];
  /** Percent one person may take off. */
  readonly discountLimit: number;
  readonly method: ShippingMethod | null;
}

export interface ShippingMethod {
  readonly id: string;
  readonly code: string;
  readonly title: Readonly<Record<string, string>>;
  readonly taxCategory: string;
  readonly currency: string;
  readonly isOffered: boolean;
  readonly zones: readonly Zone[];
}

type PromotionRow = Selectable<OrderTables['orders.promotions']>;
interface ReadPromotion extends PromotionRow {
  readonly coupon_id: string | null;
  readonly coupon_code: string;
  readonly coupon_status: string;
  readonly coupon_limit: number | null;
  readonly coupon_used: number;
  readonly used_by_customer: number;
}

/** One question each, whatever the length of the cart. */
export async function readTerms(db: OrderDb, cart: CartRow, at: Date): Promise<PricingTerms> {
  const [promotions, byHand, settings, method] = await Promise.all([
    readPromotions(db, cart, at),
    readDiscounts(db, cart.id),
    db.selectFrom('orders.settings').select('discount_limit').where('org_id', '=', cart.org_id).executeTakeFirst(),
    cart.shipping_method_id === null ? null : findMethod(db, cart.shipping_method_id),
  ]);
  return { promotions, byHand, discountLimit: settings?.discount_limit ?? DEFAULT_DISCOUNT_LIMIT, method };
}

/** Percent one person may take off where nobody has said. */
export const DEFAULT_DISCOUNT_LIMIT = 10;

/**
 * Promotions that come by themselves at this moment and those that the cart's coupons ask for, whatever became of them.
 *
 * @param couponId Of one more coupon, that is not in the cart.
 */
export async function readPromotions(
  db: OrderDb,
  cart: CartRow,
  at: Date,
  couponId: string | null = null,
): Promise<readonly Promotion[]> {
  const { rows } = await sql<ReadPromotion>`
    with asked as (
      select coupon_id from orders.cart_coupons where cart_id = ${cart.id}
      union select ${couponId}::uuid where ${couponId}::uuid is not null)
    select p.*, c.id as coupon_id, c.code as coupon_code, c.status as coupon_status, c.usage_limit as coupon_limit,
      c.used as coupon_used, case when p.per_customer_limit is null then 0 else (
        select count(*)::integer from orders.promotion_uses u
        where u.promotion_id = p.id and u.customer_id = ${cart.customer_id}::uuid and not u.is_given_back) end as used_by_customer
    from orders.promotions p
      left join (asked a join orders.coupons c on c.id = a.coupon_id) on c.promotion_id = p.id
    where p.org_id = ${cart.org_id} and (c.id is not null or (p.is_automatic and p.status = 'active'
      and (p.valid_from is null or p.valid_from <= ${at}) and (p.valid_to is null or p.valid_to > ${at})))
    order by p.id`.execute(db);
  return rows.map(promotionOf);
}

function promotionOf(row: ReadPromotion): Promotion {
  return {
    id: row.id,
    title: row.title,
    type: row.type,
    percent: row.percent === null ? null : percent(row.percent),
    amountMinor: row.amount,
    buy: row.buy,
    get: row.get,
    currency: row.currency,
    minimumMinor: row.minimum,
    rules: row.rules,
    stackable: row.stackable,
    priority: row.priority,
    status: row.status,
    validFrom: row.valid_from,
    validTo: row.valid_to,
    budgetMinor: row.budget,
    spentMinor: row.spent,
    usageLimit: row.usage_limit,
    used: row.used,
    perCustomerLimit: row.per_customer_limit,
    usedByCustomer: row.used_by_customer,
    coupon:
      row.coupon_id === null
        ? null
        : {
            id: row.coupon_id,
            code: row.coupon_code,
            isWithdrawn: row.coupon_status === 'withdrawn',
            usageLimit: row.coupon_limit,
            used: row.coupon_used,
          },
  };
}

/** Holds them until the transaction ends, always in the same order, so that nobody waits in a circle. */
export async function lockPromotions(db: OrderDb, ids: readonly string[]): Promise<void> {
  await sql`select id from orders.promotions where id = any(${[...ids]}::uuid[]) order by id for update`.execute(db);
}

async function readDiscounts(db: OrderDb, cartId: string): Promise<readonly DiscountByHand[]> {
  const rows = await db.selectFrom('orders.cart_discounts').selectAll().where('cart_id', '=', cartId).execute();
  return rows.map((row) => ({
    lineNo: row.line_no,
    percent: row.percent === null ? null : percent(row.percent),
    amountMinor: row.amount,
    reason: row.reason,
    isOverLimit: row.is_over_limit,
  }));
}

export async function findMethod(db: OrderDb, id: string): Promise<ShippingMethod | null> {
  const row = await db.selectFrom('orders.shipping_methods').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) return null;
  const { code, title, tax_category: taxCategory, currency, status, zones } = row;
  return { id, code, title, taxCategory, currency, isOffered: status === 'active', zones: zones.map(zoneOf) };
}

export function zoneOf({ countries, postcodes, price, freeFrom }: ZoneJson): Zone {
  const freeFromMinor = freeFrom === null ? null : BigInt(freeFrom);
  return { countries, postcodes, priceMinor: BigInt(price), freeFromMinor };
}
