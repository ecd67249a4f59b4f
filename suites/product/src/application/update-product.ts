import { type CommandContext, commonErrors, isRefused, refuse, refuseStale, useCase } from '@ashlar/kernel';
import { z } from 'zod';
import { holdProduct, renameVariants, touchProduct } from '../adapters/products.ts';
import type { ProductTables } from '../adapters/tables.ts';
import { CategoryId, ProductId } from '../domain/ids.ts';
import { productUpdated } from '../domain/product-events.ts';
import { productErrors } from '../domain/product-errors.ts';
import {
  Brand,
  changesFrozenField,
  Description,
  ProductStatus,
  ProductType,
  Slug,
  TaxCategory,
  Title,
  Tracking,
} from '../domain/product.ts';
import { KnownUnit } from './product-input.ts';

export const updateProduct = useCase('product.update-product', {
  summary: 'Changes what is said of a product; what is left out stays.',
  input: z.object({
    productId: ProductId,
    expectedVersion: z.int().optional(),
    type: ProductType.optional(),
    title: Title.optional(),
    slug: Slug.optional(),
    description: Description.optional(),
    brand: Brand.nullable().optional(),
    taxCategory: TaxCategory.nullable().optional(),
    baseUom: KnownUnit.optional(),
    salesUom: KnownUnit.optional(),
    purchaseUom: KnownUnit.optional(),
    tracking: Tracking.optional(),
    categoryIds: z.array(CategoryId).max(50).optional(),
  }),
  output: z.object({ id: ProductId, status: ProductStatus, version: z.int() }),
  errors: [productErrors.frozenField, productErrors.slugTaken],
  permission: 'product.edit',
  on: { http: 'PATCH /products/:productId', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async (input, { db, emit, audit }: CommandContext<ProductTables>) => {
    const product = await holdProduct(db, input.productId);
    if (isRefused(product)) return product;
    const { id, status, version } = product;
    const stale = refuseStale(version, input.expectedVersion, { id, status, version });
    if (stale !== null) return stale;
    if (status === 'archived')
      return refuse(commonErrors.illegalTransition({ from: status, to: 'changed', allowed: [] }));
    const after = {
      type: input.type ?? product.type,
      baseUom: input.baseUom ?? product.base_uom,
      tracking: input.tracking ?? product.tracking,
    };
    const before = { type: product.type, baseUom: product.base_uom, tracking: product.tracking };
    if (product.stocked_at !== null && changesFrozenField(before, after))
      return refuse(productErrors.frozenField({ id }));
    const title = input.title ?? product.title;
    const brand = input.brand === undefined ? product.brand : input.brand;
    const next = await touchProduct(db, id, {
      type: after.type,
      tracking: after.tracking,
      base_uom: after.baseUom,
      sales_uom: input.salesUom ?? product.sales_uom,
      purchase_uom: input.purchaseUom ?? product.purchase_uom,
      title: JSON.stringify(title),
      slug: JSON.stringify(input.slug ?? product.slug),
      description: JSON.stringify(input.description ?? product.description),
      brand,
      tax_category: input.taxCategory === undefined ? product.tax_category : input.taxCategory,
    });
    if (input.title !== undefined || input.brand !== undefined) await renameVariants(db, { id, title, brand });
    if (input.categoryIds !== undefined) {
      await db.deleteFrom('product.product_categories').where('product_id', '=', id).execute();
      const rows = [...new Set(input.categoryIds)].map((category_id) => ({ product_id: id, category_id }));
      if (rows.length > 0) await db.insertInto('product.product_categories').values(rows).execute();
    }
    emit(productUpdated.of({ subject: id, data: { productId: id } }));
    audit({ subject: id, before: { ...before, title: product.title }, after: { ...after, title } });
    return { id, status, version: next };
  },
});
