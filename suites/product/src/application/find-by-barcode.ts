import { commonErrors, type QueryContext, refuse, useCase } from '@ashlar/kernel';
import { code, parseMicros, Quantity } from '@ashlar/kernel/values';
import { z } from 'zod';
import type { ProductTables } from '../adapters/tables.ts';
import { ProductId, VariantId } from '../domain/ids.ts';
import { VariantStatus } from '../domain/product.ts';

export const findByBarcode = useCase('product.find-by-barcode', {
  kind: 'query',
  summary: 'What a scanned code means: which variant, and how much of it.',
  input: z.object({ code: code(80) }),
  output: z.object({
    variantId: VariantId,
    productId: ProductId,
    sku: z.string(),
    title: z.record(z.string(), z.string()),
    status: VariantStatus,
    pack: Quantity,
  }),
  errors: [],
  permission: 'product.read',
  on: { http: 'GET /barcodes/:code', graphql: 'query', grpc: true, mcp: true },
  run: async ({ code: scanned }, { db, orgId }: QueryContext<ProductTables>) => {
    const row = await db
      .selectFrom('product.barcodes as b')
      .innerJoin('product.variants as v', 'v.id', 'b.variant_id')
      .select(['v.id', 'v.product_id', 'v.sku', 'v.title', 'v.status', 'b.uom', 'b.pack_qty'])
      .where('b.org_id', '=', orgId)
      .where('b.code', '=', scanned)
      .executeTakeFirst();
    if (row === undefined) return refuse(commonErrors.notFound({ what: 'barcode', id: scanned }));
    const { id, product_id, sku, title, status, uom, pack_qty } = row;
    return { variantId: id, productId: product_id, sku, title, status, pack: { micros: parseMicros(pack_qty), uom } };
  },
});
