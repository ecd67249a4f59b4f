import { commonErrors, refuse, type Refused } from '@ashlar/kernel';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { ProductId, VariantId } from '../domain/ids.ts';
import { type Option, variantTitle } from '../domain/option-matrix.ts';
import { searchText } from '../domain/search-text.ts';
import type { ProductTables } from './tables.ts';
import { touched } from '@ashlar/kernel/touched';

type Database = Kysely<ProductTables>;
export type ProductRow = Selectable<ProductTables['product.products']>;
export type VariantRow = Selectable<ProductTables['product.variants']>;

/** The product, held until the end of the command; whoever changes anything of it holds it first. */
export async function holdProduct(db: Database, id: ProductId): Promise<ProductRow | Refused> {
  const row = await db.selectFrom('product.products').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  return row ?? refuse(commonErrors.notFound({ what: 'product', id }));
}

/** The variant and its product, both held. */
export async function holdVariant(
  db: Database,
  id: VariantId,
): Promise<{ variant: VariantRow; product: ProductRow } | Refused> {
  const found = await db.selectFrom('product.variants').select('product_id').where('id', '=', id).executeTakeFirst();
  if (found === undefined) return refuse(commonErrors.notFound({ what: 'variant', id }));
  const product = await holdProduct(db, found.product_id);
  if ('accepted' in product) return product;
  const variant = await db
    .selectFrom('product.variants')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return { variant, product };
}

/** The product's options in their order, each with its values. */
export async function optionsOf(db: Database, productId: ProductId): Promise<Option[]> {
  const rows = await db
    .selectFrom('product.options as o')
    .innerJoin('product.option_values as v', 'v.option_id', 'o.id')
    .select(['o.code', 'o.title', 'v.code as value_code', 'v.title as value_title'])
    .where('o.product_id', '=', productId)
    .orderBy('o.position')
    .orderBy('v.position')
    .execute();
  const byOption = Map.groupBy(rows, ({ code }) => code);
  return [...byOption.values()].map((values) => ({
    code: values[0]?.code ?? '',
    title: values[0]?.title ?? {},
    values: values.map(({ value_code, value_title }) => ({ code: value_code, title: value_title })),
  }));
}

/** Writes what variants are called and found by, after something of that has changed. */
export async function renameVariants(db: Database, product: Pick<ProductRow, 'id' | 'title' | 'brand'>): Promise<void> {
  const options = await optionsOf(db, product.id);
  const variants = await db
    .selectFrom('product.variants as v')
    .select(['v.id', 'v.sku', 'v.choices'])
    .select((eb) =>
      eb
        .selectFrom('product.barcodes as b')
        .select(sql<string[]>`coalesce(array_agg(b.code order by b.code), '{}')`.as('codes'))
        .whereRef('b.variant_id', '=', 'v.id')
        .as('codes'),
    )
    .where('v.product_id', '=', product.id)
    .execute();
  const named = variants.map(({ id, sku, choices, codes }) => {
    const title = variantTitle(product.title, options, choices);
    return { id, title, search_text: searchText({ title, brand: product.brand, sku, barcodes: codes ?? [] }) };
  });
  if (named.length === 0) return;
  await sql`
    update product.variants v set title = n.title, search_text = n.search_text
    from jsonb_to_recordset(${JSON.stringify(named)}::jsonb) as n (id uuid, title jsonb, search_text text)
    where v.id = n.id and (v.title, v.search_text) is distinct from (n.title, n.search_text)
  `.execute(db);
}

/** Counts the product's version up; what else changed of it is given. */
export async function touchProduct(
  db: Database,
  id: ProductId,
  changes: Partial<Pick<ProductRow, 'status' | 'published_at' | 'brand' | 'tax_category' | 'tracking' | 'type'>> &
    Partial<Record<'base_uom' | 'sales_uom' | 'purchase_uom' | 'title' | 'slug' | 'description', string>> = {},
): Promise<number> {
  const { version } = await db
    .updateTable('product.products')
    .set({ ...changes, ...touched })
    .where('id', '=', id)
    .returning('version')
    .executeTakeFirstOrThrow();
  return version;
}
