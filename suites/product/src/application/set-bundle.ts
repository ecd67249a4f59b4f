import { type CommandContext, isRefused, refuse, useCase } from '@ashlar/kernel';
import { microsText, PositiveQuantity } from '@ashlar/kernel/values';
import { z } from 'zod';
import { holdVariant, touchProduct } from '../adapters/products.ts';
import type { ProductTables } from '../adapters/tables.ts';
import { VariantId } from '../domain/ids.ts';
import { productUpdated } from '../domain/product-events.ts';
import { productErrors } from '../domain/product-errors.ts';

export const setBundle = useCase('product.set-bundle', {
  summary: 'Says what a bundle is made of; what it was made of before is forgotten.',
  input: z.object({
    variantId: VariantId,
    components: z
      .array(z.object({ variantId: VariantId, quantity: PositiveQuantity, optional: z.boolean().default(false) }))
      .max(100),
  }),
  output: z.object({ id: VariantId, components: z.int() }),
  errors: [productErrors.notABundle, productErrors.bundleCycle, productErrors.bundleTooDeep],
  permission: 'product.edit',
  on: { http: 'PUT /variants/:variantId/components', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ variantId, components }, { db, emit, audit }: CommandContext<ProductTables>) => {
    const held = await holdVariant(db, variantId);
    if (isRefused(held)) return held;
    const { product } = held;
    if (product.type !== 'bundle') return refuse(productErrors.notABundle());
    await db.deleteFrom('product.bundle_components').where('bundle_id', '=', variantId).execute();
    // Named twice, a component counts as named last.
    const byVariant = new Map(components.map((one) => [one.variantId, one]));
    const rows = [...byVariant.values()].map((one, position) => ({
      bundle_id: variantId,
      component_id: one.variantId,
      quantity: microsText(one.quantity.micros),
      optional: one.optional,
      position,
    }));
    if (rows.length > 0) await db.insertInto('product.bundle_components').values(rows).execute();
    await touchProduct(db, product.id);
    emit(productUpdated.of({ subject: product.id, data: { productId: product.id } }));
    audit({
      subject: variantId,
      after: { components: rows.map(({ component_id, quantity }) => ({ component_id, quantity })) },
    });
    return { id: variantId, components: rows.length };
  },
});
