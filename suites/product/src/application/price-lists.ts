import { type CommandContext, commonErrors, type QueryContext, refuse, refuseStale, useCase } from '@ashlar/kernel';
import { code, Currency, Instant, instant } from '@ashlar/kernel/values';
import { z } from 'zod';
import type { ProductTables } from '../adapters/tables.ts';
import { touched } from '@ashlar/kernel/touched';
import { CustomerId, PriceListId } from '../domain/ids.ts';
import { productErrors } from '../domain/product-errors.ts';
import { Name, Title } from '../domain/product.ts';

const changeable = {
  title: Title.optional(),
  validFrom: Instant.nullable().optional(),
  validTo: Instant.nullable().optional(),
  priority: z.int().min(-1000).max(1000).optional(),
};
const Changed = z.object({ id: PriceListId, version: z.int() });

export const createPriceList = useCase('product.create-price-list', {
  summary: 'Adds a price list: the default one of a currency, or for a channel, a group or one customer.',
  input: z
    .object({
      code: code(50),
      currency: Currency,
      includesTax: z.boolean().default(false),
      channel: Name.optional(),
      customerGroup: Name.optional(),
      customerId: CustomerId.optional(),
      ...changeable,
    })
    .refine(
      ({ channel, customerGroup, customerId }) => [channel, customerGroup, customerId].filter(Boolean).length <= 1,
      {
        message: 'A list is for a channel, a group or a customer, not for several of them',
      },
    ),
  output: Changed,
  errors: [productErrors.priceListCodeTaken, productErrors.validityReversed],
  permission: 'product.price',
  on: { http: 'POST /price-lists', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async (input, { db, audit, newId }: CommandContext<ProductTables>) => {
    const id = newId(PriceListId);
    const { code: listCode, currency, includesTax, priority = 0 } = input;
    await db
      .insertInto('product.price_lists')
      .values({
        id,
        code: listCode,
        currency,
        title: JSON.stringify(input.title ?? {}),
        includes_tax: includesTax,
        channel: input.channel ?? null,
        customer_group: input.customerGroup ?? null,
        customer_id: input.customerId ?? null,
        valid_from: input.validFrom ?? null,
        valid_to: input.validTo ?? null,
        priority,
      })
      .execute();
    audit({ subject: id, after: { code: listCode, currency, includesTax, priority } });
    return { id, version: 1 };
  },
});

export const updatePriceList = useCase('product.update-price-list', {
  summary: 'Changes when a price list holds, its precedence and its title, or archives it.',
  input: z.object({
    listId: PriceListId,
    expectedVersion: z.int().optional(),
    status: z.enum(['active', 'archived']).optional(),
    ...changeable,
  }),
  output: Changed,
  errors: [productErrors.validityReversed],
  permission: 'product.price',
  on: { http: 'PATCH /price-lists/:listId', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ listId: id, expectedVersion, ...input }, { db, audit }: CommandContext<ProductTables>) => {
    const row = await db
      .selectFrom('product.price_lists')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) return refuse(commonErrors.notFound({ what: 'price list', id }));
    const stale = refuseStale(row.version, expectedVersion, { id, version: row.version });
    if (stale !== null) return stale;
    await db
      .updateTable('product.price_lists')
      .set({
        title: JSON.stringify(input.title ?? row.title),
        priority: input.priority ?? row.priority,
        status: input.status ?? row.status,
        ...(input.validFrom === undefined ? {} : { valid_from: input.validFrom }),
        ...(input.validTo === undefined ? {} : { valid_to: input.validTo }),
        ...touched,
      })
      .where('id', '=', id)
      .execute();
    audit({ subject: id, before: { status: row.status, priority: row.priority }, after: input });
    return { id, version: row.version + 1 };
  },
});

export const listPriceLists = useCase('product.list-price-lists', {
  kind: 'query',
  summary: 'The price lists there are.',
  input: z.object({ currency: Currency.optional() }),
  output: z.object({
    lists: z.array(
      z.object({
        id: PriceListId,
        code: z.string(),
        currency: Currency,
        includesTax: z.boolean(),
        channel: z.string().nullable(),
        customerGroup: z.string().nullable(),
        customerId: CustomerId.nullable(),
        validFrom: Instant.nullable(),
        validTo: Instant.nullable(),
        priority: z.int(),
        status: z.enum(['active', 'archived']),
        version: z.int(),
      }),
    ),
  }),
  errors: [],
  permission: 'product.read',
  on: { http: 'GET /price-lists', graphql: 'query', grpc: true, mcp: true },
  run: async ({ currency }, { db }: QueryContext<ProductTables>) => {
    let query = db.selectFrom('product.price_lists').selectAll();
    if (currency !== undefined) query = query.where('currency', '=', currency);
    const rows = await query.orderBy('code').limit(1000).execute();
    return {
      lists: rows.map((row) => ({
        id: row.id,
        code: row.code,
        currency: row.currency,
        includesTax: row.includes_tax,
        channel: row.channel,
        customerGroup: row.customer_group,
        customerId: row.customer_id,
        validFrom: row.valid_from === null ? null : instant(row.valid_from),
        validTo: row.valid_to === null ? null : instant(row.valid_to),
        priority: row.priority,
        status: row.status,
        version: row.version,
      })),
    };
  },
});
