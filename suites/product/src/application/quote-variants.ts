import { type QueryContext, useCase } from '@ashlar/kernel';
import {
  Currency,
  instant,
  parseMicros,
  PositiveQuantity,
  Quantity,
  UnitPrice,
  unitPrice,
} from '@ashlar/kernel/values';
import { sql } from 'kysely';
import { z } from 'zod';
import type { ProductTables } from '../adapters/tables.ts';
import { CategoryId, CustomerId, ProductId, VariantId } from '../domain/ids.ts';
import { Name } from '../domain/product.ts';
import { resolvePrice } from '../domain/resolve-price.ts';

/** Lines of one document. */
const MAX_LINES = 1000;

const Quote = z.object({
  variantId: VariantId,
  productId: ProductId,
  categoryIds: z.array(CategoryId).describe('Of its product, with all above them'),
  sku: z.string(),
  title: z.record(z.string(), z.string()),
  choices: z.record(z.string(), z.string()).describe('Id of the value, by the id of its option'),
  isSold: z.boolean().describe('Whether it is in the catalogue now and nothing has to be taken apart for it'),
  isStocked: z.boolean(),
  salesUom: z.string(),
  least: Quantity,
  step: Quantity,
  taxCategory: z.string().nullable(),
  price: z.object({ unitPrice: UnitPrice, includesTax: z.boolean() }).nullable(),
});

export const quoteVariants = useCase('product.quote-variants', {
  kind: 'query',
  summary: 'What somebody who sells has to know of variants now: names, unit, tax category and price for a quantity.',
  description: 'Prices are those of product.resolve-price. What is not there is left out.',
  input: z.object({
    currency: Currency,
    lines: z
      .array(z.object({ variantId: VariantId, quantity: PositiveQuantity }))
      .min(1)
      .max(MAX_LINES),
    channel: Name.optional(),
    customerGroups: z.array(Name).max(50).optional(),
    customerId: CustomerId.optional(),
  }),
  output: z.object({ quotes: z.array(Quote) }),
  errors: [],
  permission: 'product.read',
  on: { graphql: 'query', grpc: true, mcp: true },
  run: async ({ currency, lines, ...asker }, { db, orgId, clock }: QueryContext<ProductTables>) => {
    const wanted = new Map(lines.map(({ variantId, quantity }) => [variantId, quantity.micros]));
    const ids = [...wanted.keys()];
    const [variants, prices] = await Promise.all([
      db
        .selectFrom('product.variants as v')
        .innerJoin('product.products as p', 'p.id', 'v.product_id')
        .select([
          'v.id',
          'v.product_id',
          'v.sku',
          'v.title',
          'v.choices',
          'v.status',
          'v.manage_inventory',
          'v.min_qty',
          'v.qty_step',
        ])
        .select(['p.status as product_status', 'p.type', 'p.sales_uom', 'p.tax_category'])
        .select(
          sql<CategoryId[]>`coalesce((
            select array_agg(distinct above) from product.product_categories pc
              join product.categories c on c.id = pc.category_id, unnest(c.path) as above
            where pc.product_id = p.id), '{}')`.as('category_ids'),
        )
        .where('v.org_id', '=', orgId)
        .where(sql<boolean>`v.id = any(${ids}::uuid[])`)
        .execute(),
      db
        .selectFrom('product.prices as r')
        .innerJoin('product.price_lists as l', 'l.id', 'r.list_id')
        .select(['r.variant_id', 'r.list_id', 'r.min_qty', 'r.max_qty', 'r.unit_price', 'l.includes_tax', 'l.channel'])
        .select(['l.customer_group', 'l.customer_id', 'l.valid_from', 'l.valid_to', 'l.priority'])
        .where(sql<boolean>`r.variant_id = any(${ids}::uuid[])`)
        .where('l.currency', '=', currency)
        .where('l.status', '=', 'active')
        .execute(),
    ]);
    const candidates = Map.groupBy(prices, (row) => row.variant_id);
    const at = instant(clock());
    return {
      quotes: variants.map((row) => {
        const best = resolvePrice(
          (candidates.get(row.id) ?? []).map((one) => ({
            listId: one.list_id,
            price: unitPrice(one.unit_price, currency),
            includesTax: one.includes_tax,
            minMicros: parseMicros(one.min_qty),
            maxMicros: one.max_qty === null ? null : parseMicros(one.max_qty),
            channel: one.channel,
            customerGroup: one.customer_group,
            customerId: one.customer_id,
            validFrom: one.valid_from === null ? null : instant(one.valid_from),
            validTo: one.valid_to === null ? null : instant(one.valid_to),
            priority: one.priority,
          })),
          { micros: wanted.get(row.id) ?? 0n, currency, at, ...asker },
        );
        const uom = row.sales_uom;
        return {
          variantId: row.id,
          productId: row.product_id,
          categoryIds: row.category_ids,
          sku: row.sku,
          title: row.title,
          choices: row.choices,
          isSold: row.status === 'active' && row.product_status === 'active' && row.type !== 'bundle',
          isStocked: row.type === 'goods' && row.manage_inventory,
          salesUom: uom,
          least: { micros: parseMicros(row.min_qty), uom },
          step: { micros: parseMicros(row.qty_step), uom },
          taxCategory: row.tax_category,
          price: best === undefined ? null : { unitPrice: best.price, includesTax: best.includesTax },
        };
      }),
    };
  },
});
