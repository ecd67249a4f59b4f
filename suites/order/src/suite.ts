import { commonErrors, defineSuite, type Suite } from '@ashlar/kernel';
import { alarmOfDrifts } from '@ashlar/kernel/reconciliation';
import { applyCoupon, removeCoupon } from './application/cart-coupons.ts';
import { addLine, discardCart, openCart, removeLine, setAddress, updateLine } from './application/carts.ts';
import { checkOrderToCash } from './application/check-order-to-cash.ts';
import { checkOrders } from './application/check-orders.ts';
import { addCoupons, listCoupons, withdrawCoupon } from './application/coupons.ts';
import { endOrder, noteReservation } from './application/end-order.ts';
import { cancelFulfilment, createFulfilment, pack, pick, requestShip } from './application/fulfil.ts';
import { inspectReturn } from './application/inspect-return.ts';
import { invoiceOfOrder } from './application/invoice-of-order.ts';
import { cancelOrder, completeOrder, confirmOrder, holdOrder, resumeOrder } from './application/move-order.ts';
import {
  documentEvents,
  documentOf,
  noteDocument,
  notePayment,
  paymentEvents,
  paymentOf,
} from './application/note-facts.ts';
import { orderToCash } from './application/order-to-cash/order-to-cash.ts';
import { acceptChange, withdrawChange } from './application/changes/accept-change.ts';
import { admitChange, applyChange, creditsOfChange, rejectChange } from './application/changes/apply-change.ts';
import { noteCovered } from './application/changes/note-covered.ts';
import { packShort } from './application/changes/pack-short.ts';
import { proposeChange } from './application/changes/propose-change.ts';
import { placeExchange } from './application/place-exchange.ts';
import { placeOrder } from './application/place-order.ts';
import { getPolicy, setPolicy } from './application/policy.ts';
import { printedConfirmation } from './application/print-order.ts';
import { packingSlip, pickList } from './application/print-parcel.ts';
import { returnSlip } from './application/print-return.ts';
import { changePromotion, createPromotion, endPromotion, listPromotions } from './application/promotions.ts';
import { getCart } from './application/read-cart.ts';
import { getOrder, listOrders } from './application/read-orders.ts';
import { returnToRefund } from './application/return-to-refund.ts';
import { approveReturn, closeReturn, receiveReturn, rejectReturn, requestReturn } from './application/returns.ts';
import { setDiscount } from './application/set-discount.ts';
import {
  addShippingMethod,
  changeShippingMethod,
  listShippingMethods,
  setShippingMethod,
} from './application/shipping-methods.ts';
import { failDelivery, markDelivered, markShipped, returnToPacked } from './application/ship.ts';
import { orderErrors } from './domain/order-errors.ts';
import * as events from './domain/order-events.ts';
import { documents } from './print/documents.ts';

/** Carts and orders, and what becomes of them: parcels, returns, and the money both are worth. */
export const order: Suite = defineSuite({
  name: 'order',
  title: { en: 'Orders', ar: 'الطلبات' },
  // ORDER is a word of SQL: everybody who writes some would have to quote it.
  schema: 'orders',
  migrations: new URL('../migrations/', import.meta.url),
  useCases: [
    setPolicy,
    getPolicy,
    openCart,
    addLine,
    updateLine,
    removeLine,
    setAddress,
    applyCoupon,
    removeCoupon,
    setDiscount,
    setShippingMethod,
    discardCart,
    getCart,
    placeOrder,
    listOrders,
    getOrder,
    confirmOrder,
    holdOrder,
    resumeOrder,
    cancelOrder,
    completeOrder,
    endOrder,
    noteReservation,
    noteDocument,
    notePayment,
    invoiceOfOrder,
    proposeChange,
    acceptChange,
    withdrawChange,
    admitChange,
    creditsOfChange,
    applyChange,
    rejectChange,
    noteCovered,
    createFulfilment,
    pick,
    pack,
    packShort,
    requestShip,
    cancelFulfilment,
    markShipped,
    returnToPacked,
    failDelivery,
    markDelivered,
    requestReturn,
    approveReturn,
    rejectReturn,
    receiveReturn,
    inspectReturn,
    placeExchange,
    closeReturn,
    checkOrders,
    createPromotion,
    changePromotion,
    endPromotion,
    listPromotions,
    addCoupons,
    withdrawCoupon,
    listCoupons,
    addShippingMethod,
    changeShippingMethod,
    listShippingMethods,
    printedConfirmation,
    pickList,
    packingSlip,
    returnSlip,
    checkOrderToCash,
  ],
  events: Object.values(events).filter((one) => 'of' in one),
  permissions: {
    'order.read': 'See orders, parcels and returns',
    'order.place': 'Fill carts and place orders',
    'order.discount': 'Take something off by hand, up to the limit',
    'order.discount-over-limit': 'Take off more than the limit',
    'order.promote': 'Say which promotions and coupons there are',
    'order.confirm': 'Let orders be fulfilled, and complete them',
    'order.hold': 'Let orders wait and go on',
    'order.cancel': 'Cancel orders',
    'order.change': 'Change placed orders',
    'order.fulfil': 'Pick and pack',
    'order.ship': 'Send parcels, and tell what became of them',
    'order.return': 'Ask that goods come back',
    'order.handle-returns': 'Decide about returns, receive and inspect them',
    'order.process': 'Take down what stock and billing did for orders',
    'order.audit': 'Reckon orders anew',
    'order.manage': 'Say how orders become money',
  },
  roles: [
    {
      key: 'order-sales',
      name: { en: 'Sales', ar: 'المبيعات' },
      permissions: [
        'order.read',
        'order.place',
        'order.discount',
        'order.change',
        'order.return',
        'product.read',
        'inventory.read',
        'billing.read',
      ],
    },
    {
      key: 'order-sales-manager',
      name: { en: 'Sales manager', ar: 'مدير المبيعات' },
      permissions: [
        'order.read',
        'order.place',
        'order.discount',
        'order.discount-over-limit',
        'order.promote',
        'order.change',
        'order.confirm',
        'order.hold',
        'order.cancel',
        'order.return',
        'order.manage',
        'product.read',
        'inventory.read',
        'billing.read',
      ],
    },
    {
      key: 'order-packer',
      name: { en: 'Packer', ar: 'مجهز الطلبات' },
      permissions: ['order.read', 'order.fulfil', 'inventory.read'],
    },
    {
      key: 'order-shipping',
      name: { en: 'Shipping', ar: 'الشحن' },
      permissions: ['order.read', 'order.ship', 'inventory.read'],
    },
    {
      key: 'order-support',
      name: { en: 'Support', ar: 'خدمة العملاء' },
      permissions: ['order.read', 'order.return', 'order.handle-returns', 'inventory.read'],
    },
    {
      key: 'order-accountant',
      name: { en: 'Orders accountant', ar: 'محاسب الطلبات' },
      permissions: ['order.read', 'order.hold', 'order.audit', 'billing.read', 'inventory.read'],
    },
  ],
  documents,
  // Whoever invoiced or took money, by the process below or by hand: the order hears of it, each fact once.
  subscriptions: [
    { consumer: 'order.documents', types: documentEvents, useCase: noteDocument, input: documentOf },
    { consumer: 'order.payments', types: paymentEvents, useCase: notePayment, input: paymentOf },
  ],
  sagas: [orderToCash, returnToRefund],
  schedules: [
    {
      name: 'order.nightly-check',
      cron: '0 3 * * *',
      useCase: checkOrders,
      input: {},
      alarm: alarmOfDrifts,
    },
    // After each suite has checked itself.
    {
      name: 'order.nightly-reckoning',
      cron: '30 3 * * *',
      useCase: checkOrderToCash,
      input: {},
      alarm: alarmOfDrifts,
    },
  ],
  // What the rules of the database are called in the words of this suite. They are the last line: the use cases see
  // most of it first, and two of them at once do not.
  constraints: {
    one_order_of_a_cart: orderErrors.alreadyPlaced,
    one_exchange_of_a_return: orderErrors.alreadyPlaced,
    exceeds_open_qty: orderErrors.exceedsOpenQty,
    exceeds_fulfilled: orderErrors.exceedsFulfilled,
    exceeds_invoiceable: orderErrors.exceedsInvoiceable,
    order_snapshot: orderErrors.placedAsIs,
    usage_exhausted: orderErrors.usageExhausted,
    coupon_code_taken: orderErrors.codeTaken,
    cart_promotion_once: orderErrors.notStackable,
    illegal_transition: commonErrors.illegalTransition,
  },
});
