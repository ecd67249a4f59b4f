import { brandedId } from '@ashlar/kernel';
import type { z } from 'zod';

export const CartId = brandedId('CartId');
export type CartId = z.output<typeof CartId>;
export const OrderId = brandedId('OrderId');
export type OrderId = z.output<typeof OrderId>;
export const FulfilmentId = brandedId('FulfilmentId');
export type FulfilmentId = z.output<typeof FulfilmentId>;
export const ReturnId = brandedId('ReturnId');
export type ReturnId = z.output<typeof ReturnId>;
export const PromotionId = brandedId('PromotionId');
export type PromotionId = z.output<typeof PromotionId>;
export const CouponId = brandedId('CouponId');
export const ShippingMethodId = brandedId('ShippingMethodId');
export type ShippingMethodId = z.output<typeof ShippingMethodId>;
export const ChangeId = brandedId('ChangeId');
export type ChangeId = z.output<typeof ChangeId>;
/** Of the catalogue, and the item's in the stock. */
export const VariantId = brandedId('VariantId');
export type VariantId = z.output<typeof VariantId>;
export const CustomerId = brandedId('CustomerId');
export type CustomerId = z.output<typeof CustomerId>;
/** Of billing: an invoice or a credit note. */
export const InvoiceId = brandedId('InvoiceId');
export type InvoiceId = z.output<typeof InvoiceId>;
export const PaymentId = brandedId('PaymentId');
/** Of the stock: a hold, a location, a posting. */
export const HoldId = brandedId('HoldId');
export const LocationId = brandedId('LocationId');
export const StockDocumentId = brandedId('StockDocumentId');
