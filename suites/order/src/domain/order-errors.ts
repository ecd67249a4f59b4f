import { defineErrors, type ErrorFactory } from '@ashlar/kernel';
import { orderErrorsInArabic } from './order-errors-in-arabic.ts';

export type OrderError =
  | 'cartEmpty'
  | 'cartClosed'
  | 'cartExpired'
  | 'cartTooLarge'
  | 'lineUnknown'
  | 'variantInactive'
  | 'notSellable'
  | 'unitDiffers'
  | 'qtyStep'
  | 'priceChanged'
  | 'pricesMixed'
  | 'currencyDiffers'
  | 'taxUnresolved'
  | 'addressIncomplete'
  | 'alreadyPlaced'
  | 'hasShippedLines'
  | 'beingCancelled'
  | 'exceedsOpenQty'
  | 'exceedsInvoiceable'
  | 'notReserved'
  | 'unpaid'
  | 'wrongItem'
  | 'overPick'
  | 'shortPick'
  | 'exceedsFulfilled'
  | 'overReceived'
  | 'notInspected'
  | 'windowOver'
  | 'notRejectable'
  | 'placedAsIs'
  | 'notToPrint';

/** What this suite refuses beside what any use case may; rules the database holds have the same words. */
export const orderErrors: Readonly<Record<OrderError, ErrorFactory>> = defineErrors(
  'order',
  {
    cartEmpty: { kind: 'unprocessable', title: 'The cart has no line' },
    cartClosed: { kind: 'conflict', title: 'The cart is {status}', hint: 'Open another one' },
    cartExpired: { kind: 'conflict', title: 'The cart was good until {until}', hint: 'Open another one' },
    cartTooLarge: { kind: 'unprocessable', title: 'A cart has at most {most} lines' },
    lineUnknown: { kind: 'not_found', title: 'There is no line {line}' },
    variantInactive: { kind: 'conflict', title: 'Line {line}: this is not sold', hint: 'Remove the line' },
    notSellable: { kind: 'conflict', title: 'Line {line}: {sku} has no {what}' },
    unitDiffers: { kind: 'unprocessable', title: 'Line {line}: {sku} is sold by {uom}' },
    qtyStep: { kind: 'unprocessable', title: 'Line {line}: {sku} is sold from {least} on, in steps of {step}' },
    priceChanged: {
      kind: 'conflict',
      title: 'The total is {new}, not {old}',
      hint: 'Show it to the customer and place again with what it is now',
    },
    pricesMixed: { kind: 'conflict', title: 'Some prices are with tax and some without' },
    currencyDiffers: { kind: 'unprocessable', title: 'Orders are in {books}, the cart is in {cart}' },
    taxUnresolved: { kind: 'conflict', title: 'Line {line}: no tax is known for the category {category}' },
    addressIncomplete: { kind: 'unprocessable', title: 'Missing: {missing}' },
    alreadyPlaced: { kind: 'conflict', title: 'The cart was placed as order {number}' },
    hasShippedLines: {
      kind: 'conflict',
      title: 'Some of the order has been shipped or is about to be',
      hint: 'Cancel its fulfilments; what has left comes back by a return',
    },
    beingCancelled: { kind: 'conflict', title: 'The order is being cancelled' },
    exceedsOpenQty: { kind: 'conflict', title: 'Line {line}: {wanted} wanted, {open} open' },
    exceedsInvoiceable: {
      kind: 'conflict',
      title: 'More would be invoiced than was ordered, or cancelled than is not',
    },
    notReserved: { kind: 'conflict', title: 'Line {line}: {wanted} wanted, {reserved} reserved' },
    unpaid: { kind: 'conflict', title: 'The order is not paid' },
    wrongItem: { kind: 'unprocessable', title: '{sku} is none of this fulfilment' },
    overPick: { kind: 'unprocessable', title: '{sku}: {wanted} to pick, {picked} picked' },
    shortPick: {
      kind: 'conflict',
      title: 'Line {line}: {wanted} to pick, {picked} picked',
      hint: 'Pick the rest, or cancel the fulfilment and make one of what there is',
    },
    exceedsFulfilled: { kind: 'conflict', title: 'Line {line}: more is asked back than has left and not come back' },
    overReceived: { kind: 'unprocessable', title: 'Line {line}: {wanted} expected, {received} received' },
    notInspected: { kind: 'unprocessable', title: 'Line {line}: {received} received, {inspected} inspected' },
    windowOver: { kind: 'conflict', title: 'Goods of this order could come back until {until}' },
    notRejectable: { kind: 'conflict', title: 'Something of the order is done that has to be undone first' },
    placedAsIs: { kind: 'conflict', title: 'An order stays as it was placed' },
    notToPrint: { kind: 'conflict', title: 'Nothing is printed of what is {state}' },
  },
  { ar: orderErrorsInArabic },
);
