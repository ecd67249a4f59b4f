import { type CommandContext, type DomainEvent, useCase } from '@ashlar/kernel';
import { microsText, Quantity } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import { z } from 'zod';
import type { ProductTables } from '../adapters/tables.ts';
import { VariantId } from '../domain/ids.ts';

const input = z.object({ variantId: VariantId, locationId: z.uuid(), available: Quantity, pickable: z.boolean() });

/** What of the stock's fact matters here; other members of it are none of our business. */
const LevelChanged = z.looseObject({
  itemId: z.string(),
  locationId: z.string(),
  available: z.looseObject({ value: z.string(), uom: z.string() }),
  pickable: z.boolean(),
});

export const noteStockLevel = useCase('product.note-stock-level', {
  summary: 'Remembers how much of a variant a newcomer may have at a place, for lists of the catalogue.',
  input,
  output: z.object({ known: z.boolean() }),
  errors: [],
  permission: 'product.edit',
  on: { event: { type: 'inventory.stock.level_changed', input: levelOf } },
  run: async ({ variantId, locationId, available, pickable }, { db, clock }: CommandContext<ProductTables>) => {
    // Stock is also kept of what the catalogue does not know.
    const { rows } = await sql`
      insert into product.stock as s (variant_id, location_id, available, pickable, at)
      select v.id, ${locationId}::uuid, ${microsText(available.micros)}::numeric, ${pickable}::boolean, ${clock()}::timestamptz
      from product.variants v where v.id = ${variantId}::uuid
      on conflict (variant_id, location_id) do update
        set available = excluded.available, pickable = excluded.pickable, at = excluded.at
      returning true
    `.execute(db);
    return { known: rows.length > 0 };
  },
});

function levelOf({ data }: DomainEvent): z.input<typeof input> | null {
  const parsed = LevelChanged.safeParse(data);
  if (!parsed.success) return null;
  const { itemId: variantId, locationId, available, pickable } = parsed.data;
  return { variantId, locationId, available: { value: available.value, uom: available.uom }, pickable };
}
