import type { Currency } from '@ashlar/kernel/values';
import { type Kysely, sql } from 'kysely';
import type { PriceListId, VariantId } from '../domain/ids.ts';
import { type Known, type KnownVariant, type ParsedRow, slugCandidates } from '../domain/plan-import.ts';
import type { ProductTables } from './tables.ts';

/** What there is of what these rows name; the products among it are held until the end of the command. */
export async function knownCatalogue(
  db: Kysely<ProductTables>,
  { rows, orgId, now }: { readonly rows: readonly ParsedRow[]; readonly orgId: string; readonly now: Date },
): Promise<Known> {
  const named = rows.flatMap((read, row) => ('product' in read ? [{ row, ...read.product }] : []));
  const codes = named.flatMap(({ barcode }) => (barcode === null ? [] : [barcode.code]));
  const slugs = named.flatMap((one) => slugCandidates(one).flatMap((candidate) => Object.values(candidate)));
  const variants = await sql<KnownVariant & { place: string }>`
    select v.place, v.variant_id as "variantId", p.id as "productId", p.stocked_at is not null as "hasStockMoved",
           p.title, p.brand, p.tax_category as "taxCategory", p.base_uom as uom
    from product.variants_by_sku(${named.map(({ sku }) => sku)}::text[]) v
    join product.products p on p.id = v.product_id
    order by p.id
    for update of p
  `.execute(db);
  const barcodes = await sql<{ code: string; variant_id: VariantId }>`
    select code, variant_id from product.barcodes where org_id = ${orgId}::uuid and code = any (${codes}::text[])
  `.execute(db);
  const taken = await sql<{ slug: string }>`
    select slug from product.slugs where org_id = ${orgId}::uuid and slug = any (${slugs}::text[])
  `.execute(db);
  const lists = await sql<{ currency: Currency; id: PriceListId }>`
    select distinct on (currency) currency, id from product.price_lists
    where status = 'active' and channel is null and customer_group is null and customer_id is null
      and (valid_from is null or valid_from <= ${now}) and (valid_to is null or valid_to > ${now})
    order by currency, priority desc, code
  `.execute(db);
  return {
    variants: new Map(variants.rows.map(({ place, ...variant }) => [named[Number(place) - 1]?.row ?? -1, variant])),
    barcodes: new Map(barcodes.rows.map(({ code, variant_id }) => [code, variant_id])),
    slugs: new Set(taken.rows.map(({ slug }) => slug)),
    lists: new Map(lists.rows.map(({ currency, id }) => [currency, id])),
  };
}
