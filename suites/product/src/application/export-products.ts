import { type QueryContext, useCase } from '@ashlar/kernel';
import { type Currency, exponentOf } from '@ashlar/kernel/values';
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import type { ProductTables } from '../adapters/tables.ts';
import { shiftPoint } from '../domain/shift-point.ts';
import { VariantId } from '../domain/ids.ts';

interface ExportedVariant {
  readonly id: VariantId;
  readonly sku: string;
  readonly title: Readonly<Record<string, string>>;
  readonly brand: string | null;
  readonly tax_category: string | null;
  readonly base_uom: string;
  readonly barcode: string | null;
  /** Minor units by currency. */
  readonly prices: Readonly<Record<Currency, string>> | null;
}

export const exportProducts = useCase('product.export-products', {
  kind: 'query',
  summary: 'Variants that are not archived as rows of a table, page by page, in the columns an import reads.',
  description: [
    'The title is that of the product, the barcode the first one of a single piece, the price that of one piece in the',
    'default list of each currency. The first page tells all columns there are.',
  ].join(' '),
  input: z.object({ after: VariantId.optional(), limit: z.int().min(1).max(1000).default(1000) }),
  output: z.object({
    /** Of all pages; null but on the first. */
    columns: z.array(z.string()).nullable(),
    rows: z.array(z.record(z.string(), z.string())),
    next: VariantId.nullable(),
  }),
  errors: [],
  permission: 'product.read',
  on: { http: 'GET /products/export', graphql: 'query', grpc: true, mcp: true },
  run: async ({ after, limit }, { db, orgId, clock }: QueryContext<ProductTables>) => {
    const now = clock();
    const lists = await sql<{ id: string; currency: Currency }>`
      select distinct on (currency) currency, id from product.price_lists
      where status = 'active' and channel is null and customer_group is null and customer_id is null
        and (valid_from is null or valid_from <= ${now}) and (valid_to is null or valid_to > ${now})
      order by currency, priority desc, code
    `.execute(db);
    const { rows } = await sql<ExportedVariant>`
      select v.id, v.sku, p.title, p.brand, p.tax_category, p.base_uom,
        (select b.code from product.barcodes b
         where b.variant_id = v.id and b.pack_qty = 1 and b.uom = p.base_uom order by b.id limit 1) as barcode,
        (select jsonb_object_agg(l.currency, r.unit_price::text)
         from product.prices r join product.price_lists l on l.id = r.list_id
         where r.variant_id = v.id and r.min_qty = 0 and r.list_id = any (${lists.rows.map(({ id }) => id)}::uuid[])) as prices
      from product.variants v join product.products p on p.id = v.product_id
      where v.org_id = ${orgId}::uuid and v.status <> 'archived' and (${after ?? null}::uuid is null or v.id > ${after ?? null}::uuid)
      order by v.id
      limit ${limit + 1}
    `.execute(db);
    const page = rows.slice(0, limit);
    const currencies = lists.rows.map(({ currency }) => currency);
    return {
      columns: after === undefined ? await columnsOf(db, orgId, currencies) : null,
      rows: page.map(cellsOf),
      next: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
  },
});

function cellsOf(row: ExportedVariant): Record<string, string> {
  const cells: [string, string | null][] = [
    ['sku', row.sku],
    ...Object.entries(row.title).map(([locale, title]): [string, string] => [titleColumn(locale), title]),
    ['brand', row.brand],
    ['tax_category', row.tax_category],
    ['uom', row.base_uom],
    ['barcode', row.barcode],
    ...Object.entries(row.prices ?? {}).map(([currency, amount]): [string, string] => [
      priceColumn(currency),
      shiftPoint(amount, exponentOf(currency as Currency)),
    ]),
  ];
  return Object.fromEntries(cells.filter((cell): cell is [string, string] => cell[1] !== null));
}

async function columnsOf(db: Kysely<ProductTables>, orgId: string, currencies: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ locale: string }>`
    select distinct jsonb_object_keys(title) as locale from product.products
    where org_id = ${orgId}::uuid and status <> 'archived' order by 1 limit 100
  `.execute(db);
  const titles = rows.map(({ locale }) => titleColumn(locale));
  return ['sku', ...titles, 'brand', 'tax_category', 'uom', 'barcode', ...currencies.map(priceColumn)];
}

function titleColumn(locale: string): string {
  return `title.${locale.toLowerCase()}`;
}

function priceColumn(currency: string): string {
  return `price.${currency.toLowerCase()}`;
}
