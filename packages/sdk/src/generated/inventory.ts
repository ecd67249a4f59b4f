// Made by `npm run contracts` from suites/inventory/contracts/openapi.json; changes by hand are lost.
import type { OperationTable } from '../operations.ts';

export interface InventoryOperations {
  /** Adds a place in a warehouse. */
  addLocation: {
    input: { /** Id of kind WarehouseId */ readonly warehouseId: string; /** Id of kind LocationId */ readonly parentId?: string | undefined; readonly code: string; readonly name?: Readonly<Record<string, string>> | undefined; readonly kind?: "internal" | "scrap" | "repair" | undefined; /** Whether orders are served from here; internal places are unless told */ readonly pickable?: boolean | undefined; /** Whether more may leave than is known to be here */ readonly allowNegative?: boolean | undefined; };
    output: { /** Id of kind LocationId */ readonly id: string; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "inventory.code_taken";
  };
  /** Adds a warehouse; the first one brings the place that goods on their way are at. */
  addWarehouse: {
    input: { readonly code: string; readonly name?: Readonly<Record<string, string>> | undefined; readonly branch?: string | undefined; };
    output: { /** Id of kind WarehouseId */ readonly id: string; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "inventory.code_taken";
  };
  /** Corrects what is on hand for a reason, up to the value anybody may correct. */
  adjustStock: {
    input: { readonly reason: string; readonly postingDate?: string | undefined; readonly lines: readonly ({ /** Id of kind ItemId */ readonly itemId: string; /** Id of kind LocationId */ readonly locationId: string; /** Id of kind LotId */ readonly lotId?: string | undefined; readonly quantity: { readonly value: string; readonly uom: string; }; /** Codes, one for each piece of an item kept by serial */ readonly serials?: readonly (string)[] | undefined; readonly direction: "found" | "gone"; })[]; };
    output: { /** Id of kind DocumentId */ readonly id: string; /** kind/branch/year/number, without gaps */ readonly number: string; readonly postingDate: string; readonly lines: readonly ({ readonly line: number; /** What it changed the value of the stock by */ readonly value: { readonly amount: string; readonly currency: string; }; })[]; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "inventory.approval_required" | "inventory.insufficient_stock" | "inventory.item_unknown" | "inventory.location_unknown" | "inventory.lot_required" | "inventory.period_closed" | "inventory.serial_count_differs" | "inventory.serial_duplicate" | "inventory.serial_unknown";
  };
  /** Corrects what is on hand, whatever it is worth. */
  adjustStockApproved: {
    input: { readonly reason: string; readonly postingDate?: string | undefined; readonly lines: readonly ({ /** Id of kind ItemId */ readonly itemId: string; /** Id of kind LocationId */ readonly locationId: string; /** Id of kind LotId */ readonly lotId?: string | undefined; readonly quantity: { readonly value: string; readonly uom: string; }; /** Codes, one for each piece of an item kept by serial */ readonly serials?: readonly (string)[] | undefined; readonly direction: "found" | "gone"; })[]; };
    output: { /** Id of kind DocumentId */ readonly id: string; /** kind/branch/year/number, without gaps */ readonly number: string; readonly postingDate: string; readonly lines: readonly ({ readonly line: number; /** What it changed the value of the stock by */ readonly value: { readonly amount: string; readonly currency: string; }; })[]; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "inventory.approval_required" | "inventory.insufficient_stock" | "inventory.item_unknown" | "inventory.location_unknown" | "inventory.lot_required" | "inventory.period_closed" | "inventory.serial_count_differs" | "inventory.serial_duplicate" | "inventory.serial_unknown";
  };
  /** Corrects the stock to what was found; done by somebody who did not count it. */
  approveCount: {
    input: { /** Id of kind CountId */ readonly countId: string; } & { readonly postingDate?: string | undefined; /** Refused when somebody has changed it since this version */ readonly expectedVersion?: number | undefined; };
    output: { /** Id of kind CountId */ readonly id: string; readonly state: "open" | "review" | "approved" | "cancelled"; readonly version: number; /** null when all was as expected */ readonly documentId: string | null; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "inventory.insufficient_stock" | "inventory.period_closed" | "inventory.self_approval" | "inventory.serial_duplicate";
  };
  /** Begins nothing new with an item; what is there may leave. */
  archiveItem: {
    input: { /** Id of kind ItemId */ readonly itemId: string; };
    output: { readonly archived: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** How much of an item is where, and how much of it a newcomer may have. */
  availability: {
    input: { /** Id of kind ItemId */ readonly itemId: string; /** Id of kind LocationId */ readonly locationId?: string | undefined; readonly limit?: number | undefined; };
    output: { /** Where orders are served from */ readonly available: { readonly value: string; readonly uom: string; }; readonly places: readonly ({ /** Id of kind LocationId */ readonly locationId: string; readonly lotId: string | null; readonly onHand: { readonly value: string; readonly uom: string; }; readonly held: { readonly value: string; readonly uom: string; }; readonly available: { readonly value: string; readonly uom: string; }; readonly promised: { readonly value: string; readonly uom: string; }; })[]; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated" | "inventory.item_unknown";
  };
  /** Puts a lot into quarantine: nothing of it is held or handed out until it is cleared. */
  blockLot: {
    input: { /** Id of kind LotId */ readonly lotId: string; } & { readonly reason: string; /** Refused when somebody has changed it since this version */ readonly expectedVersion?: number | undefined; };
    output: { /** Id of kind LotId */ readonly id: string; readonly status: "ok" | "quarantine" | "recalled"; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Gives a count up; the stock stays as it is. */
  cancelCount: {
    input: { /** Id of kind CountId */ readonly countId: string; } & { /** Refused when somebody has changed it since this version */ readonly expectedVersion?: number | undefined; };
    output: { /** Id of kind CountId */ readonly id: string; readonly state: "open" | "review" | "approved" | "cancelled"; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Gives a transfer up before it leaves. */
  cancelTransfer: {
    input: { /** Id of kind TransferId */ readonly transferId: string; } & { /** Refused when somebody has changed it since this version */ readonly expectedVersion?: number | undefined; };
    output: { /** Id of kind TransferId */ readonly id: string; readonly state: "draft" | "in_transit" | "received" | "cancelled"; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Gives a location another name, or says whether orders are served from it. */
  changeLocation: {
    input: { /** Id of kind LocationId */ readonly locationId: string; } & { readonly name?: Readonly<Record<string, string>> | undefined; readonly pickable?: boolean | undefined; /** Refused when somebody has changed it since this version */ readonly expectedVersion?: number | undefined; };
    output: { /** Id of kind LocationId */ readonly id: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Gives a warehouse another name, or another branch for the numbers of its documents from now on. */
  changeWarehouse: {
    input: { /** Id of kind WarehouseId */ readonly warehouseId: string; } & { readonly name?: Readonly<Record<string, string>> | undefined; readonly branch?: string | undefined; /** Refused when somebody has changed it since this version */ readonly expectedVersion?: number | undefined; };
    output: { /** Id of kind WarehouseId */ readonly id: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Reckons all balances anew and names every drift; none is expected. */
  checkStock: {
    input: Record<string, never>;
    output: { readonly checks: number; readonly drifts: readonly ({ readonly check: string; readonly subject: string; readonly expected: string; readonly found: string; })[]; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Lets a lot out of quarantine. */
  clearLot: {
    input: { /** Id of kind LotId */ readonly lotId: string; } & { readonly reason: string; /** Refused when somebody has changed it since this version */ readonly expectedVersion?: number | undefined; };
    output: { /** Id of kind LotId */ readonly id: string; readonly status: "ok" | "quarantine" | "recalled"; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** What to count and what was found, page by page. */
  countSheet: {
    input: { /** Id of kind CountId */ readonly countId: string; /** `next` of the page before */ readonly after?: number | undefined; readonly limit?: number | undefined; };
    output: { readonly lines: readonly ({ /** Id of kind ItemId */ readonly itemId: string; readonly sku: string; readonly lotId: string | null; /** Code of the lot */ readonly lot: string | null; /** By the ledger; null: not for the eyes of who counts blindly */ readonly expected: { readonly value: string; readonly uom: string; } | null; readonly counted: { readonly value: string; readonly uom: string; } | null; readonly variance: { readonly value: string; readonly uom: string; } | null; })[]; readonly next: number | null; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Lets a transfer leave: its goods are on their way, at the cost they left with. */
  dispatchTransfer: {
    input: { /** Id of kind TransferId */ readonly transferId: string; } & { readonly postingDate?: string | undefined; /** Refused when somebody has changed it since this version */ readonly expectedVersion?: number | undefined; };
    output: { /** Id of kind TransferId */ readonly id: string; readonly state: "in_transit" | "received"; readonly version: number; readonly posting: { /** Id of kind DocumentId */ readonly id: string; /** kind/branch/year/number, without gaps */ readonly number: string; readonly postingDate: string; readonly lines: readonly ({ readonly line: number; /** What it changed the value of the stock by */ readonly value: { readonly amount: string; readonly currency: string; }; })[]; }; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "inventory.insufficient_stock" | "inventory.period_closed";
  };
  /** What is on hand of lots that expire within so many days or have expired, the first to expire first. */
  expiringLots: {
    input: { readonly days?: number | undefined; readonly limit?: number | undefined; };
    output: { readonly places: readonly ({ /** Id of kind ItemId */ readonly itemId: string; /** Id of kind LocationId */ readonly locationId: string; /** Id of kind LotId */ readonly lotId: string; readonly lot: string; readonly expiresOn: string; readonly onHand: { readonly value: string; readonly uom: string; }; })[]; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** All that is on hand, by codes, page by page. */
  exportStock: {
    input: { /** `next` of the page before */ readonly after?: string | undefined; readonly limit?: number | undefined; };
    output: { readonly rows: readonly ({ readonly sku: string; /** Code of the location */ readonly location: string; /** What is on hand */ readonly quantity: { readonly value: string; readonly uom: string; }; /** Of it, what reservations hold */ readonly held: { readonly value: string; readonly uom: string; }; readonly lot: { readonly code: string; readonly expiresOn: string | null; } | null; /** Codes of an item kept by serial, the first 1000 */ readonly serials: readonly (string)[]; })[]; /** null: this is the last page */ readonly next: string | null; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Lets a hold that is not over last until another moment. */
  extendHold: {
    input: { /** Id of kind HoldId */ readonly holdId: string; } & { /** null: until somebody ends it */ readonly expiresAt: string | null; };
    output: { /** Id of kind HoldId */ readonly id: string; /** How many reservations this changed */ readonly ended: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "inventory.already_expired";
  };
  /** Where the goods are that a hold keeps: for whoever fetches them. */
  goodsOfHold: {
    input: { /** Id of kind HoldId */ readonly holdId: string; };
    output: { readonly goods: readonly ({ readonly line: number; /** Id of kind ItemId */ readonly itemId: string; /** Its code */ readonly warehouse: string; /** Id of kind LocationId */ readonly locationId: string; /** Its code */ readonly location: string; readonly locationName: Readonly<Record<string, string>>; readonly lot: { readonly code: string; readonly expiresOn: string | null; } | null; readonly quantity: { readonly value: string; readonly uom: string; }; readonly serials: readonly (string)[]; /** Of it, what is not there yet */ readonly promised: { readonly value: string; readonly uom: string; }; })[]; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** What an issue took, from where, of which lots and with which serials. */
  goodsOfIssue: {
    input: { /** Id of kind DocumentId */ readonly documentId: string; };
    output: { readonly goods: readonly ({ readonly line: number; /** Id of kind ItemId */ readonly itemId: string; /** Its code */ readonly warehouse: string; /** Id of kind LocationId */ readonly locationId: string; /** Its code */ readonly location: string; readonly locationName: Readonly<Record<string, string>>; readonly lot: { readonly code: string; readonly expiresOn: string | null; } | null; readonly quantity: { readonly value: string; readonly uom: string; }; readonly serials: readonly (string)[]; })[]; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Takes opening stock in by codes, as one document that can be reversed as one. */
  importStock: {
    input: { /** Name of the batch: the same name is the same batch */ readonly batch: string; readonly postingDate?: string | undefined; readonly rows: readonly ({ readonly sku: string; /** Code of the location */ readonly location: string; readonly quantity: { readonly value: string; readonly uom: string; }; /** Of all of the row */ readonly cost: { readonly amount: string; readonly currency: string; }; readonly lot?: { readonly code: string; readonly expiresOn?: string | undefined; } | undefined; readonly serials?: readonly (string)[] | undefined; })[]; /** Leave wrong rows out rather than refuse all of them */ readonly onlyValid?: boolean | undefined; };
    output: { readonly documentId: string | null; readonly imported: number; readonly rowErrors: readonly ({ readonly row: number; readonly code: string; readonly detail: string; })[]; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "inventory.cost_required" | "inventory.item_unknown" | "inventory.location_unknown" | "inventory.lot_required" | "inventory.period_closed" | "inventory.rows_wrong" | "inventory.serial_count_differs" | "inventory.serial_duplicate";
  };
  /** Hands goods out, from what is free or from what a hold kept for it. */
  issueStock: {
    input: { /** For whom or because of what: order, and its id */ readonly source?: { readonly type: string; readonly id: string; } | undefined; readonly postingDate?: string | undefined; /** Whose reservations this uses up; each line is then at most what it holds there */ readonly holdId?: string | undefined; readonly lines: readonly ({ /** Id of kind ItemId */ readonly itemId: string; /** Id of kind LocationId */ readonly locationId: string; /** Id of kind LotId */ readonly lotId?: string | undefined; readonly quantity: { readonly value: string; readonly uom: string; }; /** Codes, one for each piece of an item kept by serial */ readonly serials?: readonly (string)[] | undefined; })[]; };
    output: { /** Id of kind DocumentId */ readonly id: string; /** kind/branch/year/number, without gaps */ readonly number: string; readonly postingDate: string; readonly lines: readonly ({ readonly line: number; /** What it changed the value of the stock by */ readonly value: { readonly amount: string; readonly currency: string; }; })[]; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "inventory.already_expired" | "inventory.insufficient_stock" | "inventory.item_unknown" | "inventory.location_unknown" | "inventory.lot_blocked" | "inventory.lot_expired" | "inventory.period_closed" | "inventory.reservation_mismatch" | "inventory.serial_count_differs" | "inventory.serial_unknown";
  };
  /** Hands goods out whatever their lot is, for a reason that is written down. */
  issueUnfitStock: {
    input: { /** For whom or because of what: order, and its id */ readonly source?: { readonly type: string; readonly id: string; } | undefined; readonly postingDate?: string | undefined; /** Whose reservations this uses up; each line is then at most what it holds there */ readonly holdId?: string | undefined; readonly lines: readonly ({ /** Id of kind ItemId */ readonly itemId: string; /** Id of kind LocationId */ readonly locationId: string; /** Id of kind LotId */ readonly lotId?: string | undefined; readonly quantity: { readonly value: string; readonly uom: string; }; /** Codes, one for each piece of an item kept by serial */ readonly serials?: readonly (string)[] | undefined; })[]; readonly reason: string; };
    output: { /** Id of kind DocumentId */ readonly id: string; /** kind/branch/year/number, without gaps */ readonly number: string; readonly postingDate: string; readonly lines: readonly ({ readonly line: number; /** What it changed the value of the stock by */ readonly value: { readonly amount: string; readonly currency: string; }; })[]; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "inventory.already_expired" | "inventory.insufficient_stock" | "inventory.item_unknown" | "inventory.location_unknown" | "inventory.lot_blocked" | "inventory.lot_expired" | "inventory.period_closed" | "inventory.reservation_mismatch" | "inventory.serial_count_differs" | "inventory.serial_unknown";
  };
  /** What moved of an item, the latest first. */
  ledgerCard: {
    input: { /** Id of kind ItemId */ readonly itemId: string; /** Only of this lot: where it came from and who was given of it */ readonly lotId?: string | undefined; /** Go on below this entry */ readonly before?: string | undefined; readonly limit?: number | undefined; };
    output: { readonly entries: readonly ({ /** Id of kind LocationId */ readonly locationId: string; readonly lotId: string | null; readonly seq: string; /** kind/branch/year/number */ readonly document: string; /** Id of kind DocumentId */ readonly documentId: string; /** For whom or because of what */ readonly source: { readonly type: string; readonly id: string; } | null; readonly line: number; readonly quantity: { readonly value: string; readonly uom: string; }; readonly postingDate: string; readonly recordedAt: string; })[]; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated" | "inventory.item_unknown";
  };
  /** What each movement was worth, in the order they were recorded, page by page. */
  ledgerValue: {
    input: { /** Id of kind ItemId */ readonly itemId?: string | undefined; /** `next` of the page before */ readonly after?: string | undefined; readonly limit?: number | undefined; };
    output: { readonly entries: readonly ({ /** Id of kind ItemId */ readonly itemId: string; /** Id of kind LocationId */ readonly locationId: string; readonly lotId: string | null; readonly seq: string; /** kind/branch/year/number */ readonly document: string; /** Id of kind DocumentId */ readonly documentId: string; readonly line: number; readonly quantity: { readonly value: string; readonly uom: string; }; readonly unitCost: { readonly amount: string; readonly currency: string; }; readonly value: { readonly amount: string; readonly currency: string; }; readonly variance: { readonly amount: string; readonly currency: string; }; readonly postingDate: string; readonly recordedAt: string; })[]; /** Where the next page goes on; null: this is the last */ readonly next: string | null; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Says how urgent a hold is: who waits with the highest priority gets what arrives. */
  prioritiseHold: {
    input: { /** Id of kind HoldId */ readonly holdId: string; } & { readonly priority: number; };
    output: { /** Id of kind HoldId */ readonly id: string; /** How many reservations this changed */ readonly ended: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "inventory.already_expired";
  };
  /** Calls a lot back for good. */
  recallLot: {
    input: { /** Id of kind LotId */ readonly lotId: string; } & { readonly reason: string; /** Refused when somebody has changed it since this version */ readonly expectedVersion?: number | undefined; };
    output: { /** Id of kind LotId */ readonly id: string; readonly status: "ok" | "quarantine" | "recalled"; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Takes goods in, also such that cost nothing. */
  receiveFreeStock: {
    input: { /** For whom or because of what: order, and its id */ readonly source?: { readonly type: string; readonly id: string; } | undefined; readonly postingDate?: string | undefined; readonly lines: readonly ({ /** Id of kind ItemId */ readonly itemId: string; /** Id of kind LocationId */ readonly locationId: string; readonly quantity: { readonly value: string; readonly uom: string; }; /** Codes, one for each piece of an item kept by serial */ readonly serials?: readonly (string)[] | undefined; /** The lot it belongs to; made if it is new */ readonly lot?: { readonly code: string; readonly madeOn?: string | undefined; readonly expiresOn?: string | undefined; } | undefined; /** Of the whole line, in the currency the item is valued in */ readonly cost?: { readonly amount: string; readonly currency: string; } | undefined; })[]; };
    output: { /** Id of kind DocumentId */ readonly id: string; /** kind/branch/year/number, without gaps */ readonly number: string; readonly postingDate: string; readonly lines: readonly ({ readonly line: number; /** What it changed the value of the stock by */ readonly value: { readonly amount: string; readonly currency: string; }; })[]; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "inventory.cost_required" | "inventory.item_unknown" | "inventory.location_unknown" | "inventory.lot_required" | "inventory.period_closed" | "inventory.serial_count_differs" | "inventory.serial_duplicate";
  };
  /** Takes goods in at what they cost. */
  receiveStock: {
    input: { /** For whom or because of what: order, and its id */ readonly source?: { readonly type: string; readonly id: string; } | undefined; readonly postingDate?: string | undefined; readonly lines: readonly ({ /** Id of kind ItemId */ readonly itemId: string; /** Id of kind LocationId */ readonly locationId: string; readonly quantity: { readonly value: string; readonly uom: string; }; /** Codes, one for each piece of an item kept by serial */ readonly serials?: readonly (string)[] | undefined; /** The lot it belongs to; made if it is new */ readonly lot?: { readonly code: string; readonly madeOn?: string | undefined; readonly expiresOn?: string | undefined; } | undefined; /** Of the whole line, in the currency the item is valued in */ readonly cost?: { readonly amount: string; readonly currency: string; } | undefined; })[]; };
    output: { /** Id of kind DocumentId */ readonly id: string; /** kind/branch/year/number, without gaps */ readonly number: string; readonly postingDate: string; readonly lines: readonly ({ readonly line: number; /** What it changed the value of the stock by */ readonly value: { readonly amount: string; readonly currency: string; }; })[]; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "inventory.cost_required" | "inventory.item_unknown" | "inventory.location_unknown" | "inventory.lot_required" | "inventory.period_closed" | "inventory.serial_count_differs" | "inventory.serial_duplicate";
  };
  /** Takes in what arrived of a transfer. What did not stays on its way until it arrives. */
  receiveTransfer: {
    input: { /** Id of kind TransferId */ readonly transferId: string; } & { readonly postingDate?: string | undefined; /** What arrived; absent: everything */ readonly lines?: readonly ({ readonly line: number; /** In base units */ readonly quantity: string; })[] | undefined; /** Refused when somebody has changed it since this version */ readonly expectedVersion?: number | undefined; };
    output: { /** Id of kind TransferId */ readonly id: string; readonly state: "in_transit" | "received"; readonly version: number; readonly posting: { /** Id of kind DocumentId */ readonly id: string; /** kind/branch/year/number, without gaps */ readonly number: string; readonly postingDate: string; readonly lines: readonly ({ readonly line: number; /** What it changed the value of the stock by */ readonly value: { readonly amount: string; readonly currency: string; }; })[]; }; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "inventory.over_receipt" | "inventory.period_closed";
  };
  /** Gives up what a hold still keeps, or some of it. What it has handed out stays handed out. */
  releaseHold: {
    input: { /** Id of kind HoldId */ readonly holdId: string; } & { /** All that is left unless told */ readonly lines?: readonly ({ readonly line: number; readonly quantity: { readonly value: string; readonly uom: string; }; })[] | undefined; };
    output: { /** Id of kind HoldId */ readonly id: string; /** How many reservations this changed */ readonly ended: number; /** What it still keeps of the lines that were named */ readonly held: readonly ({ readonly line: number; /** Id of kind ItemId */ readonly itemId: string; /** Id of kind LocationId */ readonly locationId: string; readonly lotId: string | null; readonly quantity: { readonly value: string; readonly uom: string; }; /** Of the quantity, what is promised and not there yet */ readonly backordered: { readonly value: string; readonly uom: string; }; })[]; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "inventory.reservation_mismatch";
  };
  /** Holds quantities for somebody until they are issued, given up or overdue. */
  reserveStock: {
    input: { /** For whom or because of what: order, and its id */ readonly source: { readonly type: string; readonly id: string; }; /** Adds to that hold of the same source; a new one unless told */ readonly holdId?: string | undefined; readonly lines: readonly ({ /** Its number in the hold; counted from 1 unless told */ readonly line?: number | undefined; /** Id of kind ItemId */ readonly itemId: string; readonly quantity: { readonly value: string; readonly uom: string; }; /** Id of kind WarehouseId */ readonly warehouseId?: string | undefined; /** Only from here; otherwise from wherever stock is handed out */ readonly locationId?: string | undefined; /** Id of kind LotId */ readonly lotId?: string | undefined; })[]; /** From this moment on it holds nothing; absent: until somebody ends it */ readonly expiresAt?: string | undefined; /** Who gets what arrives when several wait for it */ readonly priority?: number | undefined; /** Hold what there is, if it is anything at all */ readonly allowPartial?: boolean | undefined; /** Promise what there is not */ readonly allowBackorder?: boolean | undefined; };
    output: { /** Id of kind HoldId */ readonly id: string; readonly held: readonly ({ readonly line: number; /** Id of kind ItemId */ readonly itemId: string; /** Id of kind LocationId */ readonly locationId: string; readonly lotId: string | null; readonly quantity: { readonly value: string; readonly uom: string; }; /** Of the quantity, what is promised and not there yet */ readonly backordered: { readonly value: string; readonly uom: string; }; })[]; readonly short: readonly ({ readonly line: number; readonly wanted: { readonly value: string; readonly uom: string; }; readonly available: { readonly value: string; readonly uom: string; }; })[]; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "inventory.already_expired" | "inventory.insufficient_stock" | "inventory.item_unknown" | "inventory.location_not_pickable";
  };
  /** Takes a posted document back at its original cost. */
  reverseDocument: {
    input: { /** Id of kind DocumentId */ readonly documentId: string; } & { readonly reason: string; readonly postingDate?: string | undefined; };
    output: { /** Id of kind DocumentId */ readonly id: string; /** kind/branch/year/number, without gaps */ readonly number: string; readonly postingDate: string; readonly lines: readonly ({ readonly line: number; /** What it changed the value of the stock by */ readonly value: { readonly amount: string; readonly currency: string; }; })[]; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "inventory.already_reversed" | "inventory.insufficient_stock" | "inventory.period_closed" | "inventory.serial_moved_on";
  };
  /** Says of how little of an item at a location somebody is told. */
  setMinimum: {
    input: { /** Id of kind ItemId */ readonly itemId: string; } & { /** Id of kind LocationId */ readonly locationId: string; /** Told when less than this is available; null: never */ readonly minimum: { readonly value: string; readonly uom: string; } | null; };
    output: { /** Id of kind ItemId */ readonly itemId: string; /** Id of kind LocationId */ readonly locationId: string; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "inventory.item_unknown" | "inventory.location_unknown";
  };
  /** Says in which zone days begin, until when stock is closed, how much anybody may adjust, and the currency of new items. */
  setPolicy: {
    input: { readonly timeZone?: string | undefined; readonly closedUntil?: string | null | undefined; readonly approvalLimit?: string | null | undefined; /** What items that come from the catalogue are valued in */ readonly currency?: string | undefined; };
    output: { readonly timeZone: string; readonly closedUntil: string | null; readonly approvalLimit: string | null; readonly currency: string; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Begins to count a location. Selling goes on meanwhile. */
  startCount: {
    input: { /** Id of kind LocationId */ readonly locationId: string; readonly blind?: boolean | undefined; };
    output: { /** Id of kind CountId */ readonly id: string; readonly state: "open" | "review" | "approved" | "cancelled"; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "inventory.count_open_elsewhere";
  };
  /** Writes down what shall go from one location to another. Nothing moves yet. */
  startTransfer: {
    input: { /** Id of kind LocationId */ readonly fromLocationId: string; /** Id of kind LocationId */ readonly toLocationId: string; readonly lines: readonly ({ /** Id of kind ItemId */ readonly itemId: string; /** Id of kind LotId */ readonly lotId?: string | undefined; readonly quantity: { readonly value: string; readonly uom: string; }; /** Codes, one for each piece of an item kept by serial */ readonly serials?: readonly (string)[] | undefined; })[]; };
    output: { /** Id of kind TransferId */ readonly id: string; readonly state: "draft" | "in_transit" | "received" | "cancelled"; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "inventory.item_unknown" | "inventory.same_location" | "inventory.serial_unknown";
  };
  /** How much of an item was where at the end of a day, by the dates of the postings. */
  stockAsOf: {
    input: { /** Id of kind ItemId */ readonly itemId: string; readonly date: string; };
    output: { readonly places: readonly ({ /** Id of kind LocationId */ readonly locationId: string; readonly lotId: string | null; readonly onHand: { readonly value: string; readonly uom: string; }; })[]; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated" | "inventory.item_unknown";
  };
  /** What the stock at each place is worth, page by page. */
  stockValue: {
    input: { /** Id of kind ItemId */ readonly itemId?: string | undefined; /** `next` of the page before */ readonly after?: string | undefined; readonly limit?: number | undefined; };
    output: { readonly places: readonly ({ /** Id of kind ItemId */ readonly itemId: string; /** Id of kind LocationId */ readonly locationId: string; readonly lotId: string | null; readonly onHand: { readonly value: string; readonly uom: string; }; readonly value: { readonly amount: string; readonly currency: string; }; /** Of one base unit; the last known cost where nothing is left */ readonly average: { readonly amount: string; readonly currency: string; }; })[]; /** Where the next page goes on; null: this is the last */ readonly next: string | null; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Says what was found. What was not counted is left as it is. */
  submitCount: {
    input: { /** Id of kind CountId */ readonly countId: string; } & { /** Refused when somebody has changed it since this version */ readonly expectedVersion?: number | undefined; readonly lines: readonly ({ /** Id of kind ItemId */ readonly itemId: string; /** Id of kind LotId */ readonly lotId?: string | undefined; readonly quantity: { readonly value: string; readonly uom: string; }; /** Codes, one for each piece of an item kept by serial */ readonly serials?: readonly (string)[] | undefined; })[]; };
    output: { /** Id of kind CountId */ readonly id: string; readonly state: "open" | "review" | "approved" | "cancelled"; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "inventory.counted_twice" | "inventory.item_unknown" | "inventory.lot_required" | "inventory.serial_count_differs" | "inventory.serial_duplicate";
  };
  /** Keeps stock of a variant, or learns how it changed. */
  trackItem: {
    input: { /** The variant's id in the catalogue */ readonly itemId: string; } & { readonly sku: string; readonly title?: Readonly<Record<string, string>> | undefined; readonly baseUom?: string | undefined; readonly wholeUnits?: boolean | undefined; readonly tracking?: "none" | "lot" | "serial" | undefined; readonly currency: string; readonly status?: "active" | "archived" | undefined; /** Refused when somebody has changed it since this version */ readonly expectedVersion?: number | undefined; /** Other units: one of them is num ÷ den of the base unit */ readonly units?: readonly ({ readonly uom: string; readonly num: string; readonly den?: string | undefined; })[] | undefined; };
    output: { /** Id of kind ItemId */ readonly id: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "inventory.code_taken" | "inventory.frozen_field";
  };
  /** Ends a transfer of which something got lost on the way: what has not arrived is written off. */
  writeOffTransfer: {
    input: { /** Id of kind TransferId */ readonly transferId: string; } & { readonly reason: string; readonly postingDate?: string | undefined; /** Refused when somebody has changed it since this version */ readonly expectedVersion?: number | undefined; };
    output: { /** Id of kind TransferId */ readonly id: string; readonly state: "received"; readonly version: number; readonly posting: { /** Id of kind DocumentId */ readonly id: string; /** kind/branch/year/number, without gaps */ readonly number: string; readonly postingDate: string; readonly lines: readonly ({ readonly line: number; /** What it changed the value of the stock by */ readonly value: { readonly amount: string; readonly currency: string; }; })[]; }; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "inventory.period_closed";
  };
}

export const inventory: OperationTable<InventoryOperations> = {
  addLocation: { method: 'POST', path: '/locations', rest: 'body' },
  addWarehouse: { method: 'POST', path: '/warehouses', rest: 'body' },
  adjustStock: { method: 'POST', path: '/adjustments', rest: 'body' },
  adjustStockApproved: { method: 'POST', path: '/approved-adjustments', rest: 'body' },
  approveCount: { method: 'POST', path: '/counts/{countId}/approve', rest: 'body' },
  archiveItem: { method: 'POST', path: '/items/{itemId}/archive', rest: 'body' },
  availability: { method: 'GET', path: '/items/{itemId}/availability', rest: 'query' },
  blockLot: { method: 'POST', path: '/lots/{lotId}/block', rest: 'body' },
  cancelCount: { method: 'POST', path: '/counts/{countId}/cancel', rest: 'body' },
  cancelTransfer: { method: 'POST', path: '/transfers/{transferId}/cancel', rest: 'body' },
  changeLocation: { method: 'PATCH', path: '/locations/{locationId}', rest: 'body' },
  changeWarehouse: { method: 'PATCH', path: '/warehouses/{warehouseId}', rest: 'body' },
  checkStock: { method: 'POST', path: '/checks', rest: 'body' },
  clearLot: { method: 'POST', path: '/lots/{lotId}/clear', rest: 'body' },
  countSheet: { method: 'GET', path: '/counts/{countId}/sheet', rest: 'query' },
  dispatchTransfer: { method: 'POST', path: '/transfers/{transferId}/dispatch', rest: 'body' },
  expiringLots: { method: 'GET', path: '/lots/expiring', rest: 'query' },
  exportStock: { method: 'GET', path: '/stock/export', rest: 'query' },
  extendHold: { method: 'POST', path: '/holds/{holdId}/extend', rest: 'body' },
  goodsOfHold: { method: 'GET', path: '/holds/{holdId}/goods', rest: 'query' },
  goodsOfIssue: { method: 'GET', path: '/documents/{documentId}/goods', rest: 'query' },
  importStock: { method: 'POST', path: '/imports', rest: 'body' },
  issueStock: { method: 'POST', path: '/issues', rest: 'body' },
  issueUnfitStock: { method: 'POST', path: '/unfit-issues', rest: 'body' },
  ledgerCard: { method: 'GET', path: '/items/{itemId}/ledger', rest: 'query' },
  ledgerValue: { method: 'GET', path: '/costs/ledger', rest: 'query' },
  prioritiseHold: { method: 'POST', path: '/holds/{holdId}/prioritise', rest: 'body' },
  recallLot: { method: 'POST', path: '/lots/{lotId}/recall', rest: 'body' },
  receiveFreeStock: { method: 'POST', path: '/free-receipts', rest: 'body' },
  receiveStock: { method: 'POST', path: '/receipts', rest: 'body' },
  receiveTransfer: { method: 'POST', path: '/transfers/{transferId}/receive', rest: 'body' },
  releaseHold: { method: 'POST', path: '/holds/{holdId}/release', rest: 'body' },
  reserveStock: { method: 'POST', path: '/holds', rest: 'body' },
  reverseDocument: { method: 'POST', path: '/documents/{documentId}/reverse', rest: 'body' },
  setMinimum: { method: 'PUT', path: '/items/{itemId}/minimum', rest: 'body' },
  setPolicy: { method: 'PUT', path: '/policy', rest: 'body' },
  startCount: { method: 'POST', path: '/counts', rest: 'body' },
  startTransfer: { method: 'POST', path: '/transfers', rest: 'body' },
  stockAsOf: { method: 'GET', path: '/items/{itemId}/as-of/{date}', rest: 'query' },
  stockValue: { method: 'GET', path: '/costs', rest: 'query' },
  submitCount: { method: 'POST', path: '/counts/{countId}/submit', rest: 'body' },
  trackItem: { method: 'PUT', path: '/items/{itemId}', rest: 'body' },
  writeOffTransfer: { method: 'POST', path: '/transfers/{transferId}/write-off', rest: 'body' },
};
