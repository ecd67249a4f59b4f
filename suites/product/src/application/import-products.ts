import { type CommandContext, commonErrors, refuse, useCase } from '@ashlar/kernel';
import { sql } from 'kysely';
import { z } from 'zod';
import { knownCatalogue } from '../adapters/known-catalogue.ts';
import type { ProductTables } from '../adapters/tables.ts';
import {
  insertBarcodes,
  insertProducts,
  type NewProduct,
  renameProducts,
  setBasePrices,
  updateProducts,
} from '../adapters/write-import.ts';
import { BarcodeId, ProductId, VariantId } from '../domain/ids.ts';
import { readImportRow } from '../domain/import-row.ts';
import { type Fault, planImport } from '../domain/plan-import.ts';
import { barcodeAdded, priceChanged, productUpdated, variantCreated } from '../domain/product-events.ts';
import { productErrors } from '../domain/product-errors.ts';

const NAME = 'product.import-products';

const ImportFault = z.object({
  /** Number of the row, from 0. */
  row: z.int(),
  column: z.string(),
  code: z.string(),
  detail: z.string(),
});

export const importProducts = useCase(NAME, {
  summary:
    'Adds products of one variant each, and changes those whose SKU is there; the same rows again change nothing.',
  description: [
    'A row is the cells of a table by column: `sku`, `title.<language>`, `brand`, `tax_category`, `uom`, `barcode`,',
    '`price.<currency>` in major units, for the default list of the currency. Empty cells say nothing. With the mode `all`',
    'a fault in one row refuses every row, with `valid-only` the others are imported. A dry run tells the faults of all.',
    'Prices ask for the permission `product.price` as well.',
  ].join(' '),
  input: z.object({
    rows: z
      .array(z.record(z.string().min(1).max(100), z.string().max(32_768)))
      .min(1)
      .max(1000),
    mode: z.enum(['all', 'valid-only']).default('all'),
  }),
  output: z.object({
    created: z.int(),
    updated: z.int(),
    unchanged: z.int(),
    /** Rows with a fault; they changed nothing. */
    faulty: z.int(),
    faults: z.array(ImportFault),
  }),
  errors: [
    productErrors.importFaulty,
    productErrors.barcodeTaken,
    productErrors.skuTaken,
    productErrors.slugTaken,
    productErrors.tierOverlap,
  ],
  permission: 'product.edit',
  on: { http: 'POST /products/import', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ rows, mode }, { db, orgId, clock, emit, audit, newId, dryRun }: CommandContext<ProductTables>) => {
    const read = rows.map(readImportRow);
    const known = await knownCatalogue(db, { rows: read, orgId, now: clock() });
    const plan = planImport(read, known);
    const { changed, faults } = plan;
    const faulty = new Set(faults.map(({ row }) => row)).size;
    if (faulty > 0 && mode === 'all' && !dryRun) {
      return refuse(productErrors.importFaulty({ count: faulty }, { fields: faults.slice(0, 100).map(fieldOf) }));
    }
    // The plan has seen all that could be wrong with what is new; only what changes is counted where it is written.
    const written = dryRun ? [] : plan.created;
    const created: NewProduct[] = written.map((one) => ({
      ...one,
      productId: newId(ProductId),
      variantId: newId(VariantId),
    }));
    const all = [...created, ...changed.map((one) => ({ ...one, ...one.variant, ...one.product }))];
    const prices = all.flatMap(({ variantId, prices: ofRow }) => ofRow.map((price) => ({ variantId, ...price })));
    if ([...plan.created, ...changed].some(({ prices: ofRow }) => ofRow.length > 0)) {
      // This command asks for the right to edit; what something costs is the business of others.
      const asked = await sql<{
        may: boolean;
      }>`select auth.has_permission('product.price', ${orgId}::uuid) as may`.execute(db);
      if (asked.rows[0]?.may !== true) {
        return refuse(commonErrors.permissionDenied({ useCase: NAME, permission: 'product.price' }));
      }
    }
    const barcodes = all.flatMap(({ variantId, barcode, uom }) =>
      barcode === null ? [] : [{ id: newId(BarcodeId), variantId, uom, ...barcode }],
    );
    await insertProducts(db, created);
    const versions = await updateProducts(db, changed);
    await insertBarcodes(db, barcodes);
    await renameProducts(db, new Set(versions.keys()));
    const priced = await setBasePrices(db, prices);

    emit(
      ...created.map(({ productId, variantId, sku, title, uom: baseUom }) => {
        const rest = { type: 'goods', tracking: 'none', manageInventory: true } as const;
        const data = { productId, variantId, sku, title, baseUom, ...rest };
        return variantCreated.of({ subject: variantId, data });
      }),
      ...[...versions.keys()].map((id) => productUpdated.of({ subject: id, data: { productId: id } })),
      ...barcodes.map(({ id, variantId, code }) =>
        barcodeAdded.of({ subject: id, data: { barcodeId: id, variantId, code, packQty: '1' } }),
      ),
      ...priced.map((data) => priceChanged.of({ subject: data.variantId, data })),
    );
    const repriced = new Set(priced.map(({ variantId }) => variantId));
    const updated = changed.filter(
      ({ product, barcode, variant }) => product !== null || barcode !== null || repriced.has(variant.variantId),
    ).length;
    const counts = { created: plan.created.length, updated, unchanged: changed.length - updated, faulty };
    audit({ after: { ...counts, rows: rows.length } });
    return { ...counts, faults: faults.map((fault) => ({ ...fault })) };
  },
});

function fieldOf({ row, column, code, detail }: Fault) {
  return { pointer: `/rows/${row}/${column.replaceAll('~', '~0').replaceAll('/', '~1')}`, code, detail };
}
