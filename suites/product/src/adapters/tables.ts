import type { Currency } from '@ashlar/kernel/values';
import type { z } from 'zod';
import type { ColumnType, Generated } from 'kysely';
import type {
  BarcodeId,
  CategoryId,
  CustomerId,
  ImportId,
  OptionId,
  OptionValueId,
  PriceListId,
  ProductId,
  VariantId,
} from '../domain/ids.ts';

/** numeric: a text, exact. */
type Decimal = string;
/** Written as JSON text, read as what it says. */
type Json<Value> = ColumnType<Value, string, string>;
type Moment = ColumnType<Date | null, Date | string | null, Date | string | null>;
type Texts = Json<Record<string, string>>;

interface Written {
  org_id: Generated<string>;
  version: Generated<number>;
  created_at: Generated<Date>;
  created_by: Generated<string | null>;
  updated_at: Generated<Date>;
  updated_by: Generated<string | null>;
}

interface Products extends Written {
  id: ProductId;
  type: 'goods' | 'service' | 'bundle' | 'digital' | 'gift_card';
  status: Generated<'draft' | 'active' | 'archived'>;
  title: Texts;
  slug: Texts;
  description: ColumnType<Record<string, string>, string | undefined, string>;
  brand: string | null;
  tax_category: string | null;
  base_uom: string;
  sales_uom: string;
  purchase_uom: string;
  tracking: Generated<'none' | 'lot' | 'serial'>;
  stocked_at: Date | null;
  published_at: Date | null;
}

interface Variants extends Written {
  id: VariantId;
  product_id: ProductId;
  sku: string;
  status: Generated<'active' | 'archived'>;
  choices: ColumnType<Record<string, string>, string | undefined, string>;
  title: Texts;
  search_text: Generated<string>;
  weight_g: number | null;
  length_mm: number | null;
  width_mm: number | null;
  height_mm: number | null;
  manage_inventory: Generated<boolean>;
  allow_backorder: Generated<boolean>;
  min_qty: Generated<Decimal>;
  qty_step: Generated<Decimal>;
  hs_code: string | null;
  origin: string | null;
  import_id: z.output<typeof ImportId> | null;
}

interface Categories extends Written {
  id: CategoryId;
  parent_id: CategoryId | null;
  title: Texts;
  slug: string;
  position: Generated<number>;
  path: Generated<CategoryId[]>;
}

interface Options {
  id: z.output<typeof OptionId>;
  org_id: Generated<string>;
  product_id: ProductId;
  code: string;
  title: Texts;
  position: number;
}

interface OptionValues {
  id: z.output<typeof OptionValueId>;
  org_id: Generated<string>;
  option_id: z.output<typeof OptionId>;
  code: string;
  title: Texts;
  position: number;
}

interface Barcodes {
  id: z.output<typeof BarcodeId>;
  org_id: Generated<string>;
  variant_id: VariantId;
  code: string;
  symbology: string;
  uom: string;
  pack_qty: Generated<Decimal>;
  created_at: Generated<Date>;
  created_by: Generated<string | null>;
}

interface PriceLists extends Written {
  id: PriceListId;
  code: string;
  title: Texts;
  currency: Currency;
  includes_tax: Generated<boolean>;
  channel: string | null;
  customer_group: string | null;
  customer_id: z.output<typeof CustomerId> | null;
  valid_from: Moment;
  valid_to: Moment;
  priority: Generated<number>;
  status: Generated<'active' | 'archived'>;
}

interface Prices {
  org_id: Generated<string>;
  list_id: PriceListId;
  variant_id: VariantId;
  min_qty: Generated<Decimal>;
  max_qty: Decimal | null;
  unit_price: Decimal;
  updated_at: Generated<Date>;
  updated_by: Generated<string | null>;
}

interface PriceChanges {
  id: Generated<bigint>;
  org_id: Generated<string>;
  list_id: PriceListId;
  variant_id: VariantId;
  min_qty: Decimal;
  old_price: Decimal | null;
  new_price: Decimal | null;
  at: Date;
  by: string | null;
}

/** What Kysely knows of the suite's schema. */
export interface ProductTables {
  'product.products': Products;
  'product.variants': Variants;
  'product.categories': Categories;
  'product.product_categories': { org_id: Generated<string>; product_id: ProductId; category_id: CategoryId };
  'product.options': Options;
  'product.option_values': OptionValues;
  'product.barcodes': Barcodes;
  'product.code_series': { org_id: Generated<string>; last: bigint };
  'product.price_lists': PriceLists;
  'product.prices': Prices;
  'product.price_changes': PriceChanges;
  'product.channel_listings': {
    org_id: Generated<string>;
    product_id: ProductId;
    channel: string;
    currency: string;
    visible: Generated<boolean>;
    published_at: Generated<Date>;
  };
  'product.bundle_components': {
    org_id: Generated<string>;
    bundle_id: VariantId;
    component_id: VariantId;
    quantity: Decimal;
    optional: Generated<boolean>;
    position: Generated<number>;
  };
  'product.stock': {
    org_id: Generated<string>;
    variant_id: VariantId;
    location_id: string;
    available: Decimal;
    pickable: boolean;
    at: Date;
  };
  'product.settings': {
    org_id: Generated<string>;
    default_locale: string;
    version: Generated<number>;
    updated_at: Generated<Date>;
    updated_by: Generated<string | null>;
  };
}
