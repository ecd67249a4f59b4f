import { percentText, type TaxRate } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import type { PricedShipping } from '../domain/price-cart.ts';
import type { Promotion } from '../domain/promotion.ts';
import type { LineTaxJson, OrderDb } from './tables.ts';

interface Adjustment {
  readonly lineNo: number;
  readonly amountMinor: bigint;
  readonly promotion: Promotion | null;
  readonly reason: string | null;
}

/** A line's taxes as they are kept. */
export function taxesOf({
  rates,
  taxesMinor,
}: {
  readonly rates: readonly TaxRate[];
  readonly taxesMinor: readonly bigint[];
}): readonly LineTaxJson[] {
  return rates.map(({ code, percent, compoundOn = [] }, index) => ({
    code,
    percent: percentText(percent),
    compoundOn,
    tax: (taxesMinor[index] ?? 0n).toString(),
  }));
}

export async function writeShipping(db: OrderDb, orderId: string, shipping: PricedShipping | null): Promise<void> {
  if (shipping === null) return;
  await db
    .insertInto('orders.shipping_lines')
    .values({
      order_id: orderId,
      line_no: shipping.lineNo,
      method_id: shipping.methodId,
      code: shipping.code,
      title: JSON.stringify(shipping.title),
      price: shipping.priceMinor,
      discount: shipping.discountMinor,
      tax_category: shipping.taxCategory,
      taxes: JSON.stringify(taxesOf(shipping)),
      net: shipping.netMinor,
      tax: shipping.taxMinor,
    })
    .execute();
}

/**
 * Takes down what was taken off, and counts each promotion once. Whoever calls holds the promotions.
 *
 * @throws A refusal of the database where one is used up after all.
 */
export async function writeDiscounts(
  db: OrderDb,
  { id: orderId, customerId }: { readonly id: string; readonly customerId: string | null },
  adjustments: readonly Adjustment[],
): Promise<void> {
  if (adjustments.length === 0) return;
  const rows = adjustments.map(({ lineNo, amountMinor, promotion, reason }, index) => ({
    seq: index + 1,
    line_no: lineNo,
    source: promotion === null ? 'manual' : 'promotion',
    promotion_id: promotion?.id ?? null,
    coupon: promotion?.coupon?.code ?? null,
    title: promotion?.title ?? null,
    reason,
    amount: amountMinor.toString(),
  }));
  await sql`
    insert into orders.adjustments (order_id, seq, line_no, source, promotion_id, coupon, title, reason, amount)
    select ${orderId}, r.* from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(seq integer, line_no integer,
      source text, promotion_id uuid, coupon text, title jsonb, reason text, amount bigint)`.execute(db);
  const uses = usesOf(adjustments);
  if (uses.size === 0) return;
  await db
    .insertInto('orders.promotion_uses')
    .values(
      [...uses].map(([promotion, amount]) => ({
        order_id: orderId,
        promotion_id: promotion.id,
        coupon_id: promotion.coupon?.id ?? null,
        customer_id: customerId,
        amount,
      })),
    )
    .execute();
}

/** What each promotion takes off in all. */
export function usesOf(adjustments: readonly Adjustment[]): ReadonlyMap<Promotion, bigint> {
  const uses = new Map<Promotion, bigint>();
  for (const { promotion, amountMinor } of adjustments) {
    if (promotion !== null) uses.set(promotion, (uses.get(promotion) ?? 0n) + amountMinor);
  }
  return uses;
}
