import { type CommandContext, commonErrors, refuse, useCase } from '@ashlar/kernel';
import { microsText, parseMicros, UnitPrice, unitPriceText } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import { z } from 'zod';
import type { ProductTables } from '../adapters/tables.ts';
import { PriceListId, VariantId } from '../domain/ids.ts';
import { closeTiers, tiersOverlap } from '../domain/price-tiers.ts';
import { priceChanged } from '../domain/product-events.ts';
import { productErrors } from '../domain/product-errors.ts';

/** A quantity of the sales unit, which the price is of. */
const Amount = z.codec(
  z.string().regex(/^\d{1,12}(\.\d{1,6})?$/, 'Expected a quantity with at most six decimals'),
  z.bigint(),
  {
    decode: parseMicros,
    encode: microsText,
  },
);

export const setPrices = useCase('product.set-prices', {
  summary:
    'Sets what variants cost in a list; each variant named gets exactly the tiers named, none takes it off the list.',
  description:
    'A tier goes from `minQty` up to, and without, `maxQty`; where no tier of a variant says `maxQty`, each ends where the next begins.',
  input: z.object({
    listId: PriceListId,
    variants: z
      .array(
        z.object({
          variantId: VariantId,
          tiers: z
            .array(z.object({ minQty: Amount.default(0n), maxQty: Amount.optional(), unitPrice: UnitPrice }))
            .max(20),
        }),
      )
      .min(1)
      .max(1000),
  }),
  output: z.object({ listId: PriceListId, changed: z.int() }),
  errors: [productErrors.tierOverlap, productErrors.priceCurrencyMismatch, productErrors.negativePrice],
  permission: 'product.price',
  on: { http: 'PUT /price-lists/:listId/prices', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ listId, variants }, { db, emit, audit }: CommandContext<ProductTables>) => {
    const list = await db
      .selectFrom('product.price_lists')
      .select(['currency', 'status'])
      .where('id', '=', listId)
      .forUpdate()
      .executeTakeFirst();
    if (list === undefined) return refuse(commonErrors.notFound({ what: 'price list', id: listId }));
    const named = new Map(variants.map((one) => [one.variantId, one.tiers]));
    const rows = [];
    for (const [variantId, tiers] of named) {
      const wrong = tiers.find(({ unitPrice }) => unitPrice.currency !== list.currency);
      if (wrong !== undefined) {
        return refuse(productErrors.priceCurrencyMismatch({ list: list.currency, price: wrong.unitPrice.currency }));
      }
      if (tiers.some(({ unitPrice }) => unitPrice.minorMicros < 0n)) return refuse(productErrors.negativePrice());
      const opened = tiers.map(({ minQty, maxQty, unitPrice }) => ({
        minMicros: minQty,
        maxMicros: maxQty ?? null,
        unitPrice,
      }));
      const closed = opened.every(({ maxMicros }) => maxMicros === null) ? closeTiers(opened) : opened;
      if (tiersOverlap(closed)) return refuse(productErrors.tierOverlap());
      rows.push(
        ...closed.map(({ minMicros, maxMicros, unitPrice }) => ({
          variant_id: variantId,
          min_qty: microsText(minMicros),
          max_qty: maxMicros === null ? null : microsText(maxMicros),
          unit_price: unitPriceText(unitPrice),
        })),
      );
    }
    const given = JSON.stringify(rows);
    const ids = [...named.keys()];
    // What is not named any more goes first, and what grows comes last: no two tiers ever overlap in between.
    const gone = await sql<{ variant_id: VariantId }>`
      delete from product.prices p
      where p.list_id = ${listId} and p.variant_id = any (${ids}::uuid[]) and not exists (
        select from jsonb_to_recordset(${given}::jsonb) as g (variant_id uuid, min_qty numeric, max_qty numeric)
        where g.variant_id = p.variant_id and g.min_qty = p.min_qty and g.max_qty is not distinct from p.max_qty
      )
      returning p.variant_id
    `.execute(db);
    const set = await sql<{ variant_id: VariantId }>`
      insert into product.prices as p (list_id, variant_id, min_qty, max_qty, unit_price)
      select ${listId}::uuid, g.variant_id, g.min_qty, g.max_qty, g.unit_price
      from jsonb_to_recordset(${given}::jsonb) as g (variant_id uuid, min_qty numeric, max_qty numeric, unit_price numeric)
      on conflict (variant_id, list_id, min_qty) do update
        set unit_price = excluded.unit_price, updated_at = now(), updated_by = suites.actor_id()
        where p.unit_price <> excluded.unit_price
      returning p.variant_id
    `.execute(db);
    const changed = new Set([...gone.rows, ...set.rows].map((row) => row.variant_id));
    emit(
      ...[...changed].map((variantId) => {
        const prices = (named.get(variantId) ?? []).map(({ minQty, unitPrice }) => ({
          minQty: microsText(minQty),
          unitPrice,
        }));
        return priceChanged.of({ subject: variantId, data: { variantId, listId, prices } });
      }),
    );
    audit({ subject: listId, after: { changed: changed.size } });
    return { listId, changed: changed.size };
  },
});
