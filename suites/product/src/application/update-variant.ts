import { type CommandContext, isRefused, refuseStale, useCase } from '@ashlar/kernel';
import { z } from 'zod';
import { holdVariant, renameVariants, touchProduct } from '../adapters/products.ts';
import type { ProductTables } from '../adapters/tables.ts';
import { touched } from '@ashlar/kernel/touched';
import { VariantId } from '../domain/ids.ts';
import { productUpdated } from '../domain/product-events.ts';
import { productErrors } from '../domain/product-errors.ts';
import { VariantStatus } from '../domain/product.ts';
import { detailColumns, Sku, variantDetails } from './product-input.ts';

export const updateVariant = useCase('product.update-variant', {
  summary: 'Changes what is said of a variant; what is left out stays.',
  input: z.object({
    variantId: VariantId,
    expectedVersion: z.int().optional(),
    sku: Sku.optional(),
    ...variantDetails,
  }),
  output: z.object({ id: VariantId, status: VariantStatus, version: z.int() }),
  errors: [productErrors.skuTaken],
  permission: 'product.edit',
  on: { http: 'PATCH /variants/:variantId', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ variantId, expectedVersion, sku, ...details }, { db, emit, audit }: CommandContext<ProductTables>) => {
    const held = await holdVariant(db, variantId);
    if (isRefused(held)) return held;
    const { product, variant } = held;
    const { id, status, version } = variant;
    const stale = refuseStale(version, expectedVersion, { id, status, version });
    if (stale !== null) return stale;
    await db
      .updateTable('product.variants')
      .set({ ...detailColumns(details), ...(sku === undefined ? {} : { sku }), ...touched })
      .where('id', '=', id)
      .execute();
    if (sku !== undefined) await renameVariants(db, product);
    await touchProduct(db, product.id);
    emit(productUpdated.of({ subject: product.id, data: { productId: product.id } }));
    audit({ subject: id, before: { sku: variant.sku }, after: { sku: sku ?? variant.sku, ...detailColumns(details) } });
    return { id, status, version: version + 1 };
  },
});
