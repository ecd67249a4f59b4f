import { brandedId } from '@ashlar/kernel';
import type { z } from 'zod';

export const ProductId = brandedId('ProductId');
export type ProductId = z.output<typeof ProductId>;
export const VariantId = brandedId('VariantId');
export type VariantId = z.output<typeof VariantId>;
export const CategoryId = brandedId('CategoryId');
export type CategoryId = z.output<typeof CategoryId>;
export const OptionId = brandedId('OptionId');
export const OptionValueId = brandedId('OptionValueId');
export const BarcodeId = brandedId('BarcodeId');
export const PriceListId = brandedId('PriceListId');
export type PriceListId = z.output<typeof PriceListId>;
export const CustomerId = brandedId('CustomerId');
export const ImportId = brandedId('ImportId');
