import { commonErrors, refuse, useCase } from '@ashlar/kernel';
import { touched } from '@ashlar/kernel/touched';
import { z } from 'zod';
import { CouponId, PromotionId } from '../domain/ids.ts';
import { orderErrors } from '../domain/order-errors.ts';
import type { OrderContext, OrderQuery } from './order-context.ts';
import { lockPromotion } from './promotions.ts';

const MOST_CODES = 1000;
const Code = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9_-]{3,40}$/, 'Expected 3 to 40 Latin letters, digits, hyphens and underscores');

export const addCoupons = useCase('order.add-coupons', {
  summary: 'Gives a promotion codes it is had for; they are the same in any case, and lead to one promotion.',
  input: z.strictObject({
    promotionId: PromotionId,
    codes: z.array(Code).min(1).max(MOST_CODES),
    usageLimit: z.int().min(1).max(1_000_000_000).optional().describe('Orders with each code, such as one'),
  }),
  output: z.object({ coupons: z.array(z.object({ id: CouponId, code: z.string() })) }),
  errors: [orderErrors.codeTaken, orderErrors.promotionEnded, orderErrors.comesByItself],
  permission: 'order.promote',
  on: { http: 'POST /promotions/:promotionId/coupons', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ promotionId, codes, usageLimit }, { db, orgId, newId, audit }: OrderContext) => {
    const { status, is_automatic: isAutomatic } = await lockPromotion(db, promotionId);
    if (status === 'ended') return refuse(orderErrors.promotionEnded());
    if (isAutomatic) return refuse(orderErrors.comesByItself());
    const keys = codes.map((code) => code.toLowerCase());
    const twice = codes.find((_, index) => keys.indexOf(keys[index] ?? '') < index);
    if (twice !== undefined) return refuse(orderErrors.codeTaken({ code: twice }));
    const taken = await db
      .selectFrom('orders.coupons')
      .select('code')
      .where('org_id', '=', orgId)
      .where('code_key', 'in', keys)
      .limit(1)
      .executeTakeFirst();
    if (taken !== undefined) return refuse(orderErrors.codeTaken({ code: taken.code }));
    const coupons = codes.map((code) => ({ id: newId(CouponId), code }));
    await db
      .insertInto('orders.coupons')
      .values(coupons.map((one) => ({ ...one, promotion_id: promotionId, usage_limit: usageLimit ?? null })))
      .execute();
    audit({ subject: promotionId, after: { coupons: codes.length } });
    return { coupons };
  },
});

export const withdrawCoupon = useCase('order.withdraw-coupon', {
  summary: 'Lets a code be good for nothing any more; the promotion goes on.',
  input: z.strictObject({ couponId: CouponId }),
  output: z.object({ id: CouponId, version: z.int() }),
  errors: [],
  permission: 'order.promote',
  on: { http: 'POST /coupons/:couponId/withdraw', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ couponId: id }, { db, audit }: OrderContext) => {
    const known = await db
      .selectFrom('orders.coupons')
      .select(['promotion_id', 'version', 'status'])
      .where('id', '=', id)
      .executeTakeFirst();
    if (known === undefined) return refuse(commonErrors.notFound({ what: 'coupon', id }));
    // Asking twice is no mistake.
    if (known.status === 'withdrawn') return { id, version: known.version };
    // A coupon is only ever held together with its promotion.
    await lockPromotion(db, known.promotion_id);
    const { version } = await db
      .updateTable('orders.coupons')
      .set({ status: 'withdrawn', ...touched })
      .where('id', '=', id)
      .returning('version')
      .executeTakeFirstOrThrow();
    audit({ subject: id, after: { status: 'withdrawn' } });
    return { id, version };
  },
});

export const listCoupons = useCase('order.list-coupons', {
  kind: 'query',
  summary: 'A page of the codes of a promotion, with how often each was used.',
  input: z.strictObject({
    promotionId: PromotionId,
    after: CouponId.optional().describe('The last id of the page before'),
    limit: z.int().min(1).max(1000).default(100),
  }),
  output: z.object({
    coupons: z.array(
      z.object({
        id: CouponId,
        code: z.string(),
        status: z.enum(['active', 'withdrawn']),
        usageLimit: z.int().nullable(),
        used: z.int(),
      }),
    ),
    next: CouponId.nullable(),
  }),
  errors: [],
  permission: 'order.promote',
  on: { http: 'GET /promotions/:promotionId/coupons', graphql: 'query', grpc: true },
  run: async ({ promotionId, after, limit }, { db, orgId }: OrderQuery) => {
    let query = db
      .selectFrom('orders.coupons')
      .select(['id', 'code', 'status', 'usage_limit', 'used'])
      .where('org_id', '=', orgId)
      .where('promotion_id', '=', promotionId);
    if (after !== undefined) query = query.where('id', '>', after);
    const rows = await query
      .orderBy('id')
      .limit(limit + 1)
      .execute();
    const coupons = rows.slice(0, limit).map(({ id, code, status, usage_limit: usageLimit, used }) => ({
      id: CouponId.parse(id),
      code,
      status,
      usageLimit,
      used,
    }));
    return { coupons, next: rows.length > limit ? (coupons.at(-1)?.id ?? null) : null };
  },
});
