import { type CommandContext, commonErrors, isRefused, refuse, useCase } from '@ashlar/kernel';
import { Currency } from '@ashlar/kernel/values';
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import { holdProduct, touchProduct } from '../adapters/products.ts';
import type { ProductTables } from '../adapters/tables.ts';
import { touched } from '@ashlar/kernel/touched';
import { ProductId } from '../domain/ids.ts';
import { productArchived, productPublished, productUnpublished } from '../domain/product-events.ts';
import { productErrors } from '../domain/product-errors.ts';
import { Name, nextStatuses, type ProductStatus } from '../domain/product.ts';
import { missingForPublishing } from '../domain/publishing.ts';

const Changed = z.object({ id: ProductId, status: z.enum(['draft', 'active', 'archived']), version: z.int() });

export const publishProduct = useCase('product.publish-product', {
  summary: 'Lets a product be sold in the channels named, once nothing is missing.',
  input: z.object({
    productId: ProductId,
    listings: z
      .array(z.object({ channel: Name, currency: Currency }))
      .min(1)
      .max(50),
  }),
  output: Changed,
  errors: [productErrors.notPublishable],
  permission: 'product.publish',
  on: { http: 'POST /products/:productId/publish', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ productId, listings }, { db, emit, audit, clock }: CommandContext<ProductTables>) => {
    const product = await holdProduct(db, productId);
    if (isRefused(product)) return product;
    const { id, status } = product;
    if (status === 'archived') return refuse(illegal(status, 'active'));
    const active = await db
      .selectFrom('product.variants')
      .select((eb) => eb.fn.countAll<bigint>().as('count'))
      .where('product_id', '=', id)
      .where('status', '=', 'active')
      .executeTakeFirstOrThrow();
    const channels = new Map(listings.map(({ channel, currency }) => [channel, currency]));
    const missing = missingForPublishing(
      {
        title: product.title,
        taxCategory: product.tax_category,
        activeVariants: Number(active.count),
        listedIn: [...channels.values()],
        pricedIn: await pricedIn(db, id, channels, clock()),
      },
      await defaultLocale(db),
    );
    if (missing.length > 0) return refuse(productErrors.notPublishable({ missing }));
    await db.deleteFrom('product.channel_listings').where('product_id', '=', id).execute();
    await db
      .insertInto('product.channel_listings')
      .values([...channels].map(([channel, currency]) => ({ product_id: id, channel, currency })))
      .execute();
    const version = await touchProduct(db, id, { status: 'active', published_at: product.published_at ?? clock() });
    emit(productPublished.of({ subject: id, data: { productId: id, channels: [...channels.keys()] } }));
    audit({ subject: id, before: { status }, after: { status: 'active', channels: [...channels.keys()] } });
    return { id, status: 'active' as const, version };
  },
});

export const unpublishProduct = useCase('product.unpublish-product', {
  summary: 'Makes a product a draft again.',
  input: z.object({ productId: ProductId }),
  output: Changed,
  errors: [],
  permission: 'product.publish',
  on: { http: 'POST /products/:productId/unpublish', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ productId }, { db, emit, audit }: CommandContext<ProductTables>) => {
    const product = await holdProduct(db, productId);
    if (isRefused(product)) return product;
    const { id, status } = product;
    if (status !== 'active') return refuse(illegal(status, 'draft'));
    await db.deleteFrom('product.channel_listings').where('product_id', '=', id).execute();
    const version = await touchProduct(db, id, { status: 'draft' });
    emit(productUnpublished.of({ subject: id, data: { productId: id } }));
    audit({ subject: id, before: { status }, after: { status: 'draft' } });
    return { id, status: 'draft' as const, version };
  },
});

export const archiveProduct = useCase('product.archive-product', {
  summary: 'Takes a product and its variants out of sale for good; its slugs and SKUs are free again.',
  input: z.object({ productId: ProductId }),
  output: Changed,
  errors: [],
  permission: 'product.publish',
  on: { http: 'POST /products/:productId/archive', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ productId }, { db, emit, audit }: CommandContext<ProductTables>) => {
    const product = await holdProduct(db, productId);
    if (isRefused(product)) return product;
    const { id, status } = product;
    if (status === 'archived') return refuse(illegal(status, 'archived'));
    await db.deleteFrom('product.channel_listings').where('product_id', '=', id).execute();
    await db
      .updateTable('product.variants')
      .set({ status: 'archived', ...touched })
      .where('product_id', '=', id)
      .where('status', '=', 'active')
      .execute();
    const version = await touchProduct(db, id, { status: 'archived' });
    emit(productArchived.of({ subject: id, data: { productId: id } }));
    audit({ subject: id, before: { status }, after: { status: 'archived' } });
    return { id, status: 'archived' as const, version };
  },
});

function illegal(from: ProductStatus, to: ProductStatus) {
  return commonErrors.illegalTransition({ from, to, allowed: nextStatuses[from] });
}

/** Currencies of listings in which every active variant has a price now, in a list anybody in that channel gets. */
async function pricedIn(
  db: Kysely<ProductTables>,
  productId: ProductId,
  channels: ReadonlyMap<string, string>,
  at: Date,
): Promise<string[]> {
  const wanted = [...channels].map(([channel, currency]) => ({ channel, currency }));
  const { rows } = await sql<{ currency: string }>`
    select w.currency
    from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as w (channel text, currency text)
    group by w.currency
    having bool_and(not exists (
      select from product.variants v
      where v.product_id = ${productId} and v.status = 'active' and not exists (
        select from product.prices p join product.price_lists l on l.id = p.list_id
        where p.variant_id = v.id and l.currency = w.currency and l.status = 'active'
          and l.customer_group is null and l.customer_id is null and (l.channel is null or l.channel = w.channel)
          and (l.valid_from is null or l.valid_from <= ${at}) and (l.valid_to is null or l.valid_to > ${at})
      )
    ))
  `.execute(db);
  return rows.map(({ currency }) => currency);
}

async function defaultLocale(db: Kysely<ProductTables>): Promise<string> {
  const row = await db.selectFrom('product.settings').select('default_locale').executeTakeFirst();
  return row?.default_locale ?? 'en';
}
