import { microsText, parseMicros, type UnitPrice, unitPrice } from '@ashlar/kernel/values';
import { type Kysely, sql } from 'kysely';
import type { PriceListId, ProductId, VariantId } from '../domain/ids.ts';
import type { PlannedChange, PlannedProduct } from '../domain/plan-import.ts';
import { searchText } from '../domain/search-text.ts';
import { renameVariants } from './products.ts';
import type { ProductTables } from './tables.ts';

type Database = Kysely<ProductTables>;

/** A planned product with the ids it gets. */
export type NewProduct = PlannedProduct & { readonly productId: ProductId; readonly variantId: VariantId };
export interface NewBarcode {
  readonly id: string;
  readonly variantId: VariantId;
  readonly code: string;
  readonly symbology: string;
  readonly uom: string;
}
interface NewPrice {
  readonly variantId: VariantId;
  readonly listId: PriceListId;
  readonly amount: string;
}

/** Adds drafts of one variant each. */
export async function insertProducts(db: Database, products: readonly NewProduct[]): Promise<void> {
  if (products.length === 0) return;
  const rows = products.map(({ barcode, prices: _prices, ...one }) => {
    const barcodes = barcode === null ? [] : [barcode.code];
    return { ...one, search: searchText({ title: one.title, brand: one.brand, sku: one.sku, barcodes }) };
  });
  const given = JSON.stringify(rows);
  await sql`
    insert into product.products (id, type, title, slug, description, brand, tax_category, base_uom, sales_uom, purchase_uom)
    select n."productId", 'goods', n.title, n.slug, '{}', n.brand, n."taxCategory", n.uom, n.uom, n.uom
    from jsonb_to_recordset(${given}::jsonb)
      as n ("productId" uuid, title jsonb, slug jsonb, brand text, "taxCategory" text, uom text)
  `.execute(db);
  await sql`
    insert into product.variants (id, product_id, sku, title, search_text)
    select n."variantId", n."productId", n.sku, n.title, n.search
    from jsonb_to_recordset(${given}::jsonb) as n ("variantId" uuid, "productId" uuid, sku text, title jsonb, search text)
  `.execute(db);
}

/** Counts the version of every product up whose facts or codes change. @returns The versions they have now. */
export async function updateProducts(
  db: Database,
  changes: readonly PlannedChange[],
): Promise<ReadonlyMap<ProductId, number>> {
  const touched = new Map<ProductId, object>();
  for (const { product, barcode, variant } of changes) {
    // Several rows may be of one product; the one that changes its facts says what they are.
    if (product === null && (barcode === null || touched.has(variant.productId))) continue;
    touched.set(variant.productId, { id: variant.productId, ...(product ?? variant) });
  }
  if (touched.size === 0) return new Map();
  const { rows } = await sql<{ id: ProductId; version: number }>`
    update product.products p
    set title = n.title, brand = n.brand, tax_category = n."taxCategory", base_uom = n.uom,
        sales_uom = case when p.sales_uom = p.base_uom then n.uom else p.sales_uom end,
        purchase_uom = case when p.purchase_uom = p.base_uom then n.uom else p.purchase_uom end,
        version = p.version + 1, updated_at = now(), updated_by = suites.actor_id()
    from jsonb_to_recordset(${JSON.stringify([...touched.values()])}::jsonb)
      as n (id uuid, title jsonb, brand text, "taxCategory" text, uom text)
    where p.id = n.id
    returning p.id, p.version
  `.execute(db);
  return new Map(rows.map(({ id, version }) => [id, version]));
}

export async function insertBarcodes(db: Database, barcodes: readonly NewBarcode[]): Promise<void> {
  if (barcodes.length === 0) return;
  await sql`
    insert into product.barcodes (id, variant_id, code, symbology, uom)
    select n.id, n."variantId", n.code, n.symbology, n.uom
    from jsonb_to_recordset(${JSON.stringify(barcodes)}::jsonb)
      as n (id uuid, "variantId" uuid, code text, symbology text, uom text)
  `.execute(db);
}

/** Writes anew what the variants of these products are called and found by. */
export async function renameProducts(db: Database, products: ReadonlySet<ProductId>): Promise<void> {
  if (products.size === 0) return;
  const rows = await db
    .selectFrom('product.products as p')
    .select(['p.id', 'p.title', 'p.brand'])
    .select((eb) =>
      eb
        .exists(eb.selectFrom('product.options as o').select('o.id').whereRef('o.product_id', '=', 'p.id'))
        .as('has_options'),
    )
    .where('p.id', '=', sql<ProductId>`any (${[...products]}::uuid[])`)
    .execute();
  // What was chosen is part of a title; the many without options are done together.
  for (const one of rows) if (one.has_options === true) await renameVariants(db, one);
  const plain = new Map(rows.filter((one) => one.has_options !== true).map((one) => [one.id, one]));
  const { rows: variants } = await sql<{ id: VariantId; product_id: ProductId; sku: string; codes: string[] }>`
    select v.id, v.product_id, v.sku, array(select b.code from product.barcodes b where b.variant_id = v.id order by 1) as codes
    from product.variants v where v.product_id = any (${[...plain.keys()]}::uuid[])
  `.execute(db);
  const named = variants.map(({ id, product_id, sku, codes }) => {
    const { title = {}, brand = null } = plain.get(product_id) ?? {};
    return { id, title, search: searchText({ title, brand, sku, barcodes: codes }) };
  });
  await sql`
    update product.variants v set title = n.title, search_text = n.search
    from jsonb_to_recordset(${JSON.stringify(named)}::jsonb) as n (id uuid, title jsonb, search text)
    where v.id = n.id and (v.title, v.search_text) is distinct from (n.title, n.search)
  `.execute(db);
}

/** A price that changed: all tiers the variant has in the list now. */
export interface ChangedPrice {
  readonly variantId: VariantId;
  readonly listId: PriceListId;
  readonly prices: { readonly minQty: string; readonly unitPrice: UnitPrice }[];
}

/** Sets what one piece costs; tiers that begin at more stay. @returns What is not as it was. */
export async function setBasePrices(db: Database, prices: readonly NewPrice[]): Promise<readonly ChangedPrice[]> {
  if (prices.length === 0) return [];
  const given = JSON.stringify(prices);
  const { rows } = await sql<{ variant_id: VariantId; list_id: PriceListId }>`
    insert into product.prices as p (list_id, variant_id, min_qty, max_qty, unit_price)
    select n."listId", n."variantId", 0, (
      select min(o.min_qty) from product.prices o where o.variant_id = n."variantId" and o.list_id = n."listId" and o.min_qty > 0
    ), n.amount
    from jsonb_to_recordset(${given}::jsonb) as n ("listId" uuid, "variantId" uuid, amount numeric)
    on conflict (variant_id, list_id, min_qty) do update
      set unit_price = excluded.unit_price, updated_at = now(), updated_by = suites.actor_id()
      where p.unit_price <> excluded.unit_price
    returning p.variant_id, p.list_id
  `.execute(db);
  if (rows.length === 0) return [];
  const { rows: tiers } = await sql<{
    variant_id: VariantId;
    list_id: PriceListId;
    currency: string;
    min_qty: string;
    unit_price: string;
  }>`
    select p.variant_id, p.list_id, l.currency, p.min_qty::text, p.unit_price::text
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n (variant_id uuid, list_id uuid)
    join product.prices p on p.variant_id = n.variant_id and p.list_id = n.list_id
    join product.price_lists l on l.id = p.list_id
    order by p.variant_id, p.list_id, p.min_qty
  `.execute(db);
  const byPrice = Map.groupBy(tiers, (tier) => `${tier.variant_id} ${tier.list_id}`);
  return rows.map(({ variant_id, list_id }) => ({
    variantId: variant_id,
    listId: list_id,
    prices: (byPrice.get(`${variant_id} ${list_id}`) ?? []).map((tier) => ({
      minQty: microsText(parseMicros(tier.min_qty)),
      unitPrice: unitPrice(tier.unit_price, tier.currency as UnitPrice['currency']),
    })),
  }));
}
