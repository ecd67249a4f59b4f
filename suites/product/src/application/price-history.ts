import type { QueryContext } from '@ashlar/kernel';
import { useCase } from '@ashlar/kernel';
import { Instant, instant } from '@ashlar/kernel/values';
import { z } from 'zod';
import type { ProductTables } from '../adapters/tables.ts';
import { PriceListId, VariantId } from '../domain/ids.ts';

export const priceHistory = useCase('product.price-history', {
  kind: 'query',
  summary: 'What a variant cost before, latest change first; amounts are minor units of the list.',
  input: z.object({ variantId: VariantId, limit: z.int().min(1).max(500).default(100) }),
  output: z.object({
    changes: z.array(
      z.object({
        listId: PriceListId,
        minQty: z.string(),
        before: z.string().nullable(),
        after: z.string().nullable(),
        at: Instant,
      }),
    ),
  }),
  errors: [],
  permission: 'product.read',
  on: { http: 'GET /variants/:variantId/price-history', graphql: 'query', grpc: true, mcp: true },
  run: async ({ variantId, limit }, { db }: QueryContext<ProductTables>) => {
    const rows = await db
      .selectFrom('product.price_changes')
      .selectAll()
      .where('variant_id', '=', variantId)
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    return {
      changes: rows.map(({ list_id, min_qty, old_price, new_price, at }) => ({
        listId: list_id,
        minQty: min_qty,
        before: old_price,
        after: new_price,
        at: instant(at),
      })),
    };
  },
});
