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
  on: { event: { type: 'product.variant.created', input: stockedVariant } },
  run: async ({ productId, variantId, sku, title, baseUom, tracking }, { db, audit }: InventoryContext) => {
    await lockProduct(db, productId);
    const gone = await db
      .selectFrom('inventory.archived_products')
      .select('product_id')
      .where('product_id', '=', productId)
      .executeTakeFirst();
    const policy = await db.selectFrom('inventory.policies').select('currency').executeTakeFirst();
    const row = {
      sku,
      title: JSON.stringify(title),
      base_uom: baseUom,
      whole_units: comesWhole(baseUom, tracking),
      tracking,
      currency: policy?.currency ?? 'USD',
      status: gone === undefined ? ('active' as const) : ('archived' as const),
    };
    await db
      .insertInto('inventory.items')
      .values({ id: variantId, product_id: productId, ...row })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ product_id: productId }))
      .execute();
    audit({ subject: variantId, after: row });
    return { id: variantId };
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
    await lockProduct(context.db, productId);
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

/** A variant that appears and a product that goes wait for each other; whoever comes second sees what the first did. */
async function lockProduct(db: InventoryDb, productId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`inventory/product/${productId}`}, 0))`.execute(db);
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
