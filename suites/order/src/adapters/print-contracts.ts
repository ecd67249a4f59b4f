import { Quantity } from '@ashlar/kernel/values';
import { z } from 'zod';
import { HoldId, LocationId, StockDocumentId, VariantId } from '../domain/ids.ts';

// What the papers of this suite rely on of others, as far as they do.

const Words = z.record(z.string(), z.string());

export const Seller = z.object({
  name: Words,
  address: Words.optional(),
  taxNumber: z.string().optional(),
  phone: z.string().optional(),
  email: z.string().optional(),
});
export type Seller = z.output<typeof Seller>;

export const letterhead = {
  name: 'billing.letterhead',
  input: z.object({}),
  output: z.object({ seller: Seller, timeZone: z.string() }),
} as const;

const Goods = z.object({
  itemId: VariantId,
  warehouse: z.string(),
  locationId: LocationId,
  location: z.string(),
  locationName: Words,
  lot: z.object({ code: z.string(), expiresOn: z.string().nullable() }).nullable(),
  quantity: Quantity,
  serials: z.array(z.string()),
});

export const goodsOfHold = {
  name: 'inventory.goods-of-hold',
  input: z.object({ holdId: HoldId }),
  output: z.object({ goods: z.array(Goods.extend({ promised: Quantity })) }),
} as const;

export const goodsOfIssue = {
  name: 'inventory.goods-of-issue',
  input: z.object({ documentId: StockDocumentId }),
  output: z.object({ goods: z.array(Goods) }),
} as const;
