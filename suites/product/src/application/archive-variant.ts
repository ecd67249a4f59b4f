import { type CommandContext, isRefused, useCase } from '@ashlar/kernel';
import { z } from 'zod';
import { holdVariant } from '../adapters/products.ts';
import type { ProductTables } from '../adapters/tables.ts';
import { touched } from '@ashlar/kernel/touched';
import { VariantId } from '../domain/ids.ts';
import { variantArchived } from '../domain/product-events.ts';

export const archiveVariant = useCase('product.archive-variant', {
  summary: 'Takes a variant out of sale; old documents keep it, and its SKU is free again.',
  input: z.object({ variantId: VariantId }),
  output: z.object({ id: VariantId, status: z.literal('archived'), version: z.int() }),
  errors: [],
  permission: 'product.publish',
  on: { http: 'POST /variants/:variantId/archive', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ variantId }, { db, emit, audit }: CommandContext<ProductTables>) => {
    const held = await holdVariant(db, variantId);
    if (isRefused(held)) return held;
    const { id, status, version } = held.variant;
    // Asking twice is no mistake.
    if (status === 'archived') return { id, status: 'archived' as const, version };
    await db
      .updateTable('product.variants')
      .set({ status: 'archived', ...touched })
      .where('id', '=', id)
      .execute();
    emit(variantArchived.of({ subject: id, data: { productId: held.product.id, variantId: id } }));
    audit({ subject: id, before: { status }, after: { status: 'archived' } });
    return { id, status: 'archived' as const, version: version + 1 };
  },
});
