import type { ColumnType, Generated, Kysely } from 'kysely';

/** numeric(18,6) and numeric(20,6): a text, exact. */
type Decimal = string;
type Filled<Type> = Generated<Type>;
/** Only the database's triggers write it. */
type Kept<Type> = ColumnType<Type, never, never>;

interface Versioned {
  org_id: Filled<string>;
  version: Filled<number>;
  created_at: Filled<Date>;
  created_by: Filled<string | null>;
  updated_at: Filled<Date>;
  updated_by: Filled<string | null>;
}

interface Items extends Versioned {
  id: string;
  sku: string;
  title: ColumnType<Record<string, string>, string, string>;
  base_uom: string;
  whole_units: boolean;
  tracking: 'none' | 'lot' | 'serial';
  currency: string;
  status: Filled<'active' | 'archived'>;
  product_id: Filled<string | null>;
}

interface ArchivedProducts {
  product_id: string;
  org_id: Filled<string>;
  archived_at: Filled<Date>;
}

interface StockMinimums {
  org_id: Filled<string>;
  item_id: string;
  location_id: string;
  minimum: Decimal;
  is_low: Filled<boolean>;
  updated_at: Filled<Date>;
  updated_by: Filled<string | null>;
}

interface ItemUnits {
  org_id: Filled<string>;
  item_id: string;
  uom: string;
  num: bigint;
  den: bigint;
}

interface Warehouses extends Versioned {
  id: string;
  code: string;
  name: ColumnType<Record<string, string>, string, string>;
  branch: Filled<string>;
}

interface Locations extends Versioned {
  id: string;
  warehouse_id: string | null;
  parent_id: string | null;
  kind: Filled<'internal' | 'transit' | 'supplier' | 'customer' | 'scrap' | 'adjustment' | 'repair'>;
  code: string;
  name: ColumnType<Record<string, string>, string, string>;
  pickable: Filled<boolean>;
  allow_negative: Filled<boolean>;
}

interface Lots extends Versioned {
  id: string;
  item_id: string;
  code: string;
  made_on: string | null;
  expires_on: string | null;
  status: Filled<'ok' | 'quarantine' | 'recalled'>;
  reason: string | null;
}

interface Policies {
  org_id: Filled<string>;
  time_zone: Filled<string>;
  closed_until: string | null;
  approval_limit: bigint | null;
  currency: Filled<string>;
  version: Filled<number>;
  updated_at: Filled<Date>;
  updated_by: Filled<string | null>;
}

export type DocumentKind = 'receipt' | 'issue' | 'adjustment' | 'dispatch' | 'arrival' | 'count' | 'reversal';

interface Documents {
  id: string;
  org_id: Filled<string>;
  kind: DocumentKind;
  branch: string;
  fiscal_year: number;
  number: bigint;
  posting_date: string;
  source_type: string | null;
  source_id: string | null;
  reason: string | null;
  reverses: string | null;
  posted_at: Filled<Date>;
  posted_by: Filled<string | null>;
}

interface NumberSeries {
  org_id: Filled<string>;
  kind: DocumentKind;
  branch: string;
  fiscal_year: number;
  next_number: Filled<bigint>;
}

interface StockLevels {
  id: Filled<bigint>;
  org_id: Filled<string>;
  item_id: string;
  location_id: string;
  lot_id: string | null;
  on_hand: Kept<Decimal>;
  reserved: Kept<Decimal>;
  backordered: Kept<Decimal>;
  value: Kept<bigint>;
  last_cost: Kept<Decimal>;
  allow_negative: Filled<boolean>;
  blocked: Kept<boolean>;
}

interface Serials {
  id: string;
  org_id: Filled<string>;
  item_id: string;
  code: string;
  status: Filled<'in_stock' | 'sold' | 'in_repair' | 'returned' | 'scrapped'>;
  level_id: Kept<bigint | null>;
  created_at: Filled<Date>;
  updated_at: Filled<Date>;
}

interface StockLedger {
  seq: Filled<bigint>;
  org_id: Filled<string>;
  level_id: bigint;
  serial_id: string | null;
  document_id: string;
  line_no: number;
  qty_delta: Decimal;
  uom_entered: string | null;
  qty_entered: Decimal | null;
  unit_cost: Decimal;
  value_delta: bigint;
  variance: bigint;
  posting_date: string;
  recorded_at: Filled<Date>;
  reverses: bigint | null;
}

interface Reservations {
  id: string;
  org_id: Filled<string>;
  hold_id: string;
  line_no: number;
  level_id: bigint;
  source_type: string;
  source_id: string;
  qty: Decimal;
  consumed: Filled<Decimal>;
  backordered: Filled<Decimal>;
  state: Filled<'active' | 'consumed' | 'released' | 'expired'>;
  expires_at: Date | null;
  priority: Filled<number>;
  held: Kept<Decimal>;
  created_at: Filled<Date>;
  created_by: Filled<string | null>;
  updated_at: Filled<Date>;
}

interface Transfers extends Versioned {
  id: string;
  from_location_id: string;
  to_location_id: string;
  state: Filled<'draft' | 'in_transit' | 'received' | 'cancelled'>;
}

interface TransferLines {
  transfer_id: string;
  org_id: Filled<string>;
  line_no: number;
  item_id: string;
  lot_id: string | null;
  serial_id: string | null;
  qty: Decimal;
  transit_qty: Filled<Decimal>;
  transit_value: Filled<bigint>;
}

interface Counts {
  id: string;
  org_id: Filled<string>;
  location_id: string;
  blind: boolean;
  state: Filled<'open' | 'review' | 'approved' | 'cancelled'>;
  snapshot_seq: bigint;
  version: Filled<number>;
  created_at: Filled<Date>;
  created_by: Filled<string | null>;
  submitted_by: string | null;
  approved_by: string | null;
  updated_at: Filled<Date>;
}

interface CountLines {
  count_id: string;
  org_id: Filled<string>;
  item_id: string;
  lot_id: string | null;
  snapshot_qty: Decimal;
  counted: Decimal | null;
  expected: Decimal | null;
  missing_serials: Filled<string[]>;
  found_serials: Filled<string[]>;
}

/** A level with what only some may see. */
interface LevelCosts {
  id: Kept<bigint>;
  org_id: Kept<string>;
  item_id: Kept<string>;
  location_id: Kept<string>;
  lot_id: Kept<string | null>;
  on_hand: Kept<Decimal>;
  value: Kept<bigint>;
  last_cost: Kept<Decimal>;
  base_uom: Kept<string>;
  currency: Kept<string>;
}

/** An entry of the ledger with what only some may see, and the number of its document. */
interface LedgerCosts {
  seq: Kept<bigint>;
  org_id: Kept<string>;
  item_id: Kept<string>;
  location_id: Kept<string>;
  lot_id: Kept<string | null>;
  document_id: Kept<string>;
  line_no: Kept<number>;
  qty_delta: Kept<Decimal>;
  unit_cost: Kept<Decimal>;
  value_delta: Kept<bigint>;
  variance: Kept<bigint>;
  posting_date: Kept<string>;
  recorded_at: Kept<Date>;
  base_uom: Kept<string>;
  currency: Kept<string>;
  kind: Kept<DocumentKind>;
  branch: Kept<string>;
  fiscal_year: Kept<number>;
  number: Kept<bigint>;
}

/** A line of a count as its readers may see it. */
interface CountSheets {
  count_id: Kept<string>;
  org_id: Kept<string>;
  item_id: Kept<string | null>;
  lot_id: Kept<string | null>;
  sku: Kept<string | null>;
  base_uom: Kept<string | null>;
  lot_code: Kept<string | null>;
  counted: Kept<Decimal | null>;
  expected: Kept<Decimal | null>;
}

/** What Kysely knows of the schema `inventory`. */
export interface InventoryTables {
  'inventory.items': Items;
  'inventory.item_units': ItemUnits;
  'inventory.warehouses': Warehouses;
  'inventory.locations': Locations;
  'inventory.lots': Lots;
  'inventory.policies': Policies;
  'inventory.documents': Documents;
  'inventory.number_series': NumberSeries;
  'inventory.stock_levels': StockLevels;
  'inventory.serials': Serials;
  'inventory.stock_ledger': StockLedger;
  'inventory.reservations': Reservations;
  'inventory.transfers': Transfers;
  'inventory.transfer_lines': TransferLines;
  'inventory.counts': Counts;
  'inventory.count_lines': CountLines;
  'inventory.archived_products': ArchivedProducts;
  'inventory.stock_minimums': StockMinimums;
  'inventory.level_costs': LevelCosts;
  'inventory.ledger_costs': LedgerCosts;
  'inventory.count_sheets': CountSheets;
}

export type InventoryDb = Kysely<InventoryTables>;
