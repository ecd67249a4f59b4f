import { Quantity } from '@ashlar/kernel/values';
import { z } from 'zod';
import { ItemId, LocationId, LotId } from '../domain/ids.ts';
import type { Grant } from '../domain/reserve-stock.ts';
import type { StockLevel } from '../domain/stock-level.ts';

/** What is held for a line at one place. */
export const HeldLine = z.object({
  line: z.int(),
  itemId: ItemId,
  locationId: LocationId,
  lotId: LotId.nullable(),
  quantity: Quantity,
  backordered: Quantity.describe('Of the quantity, what is promised and not there yet'),
});
export type HeldLine = z.output<typeof HeldLine>;

export function heldLine(grant: Grant, levels: ReadonlyMap<string, StockLevel>, uom: string): HeldLine {
  const level = levels.get(grant.levelId);
  if (level === undefined) throw new Error(`A grant from level ${grant.levelId}, which was not read`);
  const { itemId, locationId, lotId } = level;
  return {
    line: grant.lineNo,
    // Ids out of our own tables are what they were when they were made.
    ...({ itemId, locationId, lotId } as Pick<HeldLine, 'itemId' | 'locationId' | 'lotId'>),
    quantity: { micros: grant.quantity, uom },
    backordered: { micros: grant.backordered, uom },
  };
}
