// Made by `npm run contracts` from suites/order/contracts/openapi.json; changes by hand are lost.
import type { OperationTable } from '../operations.ts';

export interface OrderOperations {
  /** Puts something into a cart; more of the same is more on its line. */
  addLine: {
    input: { /** Id of kind CartId */ readonly cartId: string; } & { /** Id of kind VariantId */ readonly variantId: string; readonly quantity: { readonly value: string; readonly uom: string; }; readonly expectedVersion?: number | undefined; };
    output: { /** Id of kind CartId */ readonly id: string; readonly version: number; readonly line: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.cart_closed" | "order.cart_expired" | "order.cart_too_large" | "order.unit_differs";
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
  /** Asks that an order be cancelled; it is once its money, invoice and hold are given back. */
  cancelOrder: {
    input: { /** Id of kind OrderId */ readonly orderId: string; } & { readonly expectedVersion?: number | undefined; readonly reason: string; };
    output: { /** Id of kind OrderId */ readonly id: string; readonly number: string; readonly status: string; readonly isBeingCancelled: boolean; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.has_shipped_lines";
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
    input: { /** Id of kind OrderId */ readonly orderId: string; } & { /** All that is open unless told */ readonly lines?: readonly ({ readonly line: number; readonly quantity: { readonly value: string; readonly uom: string; }; })[] | undefined; /** Where it is picked; wherever it is held unless told */ readonly locationId?: string | undefined; };
    output: { /** Id of kind FulfilmentId */ readonly id: string; /** Id of kind OrderId */ readonly orderId: string; readonly state: string; readonly version: number; readonly number: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.being_cancelled" | "order.exceeds_open_qty" | "order.line_unknown" | "order.not_reserved";
  };
  /** Throws a cart away. */
  discardCart: {
    input: { /** Id of kind CartId */ readonly cartId: string; };
    output: { /** Id of kind CartId */ readonly id: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.cart_closed";
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
    output: { /** Id of kind CartId */ readonly id: string; readonly status: "open" | "placed" | "discarded"; readonly version: number; readonly currency: string; readonly lines: readonly ({ readonly line: number; /** Id of kind VariantId */ readonly variantId: string; readonly quantity: { readonly value: string; readonly uom: string; }; })[]; /** Null where it is empty or no longer open */ readonly priced: { readonly net: { readonly amount: string; readonly currency: string; }; readonly tax: { readonly amount: string; readonly currency: string; }; readonly total: { readonly amount: string; readonly currency: string; }; readonly lines: readonly ({ readonly line: number; readonly sku: string; readonly unitPrice: { readonly amount: string; readonly currency: string; }; readonly net: { readonly amount: string; readonly currency: string; }; readonly tax: { readonly amount: string; readonly currency: string; }; })[]; } | null; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** An order with its lines, money, parcels, returns and history. */
  getOrder: {
    input: { /** Id of kind OrderId */ readonly orderId: string; };
    output: { /** Id of kind OrderId */ readonly id: string; readonly number: string; readonly channel: string; readonly customerId: string | null; readonly customerName: string; readonly placedAt: string; readonly total: { readonly amount: string; readonly currency: string; }; readonly isBeingCancelled: boolean; readonly status: "placed" | "on_hold" | "confirmed" | "in_fulfilment" | "fulfilled" | "completed" | "cancelled" | "rejected"; readonly paymentStatus: "none" | "authorised" | "partial" | "paid" | "partially_refunded" | "refunded" | "failed"; readonly fulfilmentStatus: "none" | "partial" | "full" | "partially_returned" | "returned"; readonly version: number; readonly tender: string; readonly prices: "inclusive" | "exclusive"; readonly net: { readonly amount: string; readonly currency: string; }; readonly tax: { readonly amount: string; readonly currency: string; }; readonly captured: { readonly amount: string; readonly currency: string; }; readonly refunded: { readonly amount: string; readonly currency: string; }; readonly reason: string | null; readonly party: Readonly<Record<string, unknown>>; readonly shipTo: Readonly<Record<string, unknown>>; readonly note: string | null; readonly lines: readonly ({ readonly line: number; /** Id of kind VariantId */ readonly variantId: string; readonly sku: string; readonly title: Readonly<Record<string, string>>; readonly quantity: { readonly value: string; readonly uom: string; }; readonly unitPrice: { readonly amount: string; readonly currency: string; }; readonly net: { readonly amount: string; readonly currency: string; }; readonly tax: { readonly amount: string; readonly currency: string; }; readonly reserved: string; readonly fulfilled: string; readonly cancelled: string; readonly returned: string; readonly invoiced: string; })[]; readonly fulfilments: readonly ({ /** Id of kind FulfilmentId */ readonly id: string; readonly number: number; readonly state: string; readonly tracking: string | null; })[]; readonly returns: readonly ({ /** Id of kind ReturnId */ readonly id: string; readonly state: string; readonly reason: string; })[]; readonly history: readonly ({ readonly at: string; readonly what: string; readonly details: Readonly<Record<string, unknown>>; })[]; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** How orders become money. */
  getPolicy: {
    input: Record<string, never>;
    output: { /** When an invoice is issued: once the goods are held, once the money is there, or with each parcel */ readonly invoiceOn?: "place" | "capture" | "ship" | undefined; /** When online money is asked for */ readonly captureOn?: "place" | "ship" | undefined; /** What becomes of an order of which not everything is there */ readonly whenShort?: "reject" | "partial" | "backorder" | undefined; /** Who is asked for online money */ readonly provider?: string | undefined; /** Until an order that nobody pays is cancelled */ readonly paymentMinutes?: number | undefined; /** After delivery, within which goods may come back */ readonly returnDays?: number | undefined; /** Orders on account wait until somebody lets them go on */ readonly approveOnAccount?: boolean | undefined; readonly version: number; };
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
    input: { /** Id of kind ReturnId */ readonly returnId: string; } & { readonly lines: readonly ({ readonly line: number; readonly restock?: string | undefined; readonly scrap?: string | undefined; })[]; /** Where it goes; asked for where anything is restocked */ readonly locationId?: string | undefined; };
    output: { /** Id of kind ReturnId */ readonly id: string; /** Id of kind OrderId */ readonly orderId: string; readonly state: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.line_unknown" | "order.not_inspected";
  };
  /** The invoice an order asks for now: what of it is neither invoiced nor cancelled, or what one parcel holds. */
  invoiceOfOrder: {
    input: { /** Id of kind OrderId */ readonly orderId: string; /** Id of kind FulfilmentId */ readonly fulfilmentId?: string | undefined; };
    output: { readonly invoice: { readonly partyId?: string | undefined; readonly party: { readonly name: string; }; readonly currency: string; readonly prices: "inclusive" | "exclusive"; readonly source: { readonly type: string; readonly id: string; }; readonly lines: readonly ({ readonly title: Readonly<Record<string, string>>; readonly sku: string; readonly quantity: { readonly value: string; readonly uom: string; }; readonly unitPrice: { readonly amount: string; readonly currency: string; }; readonly discount?: { readonly amount: string; readonly currency: string; } | undefined; readonly taxes: readonly ({ readonly code: string; readonly percent: string; readonly compoundOn: readonly (string)[]; })[]; readonly sourceLine: string; })[]; } | null; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** A page of orders, the latest first. */
  listOrders: {
    input: { readonly status?: "placed" | "on_hold" | "confirmed" | "in_fulfilment" | "fulfilled" | "completed" | "cancelled" | "rejected" | undefined; readonly paymentStatus?: "none" | "authorised" | "partial" | "paid" | "partially_refunded" | "refunded" | "failed" | undefined; readonly fulfilmentStatus?: "none" | "partial" | "full" | "partially_returned" | "returned" | undefined; /** Id of kind CustomerId */ readonly customerId?: string | undefined; readonly number?: string | undefined; /** The last id of the page before */ readonly after?: string | undefined; readonly limit?: number | undefined; };
    output: { readonly orders: readonly ({ /** Id of kind OrderId */ readonly id: string; readonly number: string; readonly channel: string; readonly customerId: string | null; readonly customerName: string; readonly placedAt: string; readonly total: { readonly amount: string; readonly currency: string; }; readonly isBeingCancelled: boolean; readonly status: "placed" | "on_hold" | "confirmed" | "in_fulfilment" | "fulfilled" | "completed" | "cancelled" | "rejected"; readonly paymentStatus: "none" | "authorised" | "partial" | "paid" | "partially_refunded" | "refunded" | "failed"; readonly fulfilmentStatus: "none" | "partial" | "full" | "partially_returned" | "returned"; })[]; readonly next: string | null; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
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
  /** Takes down what was picked for a parcel, scan by scan. */
  pick: {
    input: { /** Id of kind FulfilmentId */ readonly fulfilmentId: string; } & { /** Id of kind VariantId */ readonly variantId: string; readonly quantity: { readonly value: string; readonly uom: string; }; };
    output: { /** Id of kind FulfilmentId */ readonly id: string; /** Id of kind OrderId */ readonly orderId: string; readonly state: string; readonly version: number; /** Lines that are not picked yet */ readonly left: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.over_pick" | "order.wrong_item";
  };
  /** Makes a cart an order, at the total the customer has seen. */
  placeOrder: {
    input: { /** Id of kind CartId */ readonly cartId: string; } & { /** What the customer has seen; refused when it comes to something else now */ readonly expectedTotal: { readonly amount: string; readonly currency: string; }; /** How it will be paid */ readonly tender: "online" | "by_hand" | "on_account"; readonly branch?: string | undefined; readonly note?: string | undefined; };
    output: { /** Id of kind OrderId */ readonly id: string; readonly number: string; readonly status: "placed" | "on_hold"; readonly total: { readonly amount: string; readonly currency: string; }; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.address_incomplete" | "order.already_placed" | "order.cart_closed" | "order.cart_empty" | "order.cart_expired" | "order.currency_differs" | "order.not_sellable" | "order.price_changed" | "order.prices_mixed" | "order.qty_step" | "order.tax_unresolved" | "order.unit_differs" | "order.variant_inactive";
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
  /** Says how orders become money. Orders that are placed already keep the policy they were placed under. */
  setPolicy: {
    input: { /** When an invoice is issued: once the goods are held, once the money is there, or with each parcel */ readonly invoiceOn?: "place" | "capture" | "ship" | undefined; /** When online money is asked for */ readonly captureOn?: "place" | "ship" | undefined; /** What becomes of an order of which not everything is there */ readonly whenShort?: "reject" | "partial" | "backorder" | undefined; /** Who is asked for online money */ readonly provider?: string | undefined; /** Until an order that nobody pays is cancelled */ readonly paymentMinutes?: number | undefined; /** After delivery, within which goods may come back */ readonly returnDays?: number | undefined; /** Orders on account wait until somebody lets them go on */ readonly approveOnAccount?: boolean | undefined; readonly expectedVersion?: number | undefined; };
    output: { readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Says how much of something is wanted. */
  updateLine: {
    input: { /** Id of kind CartId */ readonly cartId: string; readonly line: number; } & { readonly expectedVersion?: number | undefined; readonly quantity: { readonly value: string; readonly uom: string; }; };
    output: { /** Id of kind CartId */ readonly id: string; readonly version: number; readonly line: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "order.cart_closed" | "order.cart_expired" | "order.line_unknown";
  };
}

export const order: OperationTable<OrderOperations> = {
  addLine: { method: 'POST', path: '/carts/{cartId}/lines', rest: 'body' },
  approveReturn: { method: 'POST', path: '/returns/{returnId}/approve', rest: 'body' },
  cancelFulfilment: { method: 'DELETE', path: '/fulfilments/{fulfilmentId}', rest: 'query' },
  cancelOrder: { method: 'POST', path: '/orders/{orderId}/cancel', rest: 'body' },
  checkOrderToCash: { method: 'POST', path: '/order-to-cash-checks', rest: 'body' },
  checkOrders: { method: 'POST', path: '/checks', rest: 'body' },
  closeReturn: { method: 'POST', path: '/returns/{returnId}/close', rest: 'body' },
  completeOrder: { method: 'POST', path: '/orders/{orderId}/complete', rest: 'body' },
  confirmOrder: { method: 'POST', path: '/orders/{orderId}/confirm', rest: 'body' },
  createFulfilment: { method: 'POST', path: '/orders/{orderId}/fulfilments', rest: 'body' },
  discardCart: { method: 'DELETE', path: '/carts/{cartId}', rest: 'query' },
  failDelivery: { method: 'POST', path: '/fulfilments/{fulfilmentId}/fail', rest: 'body' },
  getCart: { method: 'GET', path: '/carts/{cartId}', rest: 'query' },
  getOrder: { method: 'GET', path: '/orders/{orderId}', rest: 'query' },
  getPolicy: { method: 'GET', path: '/policy', rest: 'query' },
  holdOrder: { method: 'POST', path: '/orders/{orderId}/hold', rest: 'body' },
  inspectReturn: { method: 'POST', path: '/returns/{returnId}/inspect', rest: 'body' },
  invoiceOfOrder: { method: 'GET', path: '/orders/{orderId}/invoice', rest: 'query' },
  listOrders: { method: 'GET', path: '/orders', rest: 'query' },
  markDelivered: { method: 'POST', path: '/fulfilments/{fulfilmentId}/deliver', rest: 'body' },
  openCart: { method: 'POST', path: '/carts', rest: 'body' },
  pack: { method: 'POST', path: '/fulfilments/{fulfilmentId}/pack', rest: 'body' },
  pick: { method: 'POST', path: '/fulfilments/{fulfilmentId}/picks', rest: 'body' },
  placeOrder: { method: 'POST', path: '/carts/{cartId}/place', rest: 'body' },
  receiveReturn: { method: 'POST', path: '/returns/{returnId}/receive', rest: 'body' },
  rejectReturn: { method: 'POST', path: '/returns/{returnId}/reject', rest: 'body' },
  removeLine: { method: 'DELETE', path: '/carts/{cartId}/lines/{line}', rest: 'query' },
  requestReturn: { method: 'POST', path: '/orders/{orderId}/returns', rest: 'body' },
  requestShip: { method: 'POST', path: '/fulfilments/{fulfilmentId}/ship', rest: 'body' },
  resumeOrder: { method: 'POST', path: '/orders/{orderId}/resume', rest: 'body' },
  returnToPacked: { method: 'POST', path: '/fulfilments/{fulfilmentId}/return-to-packed', rest: 'body' },
  setAddress: { method: 'PUT', path: '/carts/{cartId}/address', rest: 'body' },
  setPolicy: { method: 'PUT', path: '/policy', rest: 'body' },
  updateLine: { method: 'PUT', path: '/carts/{cartId}/lines/{line}', rest: 'body' },
};
