import { type QueryContext, useCase } from '@ashlar/kernel';
import { Currency, foldForSearch, parseMicros, Quantity, UnitPrice, unitPrice } from '@ashlar/kernel/values';
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import { bundleParts } from '../adapters/bundle-parts.ts';
import type { ProductTables } from '../adapters/tables.ts';
import { bundleAvailability } from '../domain/bundle-availability.ts';
import { CategoryId, ProductId, VariantId } from '../domain/ids.ts';
import { ProductStatus, VariantStatus } from '../domain/product.ts';

const ListedVariant = z.object({
  id: VariantId,
  productId: ProductId,
  sku: z.string(),
  title: z.record(z.string(), z.string()),
  status: VariantStatus,
  productStatus: ProductStatus,
  /** From the first piece on, in the default list of the currency asked for; null where there is none. */
  price: UnitPrice.nullable(),
  /** What a newcomer may have, all places together; of a bundle, how many there could be. Null: it is not counted. */
  available: Quantity.nullable(),
});

export const listVariants = useCase('product.list-variants', {
  kind: 'query',
  summary:
    'A page of the catalogue, with what one piece costs and how much there is; in the order things were added, or by likeness to a search.',
  description: [
    'Searching forgives typing errors, accents, vowel signs and the spellings of alef, ya and ta marbuta. How much there',
    'is follows the stock by a moment; a promise is made by reserving.',
  ].join(' '),
  input: z.object({
    search: z.string().max(200).optional(),
    categoryId: CategoryId.optional(),
    status: VariantStatus.default('active'),
    productStatus: ProductStatus.optional(),
    currency: Currency.optional(),
    /** The last id of the page before; a search has one page. */
    after: VariantId.optional(),
    limit: z.int().min(1).max(200).default(50),
  }),
  output: z.object({ variants: z.array(ListedVariant), next: VariantId.nullable() }),
  errors: [],
  permission: 'product.read',
  on: { http: 'GET /variants', graphql: 'query', grpc: true, mcp: true },
  run: async (
    { search, categoryId, status, productStatus, currency, after, limit },
    context: QueryContext<ProductTables>,
  ) => {
    const { db, clock } = context;
    const folded = search === undefined ? '' : foldForSearch(search);
    const found = folded === '' ? undefined : await matching(db, folded, status);
    let query = db
      .selectFrom('product.variants as v')
      .innerJoin('product.products as p', 'p.id', 'v.product_id')
      .select([
        'v.id',
        'v.product_id',
        'v.sku',
        'v.title',
        'v.status',
        'p.status as product_status',
        'p.type',
        'p.base_uom',
      ])
      .select(
        sql<
          string | null
        >`(select sum(s.available) filter (where s.pickable)::text from product.stock s where s.variant_id = v.id)`.as(
          'available',
        ),
      )
      .select(priceNow(currency ?? '', clock()).as('price'))
      .where('v.org_id', '=', context.orgId)
      .where('v.status', '=', status);
    if (productStatus !== undefined) query = query.where('p.status', '=', productStatus);
    if (categoryId !== undefined) {
      query = query.where('v.product_id', 'in', (eb) =>
        eb
          .selectFrom('product.product_categories as pc')
          .innerJoin('product.categories as c', 'c.id', 'pc.category_id')
          .select('pc.product_id')
          .where(sql<boolean>`${categoryId}::uuid = any (c.path)`),
      );
    }
    if (found !== undefined) query = query.where('v.id', 'in', sql<VariantId>`(select unnest(${found}::uuid[]))`);
    if (after !== undefined) query = query.where('v.id', '>', after);
    const ordered =
      found === undefined ? query.orderBy('v.id') : query.orderBy(sql`array_position(${found}::uuid[], v.id)`);
    const rows = await ordered.limit(limit + 1).execute();
    const page = rows.slice(0, limit);
    const parts = await bundleParts(
      db,
      page.filter(({ type }) => type === 'bundle').map(({ id }) => id),
    );
    const availableOf = ({ id, type, available }: (typeof page)[number]): bigint | null => {
      if (type === 'bundle') return bundleAvailability(parts.get(id) ?? []);
      return available === null ? null : parseMicros(available);
    };
    const quantityOf = (row: (typeof page)[number]): Quantity | null => {
      const micros = availableOf(row);
      if (micros === null) return null;
      return { micros: row.type === 'bundle' ? micros * 1_000_000n : micros, uom: row.base_uom };
    };
    return {
      variants: page.map((row) => ({
        id: row.id,
        productId: row.product_id,
        sku: row.sku,
        title: row.title,
        status: row.status,
        productStatus: row.product_status,
        available: quantityOf(row),
        price: currency === undefined || row.price === null ? null : unitPrice(row.price, currency),
      })),
      next: found === undefined && rows.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
  },
});

/** Ids of what is most like the search, best first. */
async function matching(db: Kysely<ProductTables>, folded: string, status: string): Promise<VariantId[]> {
  const { rows } = await sql<{ id: VariantId }>`
    select id from product.matching_variants(${folded}, ${status}, 200)
  `.execute(db);
  return rows.map(({ id }) => id);
}

/** Of the default lists that hold now: the higher priority, the highest tier one piece reaches, the lowest price. */
function priceNow(currency: string, at: Date) {
  return sql<string | null>`(
    select r.unit_price
    from product.prices r join product.price_lists l on l.id = r.list_id
    where r.variant_id = v.id and l.currency = ${currency} and l.status = 'active'
      and l.channel is null and l.customer_group is null and l.customer_id is null
      and (l.valid_from is null or l.valid_from <= ${at}) and (l.valid_to is null or l.valid_to > ${at})
      and r.min_qty <= 1 and (r.max_qty is null or r.max_qty > 1)
    order by l.priority desc, r.min_qty desc, r.unit_price, l.id
    limit 1
  )`;
}
