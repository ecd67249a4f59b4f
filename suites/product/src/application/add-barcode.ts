import { type CommandContext, isRefused, refuse, useCase } from '@ashlar/kernel';
import { code, microsText, PositiveQuantity, quantity } from '@ashlar/kernel/values';
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import { holdVariant, renameVariants } from '../adapters/products.ts';
import type { ProductTables } from '../adapters/tables.ts';
import { internalCode, isValidCode } from '../domain/gtin.ts';
import { BarcodeId, VariantId } from '../domain/ids.ts';
import { barcodeAdded } from '../domain/product-events.ts';
import { productErrors } from '../domain/product-errors.ts';

const Symbology = z.enum(['ean13', 'ean8', 'upca', 'itf14', 'code128', 'gs1', 'qr', 'internal']);

export const addBarcode = useCase('product.add-barcode', {
  summary: 'Lets a variant, or a pack of it, be found by a code; without one the organisation makes its own.',
  input: z.object({
    variantId: VariantId,
    code: code(80).optional(),
    symbology: Symbology.default('internal'),
    /** How much of which unit one scan means; one sales unit unless told. */
    pack: PositiveQuantity.optional(),
  }),
  output: z.object({ id: BarcodeId, variantId: VariantId, code: z.string() }),
  errors: [productErrors.barcodeTaken, productErrors.badCheckDigit],
  permission: 'product.edit',
  on: { http: 'POST /variants/:variantId/barcodes', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ variantId, symbology, ...input }, { db, emit, audit, newId }: CommandContext<ProductTables>) => {
    const held = await holdVariant(db, variantId);
    if (isRefused(held)) return held;
    const pack = input.pack ?? quantity('1', held.product.sales_uom);
    const given = input.code ?? (symbology === 'internal' ? await nextInternalCode(db) : undefined);
    if (given === undefined || !isValidCode(given, symbology)) {
      return refuse(productErrors.badCheckDigit({ code: given ?? '', symbology }));
    }
    const id = newId(BarcodeId);
    const packQty = microsText(pack.micros);
    await db
      .insertInto('product.barcodes')
      .values({ id, variant_id: variantId, code: given, symbology, uom: pack.uom, pack_qty: packQty })
      .execute();
    await renameVariants(db, held.product);
    emit(barcodeAdded.of({ subject: id, data: { barcodeId: id, variantId, code: given, packQty } }));
    audit({ subject: variantId, after: { code: given, symbology } });
    return { id, variantId, code: given };
  },
});

async function nextInternalCode(db: Kysely<ProductTables>): Promise<string> {
  const { last } = await db
    .insertInto('product.code_series')
    .values({ last: 1n })
    .onConflict((conflict) => conflict.column('org_id').doUpdateSet({ last: sql<bigint>`code_series.last + 1` }))
    .returning('last')
    .executeTakeFirstOrThrow();
  return internalCode(last);
}
