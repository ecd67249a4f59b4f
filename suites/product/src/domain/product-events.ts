import { eventType } from '@ashlar/kernel';
import { UnitPrice } from '@ashlar/kernel/values';
import { z } from 'zod';
import { BarcodeId, PriceListId, ProductId, VariantId } from './ids.ts';
import { ProductType, Tracking } from './product.ts';

const OfProduct = z.object({ productId: ProductId });

export const productUpdated = eventType('product.product.updated', {
  summary: 'Something about a product was changed.',
  data: OfProduct,
});
export const productPublished = eventType('product.product.published', {
  summary: 'A product may be sold in the channels named.',
  data: OfProduct.extend({ channels: z.array(z.string()) }),
});
export const productUnpublished = eventType('product.product.unpublished', {
  summary: 'A product is a draft again.',
  data: OfProduct,
});
export const productArchived = eventType('product.product.archived', {
  summary: 'A product is not sold any more; old documents keep what they know of it.',
  data: OfProduct,
});
export const variantCreated = eventType('product.variant.created', {
  summary: 'There is something new that can be stocked and sold.',
  data: OfProduct.extend({
    variantId: VariantId,
    sku: z.string(),
    title: z.record(z.string(), z.string()),
    type: ProductType,
    baseUom: z.string(),
    tracking: Tracking,
    manageInventory: z.boolean(),
  }),
});
export const variantArchived = eventType('product.variant.archived', {
  summary: 'A variant is not sold any more.',
  data: OfProduct.extend({ variantId: VariantId }),
});
export const priceChanged = eventType('product.price.changed', {
  summary: 'What a variant costs in a list is not what it was.',
  data: z.object({
    variantId: VariantId,
    listId: PriceListId,
    prices: z.array(z.object({ minQty: z.string(), unitPrice: UnitPrice })),
  }),
});
export const barcodeAdded = eventType('product.barcode.added', {
  summary: 'A code that can be scanned leads to a variant.',
  data: z.object({ barcodeId: BarcodeId, variantId: VariantId, code: z.string(), packQty: z.string() }),
});
