import { type CommandContext, useCase } from '@ashlar/kernel';
import { z } from 'zod';
import type { ProductTables } from '../adapters/tables.ts';
import { VariantId } from '../domain/ids.ts';

/** Types of inventory's facts, each with the lines of what moved. */
export const stockMovements: readonly string[] = [
  'inventory.stock.received',
  'inventory.stock.issued',
  'inventory.stock.adjusted',
];

/** What of such a fact matters here: other members of it are none of our business. */
const Movement = z.looseObject({ lines: z.array(z.looseObject({ itemId: VariantId })) });

/** The variants a movement names; null when it is no movement we can read. */
export function movedVariants(data: unknown): { variantIds: string[] } | null {
  const parsed = Movement.safeParse(data);
  if (!parsed.success || parsed.data.lines.length === 0) return null;
  return { variantIds: [...new Set(parsed.data.lines.map(({ itemId }) => String(itemId)))] };
}

export const noteStockMoved = useCase('product.note-stock-moved', {
  summary: 'Fixes type, base unit and tracking of products whose stock has moved.',
  input: z.object({ variantIds: z.array(VariantId).min(1).max(1000) }),
  output: z.object({ fixed: z.int() }),
  errors: [],
  permission: 'product.edit',
  on: {},
  run: async ({ variantIds }, { db, clock, audit }: CommandContext<ProductTables>) => {
    const fixed = await db
      .updateTable('product.products')
      .set({ stocked_at: clock() })
      .where('stocked_at', 'is', null)
      .where('id', 'in', (eb) => eb.selectFrom('product.variants').select('product_id').where('id', 'in', variantIds))
      .returning('id')
      .execute();
    audit({ after: { fixed: fixed.length } });
    return { fixed: fixed.length };
  },
});
