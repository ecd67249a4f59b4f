import { type CommandContext, useCase } from '@ashlar/kernel';
import { z } from 'zod';
import { freeSlugs } from '../adapters/free-slugs.ts';
import type { ProductTables } from '../adapters/tables.ts';
import { CategoryId, ProductId, VariantId } from '../domain/ids.ts';
import { variantCreated } from '../domain/product-events.ts';
import { productErrors } from '../domain/product-errors.ts';
import { Brand, Description, ProductType, Slug, TaxCategory, Title, Tracking } from '../domain/product.ts';
import { searchText } from '../domain/search-text.ts';
import { slugsOf } from '../domain/slug.ts';
import { detailColumns, KnownUnit, Sku, variantDetails } from './product-input.ts';

export const createProduct = useCase('product.create-product', {
  summary: 'Adds a product as a draft; with an SKU it has one variant at once.',
  description: 'A slug that is not given is made of the title, and set apart where another product has it.',
  input: z.object({
    type: ProductType.default('goods'),
    title: Title,
    slug: Slug.optional(),
    description: Description.optional(),
    brand: Brand.optional(),
    taxCategory: TaxCategory.optional(),
    baseUom: KnownUnit.default('pcs'),
    salesUom: KnownUnit.optional(),
    purchaseUom: KnownUnit.optional(),
    tracking: Tracking.default('none'),
    categoryIds: z.array(CategoryId).max(50).optional(),
    variant: z.object({ sku: Sku, ...variantDetails }).optional(),
  }),
  output: z.object({ id: ProductId, variantId: VariantId.nullable(), status: z.literal('draft'), version: z.int() }),
  errors: [productErrors.slugTaken, productErrors.skuTaken],
  permission: 'product.edit',
  on: { http: 'POST /products', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async (input, { db, orgId, emit, audit, newId }: CommandContext<ProductTables>) => {
    const id = newId(ProductId);
    const { type, title, brand = null, baseUom, tracking, variant } = input;
    const made = Object.entries(slugsOf(title)).filter(([locale]) => input.slug?.[locale] === undefined);
    const slug = {
      ...(await freeSlugs(db, { productId: id, orgId, wanted: Object.fromEntries(made) })),
      ...input.slug,
    };
    await db
      .insertInto('product.products')
      .values({
        id,
        type,
        title: JSON.stringify(title),
        slug: JSON.stringify(slug),
        description: JSON.stringify(input.description ?? {}),
        brand,
        tax_category: input.taxCategory ?? null,
        base_uom: baseUom,
        sales_uom: input.salesUom ?? baseUom,
        purchase_uom: input.purchaseUom ?? baseUom,
        tracking,
      })
      .execute();
    const categoryIds = [...new Set(input.categoryIds ?? [])];
    if (categoryIds.length > 0) {
      await db
        .insertInto('product.product_categories')
        .values(categoryIds.map((category_id) => ({ product_id: id, category_id })))
        .execute();
    }
    audit({ subject: id, after: { type, title } });
    if (variant === undefined) return { id, variantId: null, status: 'draft' as const, version: 1 };
    const variantId = newId(VariantId);
    const { sku, ...details } = variant;
    await db
      .insertInto('product.variants')
      .values({
        id: variantId,
        product_id: id,
        sku,
        title: JSON.stringify(title),
        search_text: searchText({ title, brand, sku }),
        ...detailColumns(details),
      })
      .execute();
    const manageInventory = details.manageInventory ?? true;
    const data = { productId: id, variantId, sku, title, type, baseUom, tracking, manageInventory };
    emit(variantCreated.of({ subject: variantId, data }));
    return { id, variantId, status: 'draft' as const, version: 1 };
  },
});
