import { code, localizedText, PositiveQuantity, text } from '@ashlar/kernel/values';
import { z } from 'zod';
import { ItemId, LocationId, LotId } from '../domain/ids.ts';

/** A command has at most so many lines; a longer document is several. */
export const MAX_LINES = 1000;

export const SourceInput = z
  .strictObject({ type: text({ max: 100 }), id: text({ max: 200 }) })
  .describe('For whom or because of what: order, and its id');

export const Sku = code(100);
export const PlaceCode = code(50);
export const SerialCode = code(100);
export const LotCode = text({ max: 100 });
export const Name = localizedText({ max: 200 });

/** So much of an item at a place. */
export const PlaceLine = z.strictObject({
  itemId: ItemId,
  locationId: LocationId,
  lotId: LotId.optional(),
  quantity: PositiveQuantity,
  serials: z.array(SerialCode).max(1000).optional().describe('Codes, one for each piece of an item kept by serial'),
});
export type PlaceLine = z.output<typeof PlaceLine>;

export const Reason = text({ max: 500 });
export const ExpectedVersion = z.int().optional().describe('Refused when somebody has changed it since this version');
