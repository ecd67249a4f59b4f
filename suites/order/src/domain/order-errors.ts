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
  | 'couponUnknown'
  | 'couponTries'
  | 'expired'
  | 'notEligible'
  | 'usageExhausted'
  | 'notStackable'
  | 'codeTaken'
  | 'promotionEnded'
  | 'comesByItself'
  | 'tooManyPromotions'
  | 'moneyMixed'
  | 'zoneUnserved'
  | 'shippingGone'
  | 'overLimit'
  | 'notChangeable'
  | 'nothingChanges'
  | 'nothingLeft'
  | 'changeExpired'
  | 'nothingShort'
  | 'customerMissing'
  | 'exchangeUnclear'
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
    notChangeable: {
      kind: 'conflict',
      title: 'The order is {status}: nothing of it can be changed',
      hint: 'What has left comes back by a return',
    },
    nothingChanges: { kind: 'unprocessable', title: 'The order would stay as it is' },
    nothingLeft: { kind: 'conflict', title: 'Nothing would be left of the order', hint: 'Cancel it instead' },
    changeExpired: { kind: 'conflict', title: 'The change was good until {until}', hint: 'Propose it again' },
    customerMissing: { kind: 'conflict', title: 'The order has no customer to keep a credit for', hint: 'Refund it' },
    exchangeUnclear: { kind: 'unprocessable', title: 'An exchange, and nothing else, names what the customer gets' },
    nothingShort: { kind: 'conflict', title: 'All of the parcel is picked', hint: 'Pack it' },
    placedAsIs: { kind: 'conflict', title: 'An order stays as it was placed' },
    couponUnknown: { kind: 'not_found', title: 'There is no coupon {code}' },
    couponTries: {
      kind: 'rate_limited',
      title: 'Too many coupons were tried that do not exist',
      hint: 'Try again in {seconds} seconds',
      retryable: true,
    },
    expired: { kind: 'conflict', title: 'The coupon {code} is not good at this time' },
    notEligible: { kind: 'conflict', title: 'The coupon {code} is not for this cart' },
    usageExhausted: { kind: 'conflict', title: 'The coupon {code} is used up' },
    notStackable: {
      kind: 'conflict',
      title: 'The coupon {code} is not good together with what the cart has',
      hint: 'Remove the other coupon; without one, something better applies already',
    },
    codeTaken: { kind: 'conflict', title: 'The code {code} is taken' },
    promotionEnded: { kind: 'conflict', title: 'The promotion has ended', hint: 'Create another one' },
    comesByItself: { kind: 'conflict', title: 'The promotion comes by itself and has no coupons' },
    tooManyPromotions: {
      kind: 'conflict',
      title: 'At most {most} promotions come by themselves at once',
      hint: 'End one of them',
    },
    moneyMixed: { kind: 'unprocessable', title: 'All amounts have to be in one currency' },
    zoneUnserved: {
      kind: 'conflict',
      title: 'The shipping method {code} does not serve this address',
      hint: 'Choose another one',
    },
    shippingGone: {
      kind: 'conflict',
      title: 'The shipping method {code} is not offered for this cart',
      hint: 'Choose another one',
    },
    overLimit: { kind: 'forbidden', title: '{amount} is over the limit of {limit}; somebody else has to approve' },
    notToPrint: { kind: 'conflict', title: 'Nothing is printed of what is {state}' },
  },
  { ar: orderErrorsInArabic },
);
