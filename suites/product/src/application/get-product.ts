import { commonErrors, type QueryContext, refuse, useCase } from '@ashlar/kernel';
import { z } from 'zod';
import { optionsOf } from '../adapters/products.ts';
import type { ProductTables } from '../adapters/tables.ts';
import { CategoryId, ProductId, VariantId } from '../domain/ids.ts';
import { ProductStatus, ProductType, Tracking, VariantStatus } from '../domain/product.ts';

const Texts = z.record(z.string(), z.string());

export const getProduct = useCase('product.get-product', {
  kind: 'query',
  summary: 'All that is said of a product, archived ones included.',
  input: z.object({ productId: ProductId }),
  output: z.object({
    id: ProductId,
    version: z.int(),
    type: ProductType,
    status: ProductStatus,
    title: Texts,
    slug: Texts,
    description: Texts,
    brand: z.string().nullable(),
    taxCategory: z.string().nullable(),
    baseUom: z.string(),
    salesUom: z.string(),
    purchaseUom: z.string(),
    tracking: Tracking,
    categoryIds: z.array(CategoryId),
    channels: z.array(z.object({ channel: z.string(), currency: z.string() })),
    options: z.array(
      z.object({ code: z.string(), title: Texts, values: z.array(z.object({ code: z.string(), title: Texts })) }),
    ),
    variants: z.array(
      z.object({ id: VariantId, sku: z.string(), status: VariantStatus, choices: Texts, version: z.int() }),
    ),
  }),
  errors: [],
  permission: 'product.read',
  on: { http: 'GET /products/:productId', graphql: 'query', grpc: true, mcp: true },
  run: async ({ productId }, { db }: QueryContext<ProductTables>) => {
    const row = await db.selectFrom('product.products').selectAll().where('id', '=', productId).executeTakeFirst();
    if (row === undefined) return refuse(commonErrors.notFound({ what: 'product', id: productId }));
    const categories = await db
      .selectFrom('product.product_categories')
      .select('category_id')
      .where('product_id', '=', productId)
      .execute();
    const channels = await db
      .selectFrom('product.channel_listings')
      .select(['channel', 'currency'])
      .where('product_id', '=', productId)
      .orderBy('channel')
      .execute();
    const variants = await db
      .selectFrom('product.variants')
      .select(['id', 'sku', 'status', 'choices', 'version'])
      .where('product_id', '=', productId)
      .orderBy('id')
      .limit(2000)
      .execute();
    return {
      id: row.id,
      version: row.version,
      type: row.type,
      status: row.status,
      title: row.title,
      slug: row.slug,
      description: row.description,
      brand: row.brand,
      taxCategory: row.tax_category,
      baseUom: row.base_uom,
      salesUom: row.sales_uom,
      purchaseUom: row.purchase_uom,
      tracking: row.tracking,
      categoryIds: categories.map(({ category_id }) => category_id),
      channels,
      options: (await optionsOf(db, productId)).map((option) => ({ ...option, values: [...option.values] })),
      variants,
    };
  },
});
