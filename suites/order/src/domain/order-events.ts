import { eventType } from '@ashlar/kernel';
import { Money, Quantity } from '@ashlar/kernel/values';
import { z } from 'zod';
import { ChangeId, FulfilmentId, InvoiceId, LocationId, OrderId, PaymentId, ReturnId, VariantId } from './ids.ts';

const OfOrder = z.object({ orderId: OrderId, number: z.string() });
const Why = OfOrder.extend({ reason: z.string() });
/** The return whose goods it was to be exchanged for. */
const ofExchange = { exchangeOf: ReturnId.nullable() };

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
    /** The return whose goods it is exchanged for, and what of whose credit notes is set aside to pay it. */
    exchangeOf: ReturnId.nullable(),
    credits: z.array(z.object({ creditNoteId: InvoiceId, amount: z.string() })),
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
  data: Why.extend(ofExchange),
});
export const orderRejected = eventType('order.order.rejected', {
  summary: 'An order could not be had.',
  data: Why.extend(ofExchange),
});
const OfChange = OfOrder.extend({
  changeId: ChangeId,
  kind: z.enum(['edit', 'cancellation', 'short_pick']),
  reason: z.string(),
  added: z.array(
    z.object({
      line: z.int(),
      variantId: VariantId,
      quantity: z.object({ value: z.string(), uom: z.string() }),
      isStocked: z.boolean(),
    }),
  ),
  cancelled: z.array(z.object({ line: z.int(), quantity: z.string() })),
});
export const orderChangeAccepted = eventType('order.order.change_accepted', {
  summary: 'An order is to be changed; it is once stock, invoices and money are as that needs them.',
  data: OfChange.extend({
    /** It waits for the money it costs more. */
    isPaymentNeeded: z.boolean(),
    addedTotal: Money,
    cancelledTotal: Money,
  }),
});
export const orderChangeWithdrawn = eventType('order.order.change_withdrawn', {
  summary: 'A change that waited for its money was given up.',
  data: OfOrder.extend({ changeId: ChangeId }),
});
export const orderChanged = eventType('order.order.changed', {
  summary: 'An order is not what it was: something was added to it, or cancelled.',
  data: OfChange.extend({
    /** What it comes to more, and to now. */
    delta: Money,
    worth: Money,
  }),
});
export const orderCovered = eventType('order.order.covered', {
  summary: 'Goods an order waited for have come; told with what of each line is still to come.',
  data: OfOrder.extend({ promised: z.array(z.object({ line: z.int(), quantity: z.string() })) }),
});
export const orderCompleted = eventType('order.order.completed', {
  summary: 'Nothing is left to do for an order.',
  data: OfOrder.extend(ofExchange),
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
    outcome: z.enum(['refund', 'store_credit', 'exchange']),
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
