import { type CommandContext, commonErrors, isRefused, refuse, useCase } from '@ashlar/kernel';
import { z } from 'zod';
import { holdVariant, renameVariants } from '../adapters/products.ts';
import type { ProductTables } from '../adapters/tables.ts';
import { BarcodeId } from '../domain/ids.ts';

export const removeBarcode = useCase('product.remove-barcode', {
  summary: 'Frees a code; nothing is found by it any more.',
  input: z.object({ barcodeId: BarcodeId }),
  output: z.object({ id: BarcodeId }),
  errors: [],
  permission: 'product.edit',
  on: { http: 'DELETE /barcodes/:barcodeId', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ barcodeId }, { db, audit }: CommandContext<ProductTables>) => {
    const gone = await db
      .deleteFrom('product.barcodes')
      .where('id', '=', barcodeId)
      .returning(['variant_id', 'code'])
      .executeTakeFirst();
    if (gone === undefined) return refuse(commonErrors.notFound({ what: 'barcode', id: barcodeId }));
    const held = await holdVariant(db, gone.variant_id);
    if (isRefused(held)) return held;
    await renameVariants(db, held.product);
    audit({ subject: gone.variant_id, before: { code: gone.code } });
    return { id: barcodeId };
  },
});
