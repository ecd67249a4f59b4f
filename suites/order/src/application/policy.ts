import { refuseStale, useCase } from '@ashlar/kernel';
import { z } from 'zod';
import { touched } from '@ashlar/kernel/touched';
import { DEFAULT_DISCOUNT_LIMIT } from '../adapters/pricing-terms.ts';
import type { OrderDb } from '../adapters/tables.ts';
import type { OrderContext, OrderQuery } from './order-context.ts';

const terms = {
  invoiceOn: z
    .enum(['place', 'capture', 'ship'])
    .default('place')
    .describe('When an invoice is issued: once the goods are held, once the money is there, or with each parcel'),
  captureOn: z.enum(['place', 'ship']).default('place').describe('When online money is asked for'),
  whenShort: z
    .enum(['reject', 'partial', 'backorder'])
    .default('reject')
    .describe('What becomes of an order of which not everything is there'),
  provider: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,49}$/)
    .default('manual')
    .describe('Who is asked for online money'),
  paymentMinutes: z.int().min(1).max(43_200).default(1440).describe('Until an order that nobody pays is cancelled'),
  returnDays: z.int().min(0).max(3650).default(14).describe('After delivery, within which goods may come back'),
  approveOnAccount: z.boolean().default(true).describe('Orders on account wait until somebody lets them go on'),
  discountLimit: z
    .int()
    .min(0)
    .max(100)
    .default(DEFAULT_DISCOUNT_LIMIT)
    .describe('Percent that one person may take off by hand'),
};
const Terms = z.strictObject(terms);
export type OrderPolicy = z.output<typeof Terms>;

/** How orders become money; as the defaults say where nobody has said. */
export async function readPolicy(db: OrderDb, orgId: string): Promise<OrderPolicy & { readonly version: number }> {
  const row = await db.selectFrom('orders.settings').selectAll().where('org_id', '=', orgId).executeTakeFirst();
  if (row === undefined) return { ...Terms.parse({}), version: 0 };
  return {
    invoiceOn: row.invoice_on,
    captureOn: row.capture_on,
    whenShort: row.when_short,
    provider: row.provider,
    paymentMinutes: row.payment_minutes,
    returnDays: row.return_days,
    approveOnAccount: row.approve_on_account,
    discountLimit: row.discount_limit,
    version: row.version,
  };
}

export const setPolicy = useCase('order.set-policy', {
  summary: 'Says how orders become money. Orders that are placed already keep the policy they were placed under.',
  input: z.strictObject({ ...terms, expectedVersion: z.int().optional() }),
  output: z.object({ version: z.int() }),
  errors: [],
  permission: 'order.manage',
  on: { http: 'PUT /policy', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ expectedVersion, ...input }, { db, orgId, audit }: OrderContext) => {
    const before = await readPolicy(db, orgId);
    const stale = refuseStale(before.version, expectedVersion, before);
    if (stale !== null) return stale;
    const row = {
      invoice_on: input.invoiceOn,
      capture_on: input.captureOn,
      when_short: input.whenShort,
      provider: input.provider,
      payment_minutes: input.paymentMinutes,
      return_days: input.returnDays,
      approve_on_account: input.approveOnAccount,
      discount_limit: input.discountLimit,
    };
    const { version } = await db
      .insertInto('orders.settings')
      .values(row)
      .onConflict((conflict) =>
        conflict.column('org_id').doUpdateSet((eb) => ({
          ...row,
          ...touched,
          version: eb('orders.settings.version', '+', 1),
        })),
      )
      .returning('version')
      .executeTakeFirstOrThrow();
    audit({ before, after: input });
    return { version };
  },
});

export const getPolicy = useCase('order.get-policy', {
  kind: 'query',
  summary: 'How orders become money.',
  input: z.strictObject({}),
  output: Terms.extend({ version: z.int() }),
  errors: [],
  permission: 'order.read',
  on: { http: 'GET /policy', graphql: 'query', grpc: true, mcp: true },
  run: (_input, { db, orgId }: OrderQuery) => readPolicy(db, orgId),
});
