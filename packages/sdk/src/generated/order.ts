// Made by `npm run contracts` from suites/order/contracts/openapi.json; changes by hand are lost.
import type { OperationTable } from '../operations.ts';

export interface OrderOperations {
  /** Lets a proposed change go ahead: at once, or where it costs more and goods are paid first, with the money. */
  acceptChange: {
    input: { /** Id of kind ChangeId */ readonly changeId: string; } & { readonly expectedVersion?: number | undefined; };
    output: { /** Id of kind ChangeId */ readonly id: string; /** Id of kind OrderId */ readonly orderId: string; readonly number: number; readonly state: "proposed" | "payment_needed" | "accepted" | "applied" | "rejected" | "withdrawn"; /** What the order comes to more; below zero: less */ readonly delta: { readonly amount: string; readonly currency: string; }; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.being_cancelled" | "order.change_expired" | "order.exceeds_open_qty" | "order.has_shipped_lines" | "order.not_changeable" | "order.nothing_left";
  };
  /** Gives a promotion codes it is had for; they are the same in any case, and lead to one promotion. */
  addCoupons: {
    input: { /** Id of kind PromotionId */ readonly promotionId: string; } & { readonly codes: readonly (string)[]; /** Orders with each code, such as one */ readonly usageLimit?: number | undefined; };
    output: { readonly coupons: readonly ({ /** Id of kind CouponId */ readonly id: string; readonly code: string; })[]; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.code_taken" | "order.comes_by_itself" | "order.promotion_ended";
  };
  /** Puts something into a cart; more of the same is more on its line. */
  addLine: {
    input: { /** Id of kind CartId */ readonly cartId: string; } & { /** Id of kind VariantId */ readonly variantId: string; readonly quantity: { readonly value: string; readonly uom: string; }; readonly expectedVersion?: number | undefined; };
    output: { /** Id of kind CartId */ readonly id: string; readonly version: number; readonly line: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.cart_closed" | "order.cart_expired" | "order.cart_too_large" | "order.unit_differs";
  };
  /** Says how goods are sent, where to and for how much. */
  addShippingMethod: {
    input: { readonly code: string; readonly currency: string; readonly title: Readonly<Record<string, string>>; readonly taxCategory: string; /** The first that serves an address counts */ readonly zones: readonly ({ /** None: every country */ readonly countries?: readonly (string)[] | undefined; /** What they begin with; none: every postcode */ readonly postcodes?: readonly (string)[] | undefined; /** Minor units, with or without tax as the prices of the cart are */ readonly price: string; /** What the goods have to come to, before discounts, to go for nothing */ readonly freeFrom?: string | null | undefined; })[]; };
    output: { /** Id of kind ShippingMethodId */ readonly id: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.code_taken";
  };
  /** Puts a coupon into a cart; what it takes off is told by order.get-cart and settled when it is placed. */
  applyCoupon: {
    input: { /** Id of kind CartId */ readonly cartId: string; } & { readonly expectedVersion?: number | undefined; readonly code: string; };
    output: { /** Id of kind CartId */ readonly id: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.address_incomplete" | "order.cart_closed" | "order.cart_empty" | "order.cart_expired" | "order.cart_too_large" | "order.coupon_tries" | "order.coupon_unknown" | "order.currency_differs" | "order.expired" | "order.not_eligible" | "order.not_sellable" | "order.not_stackable" | "order.prices_mixed" | "order.qty_step" | "order.shipping_gone" | "order.tax_unresolved" | "order.unit_differs" | "order.usage_exhausted" | "order.variant_inactive" | "order.zone_unserved";
  };
  /** Lets goods come back. */
  approveReturn: {
    input: { /** Id of kind ReturnId */ readonly returnId: string; };
    output: { /** Id of kind ReturnId */ readonly id: string; /** Id of kind OrderId */ readonly orderId: string; readonly state: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Gives up a parcel that has not left; what it holds is open again. */
  cancelFulfilment: {
    input: { /** Id of kind FulfilmentId */ readonly fulfilmentId: string; };
    output: { /** Id of kind FulfilmentId */ readonly id: string; /** Id of kind OrderId */ readonly orderId: string; readonly state: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Asks that an order be cancelled, or some of it; it is once its money, invoice and hold are given back. */
  cancelOrder: {
    input: { /** Id of kind OrderId */ readonly orderId: string; } & { readonly expectedVersion?: number | undefined; readonly reason: string; /** All of it unless told */ readonly lines?: readonly ({ readonly line: number; readonly quantity: { readonly value: string; readonly uom: string; }; })[] | undefined; };
    output: { /** Id of kind OrderId */ readonly id: string; readonly number: string; readonly status: string; readonly isBeingCancelled: boolean; readonly version: number; /** What cancels some of it */ readonly changeId: string | null; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.being_cancelled" | "order.exceeds_open_qty" | "order.has_shipped_lines" | "order.line_unknown" | "order.not_changeable" | "order.unit_differs";
  };
  /** Writes the terms of a promotion anew; orders that are placed keep what they got. */
  changePromotion: {
    input: { /** Id of kind PromotionId */ readonly promotionId: string; } & { readonly expectedVersion?: number | undefined; readonly title: Readonly<Record<string, string>>; /** Off what it is for; all of it for pieces given and shipping unless told */ readonly percent?: string | undefined; /** Of fixed: off all that it is for */ readonly amount?: { readonly amount: string; readonly currency: string; } | undefined; readonly buy?: number | undefined; /** Of buy_x_get_y: of each so many and so many, the cheapest */ readonly get?: number | undefined; /** What the lines it is for have to come to, before discounts and as prices are */ readonly minimum?: { readonly amount: string; readonly currency: string; } | undefined; /** Whom and what it is for; a list that is not there is all of them, and of goods one of the lists is enough */ readonly rules?: { readonly variants?: readonly (string)[] | undefined; readonly products?: readonly (string)[] | undefined; /** With all below them */ readonly categories?: readonly (string)[] | undefined; readonly channels?: readonly ("web" | "pos" | "phone" | "b2b" | "api")[] | undefined; readonly customers?: readonly (string)[] | undefined; } | undefined; /** Whether it is applied together with others that are */ readonly stackable?: boolean | undefined; /** The lowest is applied first */ readonly priority?: number | undefined; /** What it gives in all; a discount it does not cover is not given */ readonly budget?: { readonly amount: string; readonly currency: string; } | undefined; /** Orders */ readonly usageLimit?: number | undefined; /** Orders of one customer */ readonly perCustomerLimit?: number | undefined; readonly validFrom?: string | undefined; /** Without this moment */ readonly validTo?: string | undefined; };
    output: { /** Id of kind PromotionId */ readonly id: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.money_mixed" | "order.promotion_ended";
  };
  /** Writes the terms of a shipping method anew, or retires it; orders keep what they were placed with. */
  changeShippingMethod: {
    input: { /** Id of kind ShippingMethodId */ readonly methodId: string; } & { readonly expectedVersion?: number | undefined; readonly isOffered?: boolean | undefined; readonly title: Readonly<Record<string, string>>; readonly taxCategory: string; /** The first that serves an address counts */ readonly zones: readonly ({ /** None: every country */ readonly countries?: readonly (string)[] | undefined; /** What they begin with; none: every postcode */ readonly postcodes?: readonly (string)[] | undefined; /** Minor units, with or without tax as the prices of the cart are */ readonly price: string; /** What the goods have to come to, before discounts, to go for nothing */ readonly freeFrom?: string | null | undefined; })[]; };
    output: { /** Id of kind ShippingMethodId */ readonly id: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Reckons orders against the books and the stock, and names every drift; none is expected. */
  checkOrderToCash: {
    input: { /** Orders, the latest first */ readonly limit?: number | undefined; /** Where an answer before said to go on */ readonly before?: string | undefined; /** What has moved since is left out */ readonly settledSeconds?: number | undefined; };
    output: { readonly orders: number; /** Left out, because something of them has just moved */ readonly unsettled: number; readonly drifts: readonly ({ readonly check: string; readonly subject: string; readonly expected: string; readonly found: string; })[]; readonly next: string | null; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Reckons all orders anew and names every drift; none is expected. */
  checkOrders: {
    input: Record<string, never>;
    output: { readonly checks: number; readonly drifts: readonly ({ readonly check: string; readonly subject: string; readonly expected: string; readonly found: string; })[]; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Says that nothing is left to do for a return. */
  closeReturn: {
    input: { /** Id of kind ReturnId */ readonly returnId: string; };
    output: { /** Id of kind ReturnId */ readonly id: string; /** Id of kind OrderId */ readonly orderId: string; readonly state: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Says that nothing is left to do for an order; what follows is a return. */
  completeOrder: {
    input: { /** Id of kind OrderId */ readonly orderId: string; } & { readonly expectedVersion?: number | undefined; };
    output: { /** Id of kind OrderId */ readonly id: string; readonly number: string; readonly status: string; readonly isBeingCancelled: boolean; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Lets an order be fulfilled. */
  confirmOrder: {
    input: { /** Id of kind OrderId */ readonly orderId: string; } & { readonly expectedVersion?: number | undefined; };
    output: { /** Id of kind OrderId */ readonly id: string; readonly number: string; readonly status: string; readonly isBeingCancelled: boolean; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.being_cancelled";
  };
  /** Makes a parcel of some of an order, or of all that is open. */
  createFulfilment: {
    input: { /** Id of kind OrderId */ readonly orderId: string; } & { /** All that is open and there unless told */ readonly lines?: readonly ({ readonly line: number; readonly quantity: { readonly value: string; readonly uom: string; }; })[] | undefined; /** Where it is picked; wherever it is held unless told */ readonly locationId?: string | undefined; };
    output: { /** Id of kind FulfilmentId */ readonly id: string; /** Id of kind OrderId */ readonly orderId: string; readonly state: string; readonly version: number; readonly number: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.being_cancelled" | "order.exceeds_open_qty" | "order.line_unknown" | "order.not_reserved";
  };
  /** Says what is taken off for whom: by itself, or for whoever has a coupon. */
  createPromotion: {
    input: { readonly type: "percent" | "fixed" | "buy_x_get_y" | "shipping"; /** Without a coupon */ readonly isAutomatic?: boolean | undefined; readonly title: Readonly<Record<string, string>>; /** Off what it is for; all of it for pieces given and shipping unless told */ readonly percent?: string | undefined; /** Of fixed: off all that it is for */ readonly amount?: { readonly amount: string; readonly currency: string; } | undefined; readonly buy?: number | undefined; /** Of buy_x_get_y: of each so many and so many, the cheapest */ readonly get?: number | undefined; /** What the lines it is for have to come to, before discounts and as prices are */ readonly minimum?: { readonly amount: string; readonly currency: string; } | undefined; /** Whom and what it is for; a list that is not there is all of them, and of goods one of the lists is enough */ readonly rules?: { readonly variants?: readonly (string)[] | undefined; readonly products?: readonly (string)[] | undefined; /** With all below them */ readonly categories?: readonly (string)[] | undefined; readonly channels?: readonly ("web" | "pos" | "phone" | "b2b" | "api")[] | undefined; readonly customers?: readonly (string)[] | undefined; } | undefined; /** Whether it is applied together with others that are */ readonly stackable?: boolean | undefined; /** The lowest is applied first */ readonly priority?: number | undefined; /** What it gives in all; a discount it does not cover is not given */ readonly budget?: { readonly amount: string; readonly currency: string; } | undefined; /** Orders */ readonly usageLimit?: number | undefined; /** Orders of one customer */ readonly perCustomerLimit?: number | undefined; readonly validFrom?: string | undefined; /** Without this moment */ readonly validTo?: string | undefined; };
    output: { /** Id of kind PromotionId */ readonly id: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.money_mixed" | "order.too_many_promotions";
  };
  /** What of which invoice a change takes back: what is invoiced of what it cancels. */
  creditsOfChange: {
    input: { /** Id of kind ChangeId */ readonly changeId: string; };
    output: { readonly credits: readonly ({ /** Id of kind InvoiceId */ readonly invoiceId: string; readonly lines: readonly ({ readonly line: number; readonly quantity: string; })[]; })[]; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Throws a cart away. */
  discardCart: {
    input: { /** Id of kind CartId */ readonly cartId: string; };
    output: { /** Id of kind CartId */ readonly id: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.cart_closed";
  };
  /** Ends a promotion; carts that count on it come to something else. */
  endPromotion: {
    input: { /** Id of kind PromotionId */ readonly promotionId: string; };
    output: { /** Id of kind PromotionId */ readonly id: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** A parcel that has left did not arrive; it may still, or comes back as a return. */
  failDelivery: {
    input: { /** Id of kind FulfilmentId */ readonly fulfilmentId: string; } & { readonly reason: string; };
    output: { /** Id of kind FulfilmentId */ readonly id: string; /** Id of kind OrderId */ readonly orderId: string; readonly state: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** A cart, and what it comes to now; what order.place-order wants to be told. */
  getCart: {
    input: { /** Id of kind CartId */ readonly cartId: string; };
    output: { /** Id of kind CartId */ readonly id: string; readonly status: "open" | "placed" | "discarded"; readonly version: number; readonly currency: string; readonly lines: readonly ({ readonly line: number; /** Id of kind VariantId */ readonly variantId: string; readonly quantity: { readonly value: string; readonly uom: string; }; })[]; /** Null where it is empty or no longer open */ readonly priced: { readonly net: { readonly amount: string; readonly currency: string; }; readonly tax: { readonly amount: string; readonly currency: string; }; readonly total: { readonly amount: string; readonly currency: string; }; /** Off goods and shipping, with or without tax as the prices are */ readonly discount: { readonly amount: string; readonly currency: string; }; readonly lines: readonly ({ readonly line: number; readonly sku: string; readonly unitPrice: { readonly amount: string; readonly currency: string; }; readonly discount: { readonly amount: string; readonly currency: string; }; readonly net: { readonly amount: string; readonly currency: string; }; readonly tax: { readonly amount: string; readonly currency: string; }; })[]; readonly shipping: { readonly code: string; readonly discount: { readonly amount: string; readonly currency: string; }; readonly net: { readonly amount: string; readonly currency: string; }; readonly tax: { readonly amount: string; readonly currency: string; }; } | null; /** Those that are applied, and what became of each coupon */ readonly promotions: readonly ({ /** Id of kind PromotionId */ readonly id: string; readonly title: Readonly<Record<string, string>>; readonly coupon: string | null; readonly state: "applied" | "waiting" | "expired" | "not_eligible" | "usage_exhausted" | "not_stackable"; readonly amount: { readonly amount: string; readonly currency: string; }; })[]; } | null; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** An order with its lines, money, parcels, returns and history. */
  getOrder: {
    input: { /** Id of kind OrderId */ readonly orderId: string; };
    output: { /** Id of kind OrderId */ readonly id: string; readonly number: string; readonly channel: string; readonly customerId: string | null; readonly customerName: string; readonly placedAt: string; readonly total: { readonly amount: string; readonly currency: string; }; readonly isBeingCancelled: boolean; readonly status: "placed" | "on_hold" | "confirmed" | "in_fulfilment" | "fulfilled" | "completed" | "cancelled" | "rejected"; readonly paymentStatus: "none" | "authorised" | "partial" | "paid" | "partially_refunded" | "refunded" | "failed"; readonly fulfilmentStatus: "none" | "partial" | "full" | "partially_returned" | "returned"; readonly version: number; readonly tender: string; readonly prices: "inclusive" | "exclusive"; readonly net: { readonly amount: string; readonly currency: string; }; readonly tax: { readonly amount: string; readonly currency: string; }; readonly shipping: readonly ({ readonly line: number; readonly code: string; readonly title: Readonly<Record<string, string>>; readonly discount: { readonly amount: string; readonly currency: string; }; readonly net: { readonly amount: string; readonly currency: string; }; readonly tax: { readonly amount: string; readonly currency: string; }; })[]; /** What was taken off which line, and why */ readonly adjustments: readonly ({ readonly line: number; readonly source: "promotion" | "manual"; readonly title: Readonly<Record<string, string>> | null; readonly coupon: string | null; readonly reason: string | null; readonly amount: { readonly amount: string; readonly currency: string; }; })[]; /** With what was added to it, without what was cancelled */ readonly worth: { readonly amount: string; readonly currency: string; }; readonly captured: { readonly amount: string; readonly currency: string; }; readonly refunded: { readonly amount: string; readonly currency: string; }; /** Of credit notes of an earlier order, set aside to pay this one */ readonly credit: { readonly amount: string; readonly currency: string; }; readonly exchangeOf: string | null; readonly reason: string | null; readonly party: Readonly<Record<string, unknown>>; readonly shipTo: Readonly<Record<string, unknown>>; readonly note: string | null; readonly lines: readonly ({ readonly line: number; /** Id of kind VariantId */ readonly variantId: string; readonly sku: string; readonly title: Readonly<Record<string, string>>; readonly quantity: { readonly value: string; readonly uom: string; }; readonly unitPrice: { readonly amount: string; readonly currency: string; }; readonly discount: { readonly amount: string; readonly currency: string; }; readonly net: { readonly amount: string; readonly currency: string; }; readonly tax: { readonly amount: string; readonly currency: string; }; /** Held or promised, or gone already */ readonly reserved: string; /** Of what is reserved, what is still to come into the stock */ readonly promised: string; /** To be cancelled, once what was done for it is undone */ readonly leaving: string; readonly fulfilled: string; readonly cancelled: string; readonly returned: string; readonly invoiced: string; })[]; readonly fulfilments: readonly ({ /** Id of kind FulfilmentId */ readonly id: string; readonly number: number; readonly state: string; readonly tracking: string | null; })[]; readonly returns: readonly ({ /** Id of kind ReturnId */ readonly id: string; readonly state: string; readonly reason: string; readonly outcome: string; })[]; readonly changes: readonly ({ /** Id of kind ChangeId */ readonly id: string; readonly number: number; readonly kind: string; readonly state: string; readonly reason: string; readonly resolution: string | null; readonly delta: { readonly amount: string; readonly currency: string; }; readonly version: number; })[]; readonly history: readonly ({ readonly at: string; readonly what: string; readonly details: Readonly<Record<string, unknown>>; })[]; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** How orders become money. */
  getPolicy: {
    input: Record<string, never>;
    output: { /** When an invoice is issued: once the goods are held, once the money is there, or with each parcel */ readonly invoiceOn?: "place" | "capture" | "ship" | undefined; /** When online money is asked for */ readonly captureOn?: "place" | "ship" | undefined; /** What becomes of an order of which not everything is there */ readonly whenShort?: "reject" | "partial" | "backorder" | undefined; /** Who is asked for online money */ readonly provider?: string | undefined; /** Until an order that nobody pays is cancelled */ readonly paymentMinutes?: number | undefined; /** After delivery, within which goods may come back */ readonly returnDays?: number | undefined; /** Orders on account wait until somebody lets them go on */ readonly approveOnAccount?: boolean | undefined; /** Percent that one person may take off by hand */ readonly discountLimit?: number | undefined; readonly version: number; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Lets an order wait. */
  holdOrder: {
    input: { /** Id of kind OrderId */ readonly orderId: string; } & { readonly expectedVersion?: number | undefined; readonly reason: string; };
    output: { /** Id of kind OrderId */ readonly id: string; readonly number: string; readonly status: string; readonly isBeingCancelled: boolean; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.being_cancelled";
  };
  /** Says what of a return goes back on the shelf and what is scrapped; all of it is credited. */
  inspectReturn: {
    input: { /** Id of kind ReturnId */ readonly returnId: string; } & { readonly lines: readonly ({ readonly line: number; readonly restock?: string | undefined; readonly scrap?: string | undefined; })[]; /** Where it goes; asked for where anything is restocked */ readonly locationId?: string | undefined; /** What the customer gets: the money, as much to have for something else, or something else at once */ readonly outcome?: "refund" | "store_credit" | "exchange" | undefined; readonly exchangeFor?: readonly ({ /** Id of kind VariantId */ readonly variantId: string; readonly quantity: { readonly value: string; readonly uom: string; }; })[] | undefined; };
    output: { /** Id of kind ReturnId */ readonly id: string; /** Id of kind OrderId */ readonly orderId: string; readonly state: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.customer_missing" | "order.exchange_unclear" | "order.line_unknown" | "order.not_inspected";
  };
  /** The invoice an order asks for now: what of it is neither invoiced nor cancelled, or what one parcel holds. */
  invoiceOfOrder: {
    input: { /** Id of kind OrderId */ readonly orderId: string; /** Id of kind FulfilmentId */ readonly fulfilmentId?: string | undefined; };
    output: { readonly invoice: { readonly partyId?: string | undefined; readonly party: { readonly name: string; }; readonly currency: string; readonly prices: "inclusive" | "exclusive"; readonly source: { readonly type: string; readonly id: string; }; readonly lines: readonly ({ readonly kind?: "item" | "shipping" | undefined; readonly title: Readonly<Record<string, string>>; readonly sku: string; readonly quantity: { readonly value: string; readonly uom: string; }; readonly unitPrice: { readonly amount: string; readonly currency: string; }; readonly discount?: { readonly amount: string; readonly currency: string; } | undefined; readonly taxes: readonly ({ readonly code: string; readonly percent: string; readonly compoundOn: readonly (string)[]; })[]; readonly figures: { readonly net: { readonly amount: string; readonly currency: string; }; readonly taxes: readonly ({ readonly amount: string; readonly currency: string; })[]; }; readonly sourceLine: string; })[]; } | null; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** A page of the codes of a promotion, with how often each was used. */
  listCoupons: {
    input: { /** Id of kind PromotionId */ readonly promotionId: string; /** The last id of the page before */ readonly after?: string | undefined; readonly limit?: number | undefined; };
    output: { readonly coupons: readonly ({ /** Id of kind CouponId */ readonly id: string; readonly code: string; readonly status: "active" | "withdrawn"; readonly usageLimit: number | null; readonly used: number; })[]; readonly next: string | null; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** A page of orders, the latest first. */
  listOrders: {
    input: { readonly status?: "placed" | "on_hold" | "confirmed" | "in_fulfilment" | "fulfilled" | "completed" | "cancelled" | "rejected" | undefined; readonly paymentStatus?: "none" | "authorised" | "partial" | "paid" | "partially_refunded" | "refunded" | "failed" | undefined; readonly fulfilmentStatus?: "none" | "partial" | "full" | "partially_returned" | "returned" | undefined; /** Id of kind CustomerId */ readonly customerId?: string | undefined; readonly number?: string | undefined; /** The last id of the page before */ readonly after?: string | undefined; readonly limit?: number | undefined; };
    output: { readonly orders: readonly ({ /** Id of kind OrderId */ readonly id: string; readonly number: string; readonly channel: string; readonly customerId: string | null; readonly customerName: string; readonly placedAt: string; readonly total: { readonly amount: string; readonly currency: string; }; readonly isBeingCancelled: boolean; readonly status: "placed" | "on_hold" | "confirmed" | "in_fulfilment" | "fulfilled" | "completed" | "cancelled" | "rejected"; readonly paymentStatus: "none" | "authorised" | "partial" | "paid" | "partially_refunded" | "refunded" | "failed"; readonly fulfilmentStatus: "none" | "partial" | "full" | "partially_returned" | "returned"; })[]; readonly next: string | null; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** A page of promotions, the latest first, with what was used of them. */
  listPromotions: {
    input: { readonly status?: "active" | "ended" | undefined; /** The last id of the page before */ readonly after?: string | undefined; readonly limit?: number | undefined; };
    output: { readonly promotions: readonly ({ /** Id of kind PromotionId */ readonly id: string; readonly title: Readonly<Record<string, string>>; readonly type: "percent" | "fixed" | "buy_x_get_y" | "shipping"; readonly isAutomatic: boolean; readonly status: "active" | "ended"; readonly percent: string | null; readonly amount: { readonly amount: string; readonly currency: string; } | null; readonly buy: number | null; readonly get: number | null; readonly minimum: { readonly amount: string; readonly currency: string; } | null; readonly rules: Readonly<Record<string, readonly (string)[]>>; readonly stackable: boolean; readonly priority: number; readonly budget: { readonly amount: string; readonly currency: string; } | null; /** Minor units, by orders that stand */ readonly spent: string; readonly usageLimit: number | null; /** Orders that stand */ readonly used: number; readonly perCustomerLimit: number | null; readonly validFrom: string | null; readonly validTo: string | null; readonly version: number; })[]; readonly next: string | null; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** How goods are sent; for a cart those that serve its address, with what they cost now. */
  listShippingMethods: {
    input: { /** Id of kind CartId */ readonly cartId?: string | undefined; };
    output: { readonly methods: readonly ({ /** Id of kind ShippingMethodId */ readonly id: string; readonly code: string; readonly title: Readonly<Record<string, string>>; readonly isOffered: boolean; readonly taxCategory: string; readonly currency: string; readonly zones: readonly ({ /** None: every country */ readonly countries?: readonly (string)[] | undefined; /** What they begin with; none: every postcode */ readonly postcodes?: readonly (string)[] | undefined; /** Minor units, with or without tax as the prices of the cart are */ readonly price: string; /** What the goods have to come to, before discounts, to go for nothing */ readonly freeFrom?: string | null | undefined; })[]; /** For the cart that was named */ readonly price: { readonly amount: string; readonly currency: string; } | null; readonly version: number; })[]; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated" | "order.address_incomplete" | "order.cart_closed" | "order.cart_empty" | "order.cart_expired" | "order.cart_too_large" | "order.currency_differs" | "order.not_sellable" | "order.prices_mixed" | "order.qty_step" | "order.shipping_gone" | "order.tax_unresolved" | "order.unit_differs" | "order.variant_inactive" | "order.zone_unserved";
  };
  /** A parcel has arrived. */
  markDelivered: {
    input: { /** Id of kind FulfilmentId */ readonly fulfilmentId: string; };
    output: { /** Id of kind FulfilmentId */ readonly id: string; /** Id of kind OrderId */ readonly orderId: string; readonly state: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Opens a cart, empty or with lines. */
  openCart: {
    input: { readonly channel?: "web" | "pos" | "phone" | "b2b" | "api" | undefined; readonly currency: string; /** Id of kind CustomerId */ readonly customerId?: string | undefined; readonly place?: { readonly jurisdiction?: string | undefined; readonly customerClass?: string | undefined; } | undefined; /** It is good for */ readonly hours?: number | undefined; readonly lines?: readonly ({ /** Id of kind VariantId */ readonly variantId: string; readonly quantity: { readonly value: string; readonly uom: string; }; })[] | undefined; };
    output: { /** Id of kind CartId */ readonly id: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Closes a parcel. Where nothing was scanned, all of it counts as picked. */
  pack: {
    input: { /** Id of kind FulfilmentId */ readonly fulfilmentId: string; };
    output: { /** Id of kind FulfilmentId */ readonly id: string; /** Id of kind OrderId */ readonly orderId: string; readonly state: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.short_pick";
  };
  /** Closes a parcel with what was picked for it; what could not be found is cancelled, and its money goes back. */
  packShort: {
    input: { /** Id of kind FulfilmentId */ readonly fulfilmentId: string; } & { readonly reason?: string | undefined; };
    output: { /** Id of kind FulfilmentId */ readonly id: string; /** Id of kind OrderId */ readonly orderId: string; readonly state: string; readonly version: number; /** Null: the whole order is cancelled */ readonly changeId: string | null; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.nothing_short";
  };
  /** Takes down what was picked for a parcel, scan by scan. */
  pick: {
    input: { /** Id of kind FulfilmentId */ readonly fulfilmentId: string; } & { /** Id of kind VariantId */ readonly variantId: string; readonly quantity: { readonly value: string; readonly uom: string; }; };
    output: { /** Id of kind FulfilmentId */ readonly id: string; /** Id of kind OrderId */ readonly orderId: string; readonly state: string; readonly version: number; /** Lines that are not picked yet */ readonly left: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.over_pick" | "order.wrong_item";
  };
  /** What to fetch for a parcel, in the order of the walk, with lots and serials where they are known. */
  pickList: {
    input: { /** Id of kind FulfilmentId */ readonly fulfilmentId: string; };
    output: { /** Id of kind FulfilmentId */ readonly id: string; /** The order’s, with which of its parcels this is */ readonly number: string; readonly orderNumber: string; readonly placedOn: string; readonly shipTo: { readonly name: string; readonly lines: string; readonly city?: string | undefined; readonly postcode?: string | undefined; readonly country: string; readonly phone?: string | undefined; }; readonly note: string | null; readonly picks: readonly ({ readonly line: number; readonly sku: string; readonly title: Readonly<Record<string, string>>; readonly quantity: string; readonly uom: string; /** Null where nobody knows one, or it is not there yet */ readonly place: { readonly warehouse: string; readonly location: string; readonly name: Readonly<Record<string, string>>; } | null; readonly lot: { readonly code: string; readonly expiresOn: string | null; } | null; readonly serials: readonly (string)[]; })[]; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated" | "order.not_to_print";
  };
  /** Makes a cart an order, at the total the customer has seen. */
  placeOrder: {
    input: { /** Id of kind CartId */ readonly cartId: string; } & { /** What the customer has seen; refused when it comes to something else now */ readonly expectedTotal: { readonly amount: string; readonly currency: string; }; /** How it will be paid */ readonly tender: "online" | "by_hand" | "on_account"; readonly branch?: string | undefined; readonly note?: string | undefined; };
    output: { /** Id of kind OrderId */ readonly id: string; readonly number: string; readonly status: "placed" | "on_hold"; readonly total: { readonly amount: string; readonly currency: string; }; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.address_incomplete" | "order.already_placed" | "order.cart_closed" | "order.cart_empty" | "order.cart_expired" | "order.cart_too_large" | "order.currency_differs" | "order.not_sellable" | "order.over_limit" | "order.price_changed" | "order.prices_mixed" | "order.qty_step" | "order.shipping_gone" | "order.tax_unresolved" | "order.unit_differs" | "order.usage_exhausted" | "order.variant_inactive" | "order.zone_unserved";
  };
  /** Says how a placed order is to be changed, and what that costs; nothing changes before it is accepted. */
  proposeChange: {
    input: { /** Id of kind OrderId */ readonly orderId: string; } & { readonly expectedVersion?: number | undefined; /** How much of a line is wanted; 0 takes out what has not left */ readonly lines?: readonly ({ readonly line: number; readonly quantity: { readonly value: string; readonly uom: string; }; })[] | undefined; readonly add?: readonly ({ /** Id of kind VariantId */ readonly variantId: string; readonly quantity: { readonly value: string; readonly uom: string; }; })[] | undefined; readonly reason: string; };
    output: { /** Id of kind ChangeId */ readonly id: string; /** Id of kind OrderId */ readonly orderId: string; readonly number: number; readonly state: "proposed" | "payment_needed" | "accepted" | "applied" | "rejected" | "withdrawn"; /** What the order comes to more; below zero: less */ readonly delta: { readonly amount: string; readonly currency: string; }; readonly version: number; readonly added: readonly ({ readonly line: number; readonly sku: string; readonly quantity: { readonly value: string; readonly uom: string; }; readonly net: { readonly amount: string; readonly currency: string; }; readonly tax: { readonly amount: string; readonly currency: string; }; })[]; readonly cancelled: readonly ({ readonly line: number; readonly quantity: string; })[]; readonly goodUntil: string; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.being_cancelled" | "order.cart_too_large" | "order.exceeds_open_qty" | "order.has_shipped_lines" | "order.line_unknown" | "order.not_changeable" | "order.not_sellable" | "order.nothing_changes" | "order.nothing_left" | "order.prices_mixed" | "order.qty_step" | "order.tax_unresolved" | "order.unit_differs" | "order.variant_inactive";
  };
  /** Takes down what came back: all of it unless told. */
  receiveReturn: {
    input: { /** Id of kind ReturnId */ readonly returnId: string; } & { readonly lines?: readonly ({ readonly line: number; readonly quantity: string; })[] | undefined; };
    output: { /** Id of kind ReturnId */ readonly id: string; /** Id of kind OrderId */ readonly orderId: string; readonly state: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.line_unknown" | "order.over_received";
  };
  /** Says that goods may not come back, and why. */
  rejectReturn: {
    input: { /** Id of kind ReturnId */ readonly returnId: string; } & { readonly reason: string; };
    output: { /** Id of kind ReturnId */ readonly id: string; /** Id of kind OrderId */ readonly orderId: string; readonly state: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Takes a coupon out of a cart. */
  removeCoupon: {
    input: { /** Id of kind CartId */ readonly cartId: string; readonly code: string; readonly expectedVersion?: number | undefined; };
    output: { /** Id of kind CartId */ readonly id: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.cart_closed" | "order.cart_expired" | "order.coupon_unknown";
  };
  /** Takes something out of a cart. */
  removeLine: {
    input: { /** Id of kind CartId */ readonly cartId: string; readonly line: number; readonly expectedVersion?: number | undefined; };
    output: { /** Id of kind CartId */ readonly id: string; readonly version: number; readonly line: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.cart_closed" | "order.cart_expired" | "order.line_unknown";
  };
  /** Asks that goods that have left may come back. */
  requestReturn: {
    input: { /** Id of kind OrderId */ readonly orderId: string; } & { readonly lines: readonly ({ readonly line: number; readonly quantity: { readonly value: string; readonly uom: string; }; })[]; readonly reason: string; };
    output: { /** Id of kind ReturnId */ readonly id: string; /** Id of kind OrderId */ readonly orderId: string; readonly state: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.exceeds_fulfilled" | "order.line_unknown" | "order.unit_differs" | "order.window_over";
  };
  /** Asks that a parcel leave; it has once its goods are issued from the stock. */
  requestShip: {
    input: { /** Id of kind FulfilmentId */ readonly fulfilmentId: string; } & { readonly carrier?: string | undefined; readonly tracking?: string | undefined; };
    output: { /** Id of kind FulfilmentId */ readonly id: string; /** Id of kind OrderId */ readonly orderId: string; readonly state: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.unpaid";
  };
  /** Lets an order that waits go on; of one on account, that the customer may owe it. */
  resumeOrder: {
    input: { /** Id of kind OrderId */ readonly orderId: string; } & { readonly expectedVersion?: number | undefined; };
    output: { /** Id of kind OrderId */ readonly id: string; readonly number: string; readonly status: string; readonly isBeingCancelled: boolean; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.being_cancelled";
  };
  /** A parcel could not leave: its goods are not there, or nobody took it. */
  returnToPacked: {
    input: { /** Id of kind FulfilmentId */ readonly fulfilmentId: string; } & { readonly reason: string; };
    output: { /** Id of kind FulfilmentId */ readonly id: string; /** Id of kind OrderId */ readonly orderId: string; readonly state: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Says who buys and where it goes. */
  setAddress: {
    input: { /** Id of kind CartId */ readonly cartId: string; } & { readonly expectedVersion?: number | undefined; readonly party: { readonly name: string; readonly address?: string | undefined; readonly taxNumber?: string | undefined; readonly email?: string | undefined; readonly language?: "en" | "ar" | undefined; }; readonly shipTo: { readonly name: string; readonly lines: string; readonly city?: string | undefined; readonly postcode?: string | undefined; readonly country: string; readonly phone?: string | undefined; }; readonly place?: { readonly jurisdiction?: string | undefined; readonly customerClass?: string | undefined; } | undefined; };
    output: { /** Id of kind CartId */ readonly id: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.cart_closed" | "order.cart_expired";
  };
  /** Takes something off a line of a cart, or off all of them; without percent and amount, no more. */
  setDiscount: {
    input: { /** Id of kind CartId */ readonly cartId: string; } & { readonly expectedVersion?: number | undefined; /** All of them unless told */ readonly line?: number | undefined; readonly percent?: string | undefined; readonly amount?: { readonly amount: string; readonly currency: string; } | undefined; /** Asked for where something is taken off */ readonly reason?: string | undefined; };
    output: { /** Id of kind CartId */ readonly id: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.address_incomplete" | "order.cart_closed" | "order.cart_empty" | "order.cart_expired" | "order.cart_too_large" | "order.currency_differs" | "order.line_unknown" | "order.not_sellable" | "order.over_limit" | "order.prices_mixed" | "order.qty_step" | "order.shipping_gone" | "order.tax_unresolved" | "order.unit_differs" | "order.variant_inactive" | "order.zone_unserved";
  };
  /** Says how orders become money. Orders that are placed already keep the policy they were placed under. */
  setPolicy: {
    input: { /** When an invoice is issued: once the goods are held, once the money is there, or with each parcel */ readonly invoiceOn?: "place" | "capture" | "ship" | undefined; /** When online money is asked for */ readonly captureOn?: "place" | "ship" | undefined; /** What becomes of an order of which not everything is there */ readonly whenShort?: "reject" | "partial" | "backorder" | undefined; /** Who is asked for online money */ readonly provider?: string | undefined; /** Until an order that nobody pays is cancelled */ readonly paymentMinutes?: number | undefined; /** After delivery, within which goods may come back */ readonly returnDays?: number | undefined; /** Orders on account wait until somebody lets them go on */ readonly approveOnAccount?: boolean | undefined; /** Percent that one person may take off by hand */ readonly discountLimit?: number | undefined; readonly expectedVersion?: number | undefined; };
    output: { readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Says how the goods of a cart are sent; without a method, it is nobody’s business. */
  setShippingMethod: {
    input: { /** Id of kind CartId */ readonly cartId: string; } & { readonly expectedVersion?: number | undefined; /** Id of kind ShippingMethodId */ readonly methodId?: string | undefined; };
    output: { /** Id of kind CartId */ readonly id: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.address_incomplete" | "order.cart_closed" | "order.cart_expired" | "order.shipping_gone" | "order.zone_unserved";
  };
  /** Says how much of something is wanted. */
  updateLine: {
    input: { /** Id of kind CartId */ readonly cartId: string; readonly line: number; } & { readonly expectedVersion?: number | undefined; readonly quantity: { readonly value: string; readonly uom: string; }; };
    output: { /** Id of kind CartId */ readonly id: string; readonly version: number; readonly line: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.cart_closed" | "order.cart_expired" | "order.line_unknown";
  };
  /** Gives up a change that is proposed, or waits for its money. */
  withdrawChange: {
    input: { /** Id of kind ChangeId */ readonly changeId: string; } & { readonly expectedVersion?: number | undefined; };
    output: { /** Id of kind ChangeId */ readonly id: string; /** Id of kind OrderId */ readonly orderId: string; readonly number: number; readonly state: "proposed" | "payment_needed" | "accepted" | "applied" | "rejected" | "withdrawn"; /** What the order comes to more; below zero: less */ readonly delta: { readonly amount: string; readonly currency: string; }; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Lets a code be good for nothing any more; the promotion goes on. */
  withdrawCoupon: {
    input: { /** Id of kind CouponId */ readonly couponId: string; };
    output: { /** Id of kind CouponId */ readonly id: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
}

export const order: OperationTable<OrderOperations> = {
  acceptChange: { method: 'POST', path: '/changes/{changeId}/accept', rest: 'body' },
  addCoupons: { method: 'POST', path: '/promotions/{promotionId}/coupons', rest: 'body' },
  addLine: { method: 'POST', path: '/carts/{cartId}/lines', rest: 'body' },
  addShippingMethod: { method: 'POST', path: '/shipping-methods', rest: 'body' },
  applyCoupon: { method: 'POST', path: '/carts/{cartId}/coupons', rest: 'body' },
  approveReturn: { method: 'POST', path: '/returns/{returnId}/approve', rest: 'body' },
  cancelFulfilment: { method: 'DELETE', path: '/fulfilments/{fulfilmentId}', rest: 'query' },
  cancelOrder: { method: 'POST', path: '/orders/{orderId}/cancel', rest: 'body' },
  changePromotion: { method: 'PUT', path: '/promotions/{promotionId}', rest: 'body' },
  changeShippingMethod: { method: 'PUT', path: '/shipping-methods/{methodId}', rest: 'body' },
  checkOrderToCash: { method: 'POST', path: '/order-to-cash-checks', rest: 'body' },
  checkOrders: { method: 'POST', path: '/checks', rest: 'body' },
  closeReturn: { method: 'POST', path: '/returns/{returnId}/close', rest: 'body' },
  completeOrder: { method: 'POST', path: '/orders/{orderId}/complete', rest: 'body' },
  confirmOrder: { method: 'POST', path: '/orders/{orderId}/confirm', rest: 'body' },
  createFulfilment: { method: 'POST', path: '/orders/{orderId}/fulfilments', rest: 'body' },
  createPromotion: { method: 'POST', path: '/promotions', rest: 'body' },
  creditsOfChange: { method: 'GET', path: '/changes/{changeId}/credits', rest: 'query' },
  discardCart: { method: 'DELETE', path: '/carts/{cartId}', rest: 'query' },
  endPromotion: { method: 'POST', path: '/promotions/{promotionId}/end', rest: 'body' },
  failDelivery: { method: 'POST', path: '/fulfilments/{fulfilmentId}/fail', rest: 'body' },
  getCart: { method: 'GET', path: '/carts/{cartId}', rest: 'query' },
  getOrder: { method: 'GET', path: '/orders/{orderId}', rest: 'query' },
  getPolicy: { method: 'GET', path: '/policy', rest: 'query' },
  holdOrder: { method: 'POST', path: '/orders/{orderId}/hold', rest: 'body' },
  inspectReturn: { method: 'POST', path: '/returns/{returnId}/inspect', rest: 'body' },
  invoiceOfOrder: { method: 'GET', path: '/orders/{orderId}/invoice', rest: 'query' },
  listCoupons: { method: 'GET', path: '/promotions/{promotionId}/coupons', rest: 'query' },
  listOrders: { method: 'GET', path: '/orders', rest: 'query' },
  listPromotions: { method: 'GET', path: '/promotions', rest: 'query' },
  listShippingMethods: { method: 'GET', path: '/shipping-methods', rest: 'query' },
  markDelivered: { method: 'POST', path: '/fulfilments/{fulfilmentId}/deliver', rest: 'body' },
  openCart: { method: 'POST', path: '/carts', rest: 'body' },
  pack: { method: 'POST', path: '/fulfilments/{fulfilmentId}/pack', rest: 'body' },
  packShort: { method: 'POST', path: '/fulfilments/{fulfilmentId}/pack-short', rest: 'body' },
  pick: { method: 'POST', path: '/fulfilments/{fulfilmentId}/picks', rest: 'body' },
  pickList: { method: 'GET', path: '/fulfilments/{fulfilmentId}/pick-list', rest: 'query' },
  placeOrder: { method: 'POST', path: '/carts/{cartId}/place', rest: 'body' },
  proposeChange: { method: 'POST', path: '/orders/{orderId}/changes', rest: 'body' },
  receiveReturn: { method: 'POST', path: '/returns/{returnId}/receive', rest: 'body' },
  rejectReturn: { method: 'POST', path: '/returns/{returnId}/reject', rest: 'body' },
  removeCoupon: { method: 'DELETE', path: '/carts/{cartId}/coupons/{code}', rest: 'query' },
  removeLine: { method: 'DELETE', path: '/carts/{cartId}/lines/{line}', rest: 'query' },
  requestReturn: { method: 'POST', path: '/orders/{orderId}/returns', rest: 'body' },
  requestShip: { method: 'POST', path: '/fulfilments/{fulfilmentId}/ship', rest: 'body' },
  resumeOrder: { method: 'POST', path: '/orders/{orderId}/resume', rest: 'body' },
  returnToPacked: { method: 'POST', path: '/fulfilments/{fulfilmentId}/return-to-packed', rest: 'body' },
  setAddress: { method: 'PUT', path: '/carts/{cartId}/address', rest: 'body' },
  setDiscount: { method: 'PUT', path: '/carts/{cartId}/discount', rest: 'body' },
  setPolicy: { method: 'PUT', path: '/policy', rest: 'body' },
  setShippingMethod: { method: 'PUT', path: '/carts/{cartId}/shipping', rest: 'body' },
  updateLine: { method: 'PUT', path: '/carts/{cartId}/lines/{line}', rest: 'body' },
  withdrawChange: { method: 'POST', path: '/changes/{changeId}/withdraw', rest: 'body' },
  withdrawCoupon: { method: 'POST', path: '/coupons/{couponId}/withdraw', rest: 'body' },
};
