import { type CommandContext, isRefused, refuse, useCase } from '@ashlar/kernel';
import { code } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import { z } from 'zod';
import { holdProduct, touchProduct } from '../adapters/products.ts';
import type { ProductTables } from '../adapters/tables.ts';
import { touched } from '@ashlar/kernel/touched';
import { OptionId, OptionValueId, ProductId, VariantId } from '../domain/ids.ts';
import {
  changeOfMatrix,
  combinationCount,
  hasDuplicates,
  keyOf,
  MOST_COMBINATIONS,
  variantTitle,
} from '../domain/option-matrix.ts';
import { productUpdated, variantArchived, variantCreated } from '../domain/product-events.ts';
import { productErrors } from '../domain/product-errors.ts';
import { Title } from '../domain/product.ts';
import { searchText } from '../domain/search-text.ts';

const Choices = z.record(z.string(), z.string());
const Variant = z.object({ id: VariantId, sku: z.string(), choices: Choices });

export const generateVariants = useCase('product.generate-variants', {
  summary: 'Gives a product its options, and a variant for each combination; what no longer fits is archived.',
  description: 'A dry run tells what would be created, kept and removed, and changes nothing.',
  input: z.object({
    productId: ProductId,
    skuPrefix: code(40),
    options: z
      .array(
        z.object({
          code: code(50),
          title: Title,
          values: z
            .array(z.object({ code: code(50), title: Title }))
            .min(1)
            .max(MOST_COMBINATIONS),
        }),
      )
      .min(1)
      .max(10),
  }),
  output: z.object({
    id: ProductId,
    version: z.int(),
    created: z.array(Variant),
    kept: z.array(Variant),
    removed: z.array(Variant),
  }),
  errors: [
    productErrors.matrixTooLarge,
    productErrors.duplicateOption,
    productErrors.skuTaken,
    productErrors.choicesIncomplete,
  ],
  permission: 'product.edit',
  on: { http: 'POST /products/:productId/variants', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ productId, skuPrefix, options }, { db, emit, audit, newId }: CommandContext<ProductTables>) => {
    if (hasDuplicates(options)) return refuse(productErrors.duplicateOption());
    const count = combinationCount(options);
    if (count > MOST_COMBINATIONS) return refuse(productErrors.matrixTooLarge({ count, limit: MOST_COMBINATIONS }));
    const product = await holdProduct(db, productId);
    if (isRefused(product)) return product;
    const existing = await db
      .selectFrom('product.variants')
      .select(['id', 'sku', 'choices', 'version'])
      .where('product_id', '=', productId)
      .where('status', '=', 'active')
      .execute();
    const change = changeOfMatrix(
      existing.map(({ choices }) => choices),
      options,
    );
    const removedKeys = new Set(change.removed.map(keyOf));
    const removed = existing.filter(({ choices }) => removedKeys.has(keyOf(choices)));
    const kept = existing.filter(({ choices }) => !removedKeys.has(keyOf(choices)));
    if (removed.length > 0) {
      const ids = removed.map(({ id }) => id);
      await db
        .updateTable('product.variants')
        .set({ status: 'archived', ...touched })
        .where('id', 'in', ids)
        .execute();
    }
    await db.deleteFrom('product.options').where('product_id', '=', productId).execute();
    const named = options.map((option, position) => ({ id: newId(OptionId), position, ...option }));
    await db
      .insertInto('product.options')
      .values(
        named.map(({ id, position, ...one }) => ({
          id,
          product_id: productId,
          code: one.code,
          title: JSON.stringify(one.title),
          position,
        })),
      )
      .execute();
    const values = named.flatMap(({ id, values: ofOption }) =>
      ofOption.map((value, position) => ({
        id: newId(OptionValueId),
        option_id: id,
        code: value.code,
        title: JSON.stringify(value.title),
        position,
      })),
    );
    await db.insertInto('product.option_values').values(values).execute();
    const created = change.created.map((choices) => ({
      id: newId(VariantId),
      sku: [skuPrefix, ...options.map((option) => choices[option.code] ?? '')].join('-'),
      choices,
      title: variantTitle(product.title, options, choices),
    }));
    if (created.length > 0) {
      const rows = created.map((one) => ({ ...one, search_text: searchText({ ...one, brand: product.brand }) }));
      await sql`
        insert into product.variants (id, product_id, sku, choices, title, search_text)
        select n.id, ${productId}::uuid, n.sku, n.choices, n.title, n.search_text
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n (id uuid, sku text, choices jsonb, title jsonb, search_text text)
      `.execute(db);
    }
    const version = await touchProduct(db, productId);
    const { type, tracking, base_uom: baseUom } = product;
    emit(
      ...created.map(({ id, sku, title }) =>
        variantCreated.of({
          subject: id,
          data: { productId, variantId: id, sku, title, type, baseUom, tracking, manageInventory: true },
        }),
      ),
      ...removed.map((one) => variantArchived.of({ subject: one.id, data: { productId, variantId: one.id } })),
      productUpdated.of({ subject: productId, data: { productId } }),
    );
    audit({ subject: productId, after: { created: created.length, removed: removed.length } });
    return { id: productId, version, created: created.map(shown), kept: kept.map(shown), removed: removed.map(shown) };
  },
});

function shown({ id, sku, choices }: z.output<typeof Variant>): z.output<typeof Variant> {
  return { id, sku, choices };
}
