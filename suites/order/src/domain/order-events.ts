import { eventType } from '@ashlar/kernel';
import { Money, Quantity } from '@ashlar/kernel/values';
import { z } from 'zod';
import { FulfilmentId, InvoiceId, LocationId, OrderId, PaymentId, ReturnId, VariantId } from './ids.ts';

const OfOrder = z.object({ orderId: OrderId, number: z.string() });
const Why = OfOrder.extend({ reason: z.string() });

/** How an order becomes money, as it was when it was placed. */
export const Policy = z.object({
  invoiceOn: z.enum(['place', 'capture', 'ship']),
  captureOn: z.enum(['place', 'ship']),
  whenShort: z.enum(['reject', 'partial', 'backorder']),
  provider: z.string(),
  paymentMinutes: z.int(),
  returnDays: z.int(),
});
export type Policy = z.output<typeof Policy>;

export const orderPlaced = eventType('order.order.placed', {
  summary: 'A cart has become an order.',
  data: OfOrder.extend({
    customerId: z.string().nullable(),
    channel: z.string(),
    tender: z.enum(['online', 'by_hand', 'on_account']),
    /** It waits for somebody before it goes on. */
    isHeld: z.boolean(),
    total: Money,
    policy: Policy,
    lines: z.array(z.object({ line: z.int(), variantId: VariantId, quantity: Quantity, isStocked: z.boolean() })),
  }),
});
export const orderConfirmed = eventType('order.order.confirmed', {
  summary: 'An order may be fulfilled.',
  data: OfOrder,
});
export const orderHeld = eventType('order.order.held', { summary: 'An order waits for somebody.', data: Why });
export const orderResumed = eventType('order.order.resumed', { summary: 'An order goes on.', data: OfOrder });
export const orderCancelRequested = eventType('order.order.cancel_requested', {
  summary: 'An order is to be cancelled; what was done for it is being undone.',
  data: Why,
});
export const orderCancelled = eventType('order.order.cancelled', {
  summary: 'An order is cancelled, and nothing of it is left to undo.',
  data: Why,
});
export const orderRejected = eventType('order.order.rejected', { summary: 'An order could not be had.', data: Why });
export const orderCompleted = eventType('order.order.completed', {
  summary: 'Nothing is left to do for an order.',
  data: OfOrder,
});

const OfFulfilment = OfOrder.extend({ fulfilmentId: FulfilmentId });
const FulfilledLines = z.array(z.object({ line: z.int(), variantId: VariantId, quantity: Quantity }));

export const fulfilmentCreated = eventType('order.fulfilment.created', {
  summary: 'Some of an order is to be picked.',
  data: OfFulfilment.extend({ lines: FulfilledLines }),
});
export const shipRequested = eventType('order.fulfilment.ship_requested', {
  summary: 'A parcel is ready to leave.',
  data: OfFulfilment.extend({ attempt: z.int(), locationId: LocationId.nullable(), lines: FulfilledLines }),
});
export const fulfilmentShipped = eventType('order.fulfilment.shipped', {
  summary: 'Goods have left for the customer.',
  data: OfFulfilment.extend({ lines: FulfilledLines }),
});
export const fulfilmentDelivered = eventType('order.fulfilment.delivered', {
  summary: 'Goods have arrived.',
  data: OfFulfilment,
});
export const fulfilmentFailed = eventType('order.fulfilment.failed', {
  summary: 'A parcel could not leave, or did not arrive.',
  data: OfFulfilment.extend({ reason: z.string() }),
});
export const fulfilmentCancelled = eventType('order.fulfilment.cancelled', {
  summary: 'A parcel is not sent; its goods are open again.',
  data: OfFulfilment,
});

const OfReturn = OfOrder.extend({ returnId: ReturnId });

export const returnReceived = eventType('order.return.received', {
  summary: 'Goods came back.',
  data: OfReturn,
});
export const returnInspected = eventType('order.return.inspected', {
  summary: 'Somebody has looked at what came back; it is credited, and what is good is stock again.',
  data: OfReturn.extend({
    reason: z.string(),
    /** What goes back on the shelf, at what it cost when it left. */
    restock: z.array(
      z.object({ line: z.int(), itemId: VariantId, locationId: LocationId, quantity: Quantity, cost: Money }),
    ),
    /** What of which invoice is taken back. */
    credits: z.array(
      z.object({ invoiceId: InvoiceId, lines: z.array(z.object({ line: z.int(), quantity: z.string() })) }),
    ),
    /** Payments that money can go back by, with what is left of each. */
    payments: z.array(z.object({ paymentId: PaymentId, left: Money })),
  }),
});
