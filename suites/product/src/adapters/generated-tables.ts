// Made from the schema after all its migrations; apps/server/src/contracts/suite-tables.pg.test.ts says how.
import type { ColumnType, Generated, GeneratedAlways } from 'kysely';

/** What PostgreSQL says of the schema `product`; tables.ts says more of it, and is held to it. */
export interface ProductSchema {
  'product.barcodes': {
    id: string;
    org_id: Generated<string>;
    variant_id: string;
    code: string;
    symbology: 'ean13' | 'ean8' | 'upca' | 'itf14' | 'code128' | 'gs1' | 'qr' | 'internal';
    uom: string;
    pack_qty: Generated<string>;
    created_at: Generated<Date>;
    created_by: Generated<string | null>;
  };
  'product.bundle_components': {
    org_id: Generated<string>;
    bundle_id: string;
    component_id: string;
    quantity: string;
    optional: Generated<boolean>;
    position: Generated<number>;
  };
  'product.categories': {
    id: string;
    org_id: Generated<string>;
    parent_id: string | null;
    title: ColumnType<unknown, string, string>;
    slug: string;
    position: Generated<number>;
    path: Generated<string[]>;
    version: Generated<number>;
    created_at: Generated<Date>;
    created_by: Generated<string | null>;
    updated_at: Generated<Date>;
    updated_by: Generated<string | null>;
  };
  'product.channel_listings': {
    org_id: Generated<string>;
    product_id: string;
    channel: string;
    currency: string;
    visible: Generated<boolean>;
    published_at: Generated<Date>;
  };
  'product.code_series': {
    org_id: Generated<string>;
    last: Generated<bigint>;
  };
  'product.option_values': {
    id: string;
    org_id: Generated<string>;
    option_id: string;
    code: string;
    title: ColumnType<unknown, string, string>;
    position: number;
  };
  'product.options': {
    id: string;
    org_id: Generated<string>;
    product_id: string;
    code: string;
    title: ColumnType<unknown, string, string>;
    position: number;
  };
  'product.price_changes': {
    id: GeneratedAlways<bigint>;
    org_id: string;
    list_id: string;
    variant_id: string;
    min_qty: string;
    old_price: string | null;
    new_price: string | null;
    at: Generated<Date>;
    by: Generated<string | null>;
  };
  'product.price_lists': {
    id: string;
    org_id: Generated<string>;
    code: string;
    title: ColumnType<unknown, string | undefined, string>;
    currency: string;
    includes_tax: Generated<boolean>;
    channel: string | null;
    customer_group: string | null;
    customer_id: string | null;
    valid_from: Date | null;
    valid_to: Date | null;
    priority: Generated<number>;
    status: Generated<'active' | 'archived'>;
    version: Generated<number>;
    created_at: Generated<Date>;
    created_by: Generated<string | null>;
    updated_at: Generated<Date>;
    updated_by: Generated<string | null>;
  };
  'product.prices': {
    org_id: Generated<string>;
    list_id: string;
    variant_id: string;
    min_qty: Generated<string>;
    max_qty: string | null;
    unit_price: string;
    updated_at: Generated<Date>;
    updated_by: Generated<string | null>;
  };
  'product.product_categories': {
    org_id: Generated<string>;
    product_id: string;
    category_id: string;
  };
  'product.products': {
    id: string;
    org_id: Generated<string>;
    type: 'goods' | 'service' | 'bundle' | 'digital' | 'gift_card';
    status: Generated<'draft' | 'active' | 'archived'>;
    title: ColumnType<unknown, string, string>;
    slug: ColumnType<unknown, string, string>;
    description: ColumnType<unknown, string | undefined, string>;
    brand: string | null;
    tax_category: string | null;
    base_uom: string;
    sales_uom: string;
    purchase_uom: string;
    tracking: Generated<'none' | 'lot' | 'serial'>;
    stocked_at: Date | null;
    published_at: Date | null;
    version: Generated<number>;
    created_at: Generated<Date>;
    created_by: Generated<string | null>;
    updated_at: Generated<Date>;
    updated_by: Generated<string | null>;
  };
  'product.settings': {
    org_id: Generated<string>;
    default_locale: Generated<string>;
    version: Generated<number>;
    updated_at: Generated<Date>;
    updated_by: Generated<string | null>;
  };
  'product.slugs': {
    org_id: Generated<string>;
    slug: string;
    product_id: string;
  };
  'product.stock': {
    org_id: Generated<string>;
    variant_id: string;
    location_id: string;
    available: string;
    pickable: boolean;
    at: Date;
  };
  'product.variants': {
    id: string;
    org_id: Generated<string>;
    product_id: string;
    sku: string;
    status: Generated<'active' | 'archived'>;
    choices: ColumnType<unknown, string | undefined, string>;
    title: ColumnType<unknown, string, string>;
    search_text: Generated<string>;
    weight_g: number | null;
    length_mm: number | null;
    width_mm: number | null;
    height_mm: number | null;
    manage_inventory: Generated<boolean>;
    allow_backorder: Generated<boolean>;
    min_qty: Generated<string>;
    qty_step: Generated<string>;
    hs_code: string | null;
    origin: string | null;
    import_id: string | null;
    version: Generated<number>;
    created_at: Generated<Date>;
    created_by: Generated<string | null>;
    updated_at: Generated<Date>;
    updated_by: Generated<string | null>;
  };
}
