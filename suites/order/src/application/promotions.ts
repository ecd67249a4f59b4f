import { commonErrors, refuse, refuseStale, useCase } from '@ashlar/kernel';
import { touched } from '@ashlar/kernel/touched';
import { type Currency, Money, money, microsText, parseMicros } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import { z } from 'zod';
import type { OrderDb } from '../adapters/tables.ts';
import { PromotionId } from '../domain/ids.ts';
import { orderErrors } from '../domain/order-errors.ts';
import type { OrderContext, OrderQuery } from './order-context.ts';
import { promotionTerms, termsRow } from './promotion-input.ts';

/** Promotions that come by themselves at once: each is looked at for every cart. */
const MOST_AUTOMATIC = 100;
const Type = z.enum(['percent', 'fixed', 'buy_x_get_y', 'shipping']);
const Changed = z.object({ id: PromotionId, version: z.int() });

export const createPromotion = useCase('order.create-promotion', {
  summary: 'Says what is taken off for whom: by itself, or for whoever has a coupon.',
  description:
    'percent and fixed take something off what they are for; buy_x_get_y the cheapest pieces of it; shipping something off the shipping.',
  input: z.strictObject({
    type: Type,
    isAutomatic: z.boolean().default(false).describe('Without a coupon'),
    ...promotionTerms,
  }),
  output: Changed,
  errors: [orderErrors.moneyMixed, orderErrors.tooManyPromotions],
  permission: 'order.promote',
  on: { http: 'POST /promotions', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ type, isAutomatic, ...input }, { db, orgId, clock, newId, audit }: OrderContext) => {
    const row = termsRow(type, input);
    if (isAutomatic && (await countAutomatic(db, orgId, clock())) >= MOST_AUTOMATIC) {
      return refuse(orderErrors.tooManyPromotions({ most: MOST_AUTOMATIC }));
    }
    const id = newId(PromotionId);
    await db
      .insertInto('orders.promotions')
      .values({ id, type, is_automatic: isAutomatic, ...row })
      .execute();
    audit({ subject: id, after: { type, isAutomatic, ...noteOf(row) } });
    return { id, version: 1 };
  },
});

export const changePromotion = useCase('order.change-promotion', {
  summary: 'Writes the terms of a promotion anew; orders that are placed keep what they got.',
  description: 'What is left out is taken away. A limit below what was used already lets nobody use it any more.',
  input: z.strictObject({ promotionId: PromotionId, expectedVersion: z.int().optional(), ...promotionTerms }),
  output: Changed,
  errors: [orderErrors.moneyMixed, orderErrors.promotionEnded],
  permission: 'order.promote',
  on: { http: 'PUT /promotions/:promotionId', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ promotionId: id, expectedVersion, ...input }, { db, audit }: OrderContext) => {
    const before = await lockPromotion(db, id);
    const stale = refuseStale(before.version, expectedVersion, { id, version: before.version });
    if (stale !== null) return stale;
    if (before.status === 'ended') return refuse(orderErrors.promotionEnded());
    const row = termsRow(before.type, input);
    const { version } = await db
      .updateTable('orders.promotions')
      .set({ ...row, ...touched })
      .where('id', '=', id)
      .returning('version')
      .executeTakeFirstOrThrow();
    audit({ subject: id, after: noteOf(row) });
    return { id, version };
  },
});

export const endPromotion = useCase('order.end-promotion', {
  summary: 'Ends a promotion; carts that count on it come to something else.',
  input: z.strictObject({ promotionId: PromotionId }),
  output: Changed,
  errors: [],
  permission: 'order.promote',
  on: { http: 'POST /promotions/:promotionId/end', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ promotionId: id }, { db, audit }: OrderContext) => {
    const before = await lockPromotion(db, id);
    // Asking twice is no mistake.
    if (before.status === 'ended') return { id, version: before.version };
    const { version } = await db
      .updateTable('orders.promotions')
      .set({ status: 'ended', ...touched })
      .where('id', '=', id)
      .returning('version')
      .executeTakeFirstOrThrow();
    audit({ subject: id, before: { status: 'active' }, after: { status: 'ended' } });
    return { id, version };
  },
});

const Listed = z.object({
  id: PromotionId,
  title: z.record(z.string(), z.string()),
  type: Type,
  isAutomatic: z.boolean(),
  status: z.enum(['active', 'ended']),
  percent: z.string().nullable(),
  amount: Money.nullable(),
  buy: z.int().nullable(),
  get: z.int().nullable(),
  minimum: Money.nullable(),
  rules: z.record(z.string(), z.array(z.string())),
  stackable: z.boolean(),
  priority: z.int(),
  budget: Money.nullable(),
  spent: z.string().describe('Minor units, by orders that stand'),
  usageLimit: z.int().nullable(),
  used: z.int().describe('Orders that stand'),
  perCustomerLimit: z.int().nullable(),
  validFrom: z.string().nullable(),
  validTo: z.string().nullable(),
  version: z.int(),
});

export const listPromotions = useCase('order.list-promotions', {
  kind: 'query',
  summary: 'A page of promotions, the latest first, with what was used of them.',
  input: z.strictObject({
    status: z.enum(['active', 'ended']).optional(),
    after: PromotionId.optional().describe('The last id of the page before'),
    limit: z.int().min(1).max(200).default(50),
  }),
  output: z.object({ promotions: z.array(Listed), next: PromotionId.nullable() }),
  errors: [],
  permission: 'order.read',
  on: { http: 'GET /promotions', graphql: 'query', grpc: true, mcp: true },
  run: async ({ status, after, limit }, { db, orgId }: OrderQuery) => {
    let query = db.selectFrom('orders.promotions').selectAll().where('org_id', '=', orgId);
    if (status !== undefined) query = query.where('status', '=', status);
    if (after !== undefined) query = query.where('id', '<', after);
    const rows = await query
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
    const page = rows.slice(0, limit).map((row) => {
      const amount = (minor: bigint | null): Money | null =>
        minor === null ? null : money(minor, row.currency as Currency);
      return {
        // Ids and codes out of our own tables are what they were when they were made.
        id: row.id as PromotionId,
        title: row.title,
        type: row.type,
        isAutomatic: row.is_automatic,
        status: row.status,
        percent: row.percent === null ? null : microsText(parseMicros(row.percent)),
        amount: amount(row.amount),
        buy: row.buy,
        get: row.get,
        minimum: amount(row.minimum),
        rules: { ...row.rules } as Record<string, string[]>,
        stackable: row.stackable,
        priority: row.priority,
        budget: amount(row.budget),
        spent: row.spent.toString(),
        usageLimit: row.usage_limit,
        used: row.used,
        perCustomerLimit: row.per_customer_limit,
        validFrom: row.valid_from?.toISOString() ?? null,
        validTo: row.valid_to?.toISOString() ?? null,
        version: row.version,
      };
    });
    return { promotions: page, next: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
  },
});

/** @throws {AshlarError} `common.not_found` */
export async function lockPromotion(db: OrderDb, id: string) {
  const row = await db
    .selectFrom('orders.promotions')
    .select(['type', 'status', 'version', 'is_automatic'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw commonErrors.notFound({ what: 'promotion', id });
  return row;
}

async function countAutomatic(db: OrderDb, orgId: string, at: Date): Promise<number> {
  const { count } = await db
    .selectFrom('orders.promotions')
    .select(sql<number>`count(*)::integer`.as('count'))
    .where('org_id', '=', orgId)
    .where('status', '=', 'active')
    .where('is_automatic', '=', true)
    .where((eb) => eb.or([eb('valid_to', 'is', null), eb('valid_to', '>', at)]))
    .executeTakeFirstOrThrow();
  return count;
}

const digits = (minor: bigint | null): string | null => minor?.toString() ?? null;

/** What the audit row keeps of it: lists of ids may be longer than there is room. */
function noteOf({ rules: _rules, ...row }: ReturnType<typeof termsRow>) {
  return { ...row, amount: digits(row.amount), minimum: digits(row.minimum), budget: digits(row.budget) };
}
