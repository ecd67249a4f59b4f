import { type QueryContext, refuse, useCase } from '@ashlar/kernel';
import {
  Currency,
  Instant,
  instant,
  parseMicros,
  PositiveQuantity,
  quantity,
  unitPrice,
  UnitPrice,
} from '@ashlar/kernel/values';
import { z } from 'zod';
import type { ProductTables } from '../adapters/tables.ts';
import { CustomerId, PriceListId, VariantId } from '../domain/ids.ts';
import { productErrors } from '../domain/product-errors.ts';
import { Name } from '../domain/product.ts';
import { resolvePrice } from '../domain/resolve-price.ts';

export const resolvePriceQuery = useCase('product.resolve-price', {
  kind: 'query',
  summary: 'What a variant costs whoever asks: customer before group before channel before default.',
  input: z.object({
    variantId: VariantId,
    currency: Currency,
    /** In the product's sales unit; one unless told. */
    quantity: PositiveQuantity.optional(),
    channel: Name.optional(),
    customerGroups: z.array(Name).max(50).optional(),
    customerId: CustomerId.optional(),
    at: Instant.optional(),
  }),
  output: z.object({ listId: PriceListId, unitPrice: UnitPrice, includesTax: z.boolean() }),
  errors: [productErrors.priceUnresolved],
  permission: 'product.read',
  on: { http: 'GET /variants/:variantId/price', graphql: 'query', grpc: true, mcp: true },
  run: async ({ variantId, currency, ...question }, { db, clock }: QueryContext<ProductTables>) => {
    const rows = await db
      .selectFrom('product.prices as p')
      .innerJoin('product.price_lists as l', 'l.id', 'p.list_id')
      .select(['p.list_id', 'p.min_qty', 'p.max_qty', 'p.unit_price', 'l.currency', 'l.includes_tax', 'l.channel'])
      .select(['l.customer_group', 'l.customer_id', 'l.valid_from', 'l.valid_to', 'l.priority'])
      .where('p.variant_id', '=', variantId)
      .where('l.currency', '=', currency)
      .where('l.status', '=', 'active')
      .execute();
    const best = resolvePrice(
      rows.map((row) => ({
        listId: row.list_id,
        price: unitPrice(row.unit_price, row.currency),
        includesTax: row.includes_tax,
        minMicros: parseMicros(row.min_qty),
        maxMicros: row.max_qty === null ? null : parseMicros(row.max_qty),
        channel: row.channel,
        customerGroup: row.customer_group,
        customerId: row.customer_id,
        validFrom: row.valid_from === null ? null : instant(row.valid_from),
        validTo: row.valid_to === null ? null : instant(row.valid_to),
        priority: row.priority,
      })),
      {
        micros: (question.quantity ?? quantity('1', 'pcs')).micros,
        currency,
        at: question.at ?? instant(clock()),
        channel: question.channel,
        customerGroups: question.customerGroups,
        customerId: question.customerId,
      },
    );
    if (best === undefined) return refuse(productErrors.priceUnresolved());
    return { listId: best.listId, unitPrice: best.price, includesTax: best.includesTax };
  },
});
