import { type DomainEvent, useCase } from '@ashlar/kernel';
import { touched } from '@ashlar/kernel/touched';
import { commonUnits, UnitCode } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import { z } from 'zod';
import type { InventoryDb } from '../adapters/tables.ts';
import { ItemId } from '../domain/ids.ts';
import { inventoryErrors } from '../domain/inventory-errors.ts';
import type { InventoryContext } from './posting.ts';

const ProductRef = z.uuid();

/** What this suite reads of `product.variant.created`; the event tells more. */
const CreatedVariant = z.object({
  productId: ProductRef,
  variantId: ItemId,
  sku: z.string(),
  title: z.record(z.string(), z.string()),
  type: z.string(),
  baseUom: UnitCode,
  tracking: z.enum(['none', 'lot', 'serial']),
  manageInventory: z.boolean(),
});

const input = CreatedVariant.omit({ type: true, manageInventory: true }).strict();

export const followVariant = useCase('inventory.follow-variant', {
  summary: 'Keeps stock of a variant the catalogue has brought out.',
  description: 'An item that is tracked already stays as it is; whoever tracked it knew more of it.',
  input,
  output: z.object({ id: ItemId }),
  errors: [inventoryErrors.codeTaken],
  permission: 'inventory.manage',
  // A table of products that is imported brings out a thousand at once.
  on: { event: { type: 'product.variant.created', input: stockedVariant, batch: 500 } },
  run: async (variant, context: InventoryContext) => {
    const [item] = await follow([variant], context);
    context.audit({ subject: variant.variantId, after: item });
    return { id: variant.variantId };
  },
  runMany: async (variants, context) => {
    await follow(variants, context);
    context.audit({ after: { items: variants.map(({ variantId }) => variantId) } });
  },
});

export const archiveItem = useCase('inventory.archive-item', {
  summary: 'Begins nothing new with an item; what is there may leave.',
  input: z.strictObject({ itemId: ItemId }),
  output: z.object({ archived: z.int() }),
  errors: [],
  permission: 'inventory.manage',
  on: {
    event: { type: 'product.variant.archived', input: ({ data }) => ({ itemId: String(data['variantId']) }) },
    http: 'POST /items/:itemId/archive',
    graphql: 'mutation',
    grpc: true,
    mcp: true,
  },
  run: async ({ itemId }, context: InventoryContext) => {
    const archived = await archive(context, 'id', itemId);
    context.audit({ subject: itemId, after: { status: 'archived' } });
    return { archived };
  },
});

export const archiveItemsOfProduct = useCase('inventory.archive-items-of-product', {
  summary: 'Begins nothing new with the variants of a product that is not sold any more.',
  input: z.strictObject({ productId: ProductRef }),
  output: z.object({ archived: z.int() }),
  errors: [],
  permission: 'inventory.manage',
  on: {
    event: { type: 'product.product.archived', input: ({ data }) => ({ productId: String(data['productId']) }) },
  },
  run: async ({ productId }, context: InventoryContext) => {
    await lockProducts(context.db, [productId]);
    await context.db
      .insertInto('inventory.archived_products')
      .values({ product_id: productId })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const archived = await archive(context, 'product_id', productId);
    context.audit({ subject: productId, after: { archived } });
    return { archived };
  },
});

/** Services, downloads and gift cards are not stocked, and of a bundle its parts are. */
function stockedVariant({ data }: DomainEvent): z.input<typeof input> | null {
  const { type, manageInventory, ...variant } = CreatedVariant.parse(data);
  return type === 'goods' && manageInventory ? variant : null;
}

/** Serials and what is counted in pieces cannot be halved. A unit nobody knows is measured. */
function comesWhole(baseUom: string, tracking: 'none' | 'lot' | 'serial'): boolean {
  return tracking === 'serial' || (commonUnits.find(({ code }) => code === baseUom)?.integerOnly ?? false);
}

/** @returns What the items are, unless they were there already. */
async function follow(variants: readonly z.output<typeof input>[], { db }: InventoryContext) {
  const productIds = [...new Set(variants.map(({ productId }) => productId))];
  await lockProducts(db, productIds);
  const archived = await db
    .selectFrom('inventory.archived_products')
    .select('product_id')
    .where('product_id', '=', sql<string>`any (${productIds}::uuid[])`)
    .execute();
  const gone = new Set(archived.map(({ product_id }) => product_id));
  const policy = await db.selectFrom('inventory.policies').select('currency').executeTakeFirst();
  const items = variants.map(({ productId, sku, title, baseUom, tracking }) => ({
    sku,
    title,
    base_uom: baseUom,
    whole_units: comesWhole(baseUom, tracking),
    tracking,
    currency: policy?.currency ?? 'USD',
    status: gone.has(productId) ? ('archived' as const) : ('active' as const),
  }));
  const rows = items.map((item, index) => ({
    ...item,
    id: variants[index]?.variantId,
    product_id: variants[index]?.productId,
  }));
  await sql`
    insert into inventory.items (id, product_id, sku, title, base_uom, whole_units, tracking, currency, status)
    select n.id, n.product_id, n.sku, n.title, n.base_uom, n.whole_units, n.tracking, n.currency, n.status
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n (
      id uuid, product_id uuid, sku text, title jsonb, base_uom text, whole_units boolean, tracking text, currency text,
      status text
    )
    on conflict (id) do update set product_id = excluded.product_id
  `.execute(db);
  return items;
}

/**
 * A variant that appears and a product that goes wait for each other; whoever comes second sees what the first did.
 * Locked in one order, so that two who follow many do not wait for each other in a circle.
 */
async function lockProducts(db: InventoryDb, productIds: readonly string[]): Promise<void> {
  await sql`
    select pg_advisory_xact_lock(n.key)
    from (
      select distinct hashtextextended('inventory/product/' || p.id, 0) as key from unnest(${productIds}::text[]) p(id)
      order by key
    ) n
  `.execute(db);
}

async function archive({ db }: InventoryContext, column: 'id' | 'product_id', value: string): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('inventory.items')
    .set({ status: 'archived', ...touched })
    .where(column, '=', value)
    .where('status', '=', 'active')
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}
