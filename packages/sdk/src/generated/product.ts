// Made by `npm run contracts` from suites/product/contracts/openapi.json; changes by hand are lost.
import type { OperationTable } from '../operations.ts';

export interface ProductOperations {
  /** Lets a variant, or a pack of it, be found by a code; without one the organisation makes its own. */
  addBarcode: {
    input: { /** Id of kind VariantId */ readonly variantId: string; } & { readonly code?: string | undefined; readonly symbology?: "ean13" | "ean8" | "upca" | "itf14" | "code128" | "gs1" | "qr" | "internal" | undefined; readonly pack?: { readonly value: string; readonly uom: string; } | undefined; };
    output: { /** Id of kind BarcodeId */ readonly id: string; /** Id of kind VariantId */ readonly variantId: string; readonly code: string; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "product.bad_check_digit" | "product.barcode_taken";
  };
  /** Takes a product and its variants out of sale for good; its slugs and SKUs are free again. */
  archiveProduct: {
    input: { /** Id of kind ProductId */ readonly productId: string; };
    output: { /** Id of kind ProductId */ readonly id: string; readonly status: "draft" | "active" | "archived"; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Takes a variant out of sale; old documents keep it, and its SKU is free again. */
  archiveVariant: {
    input: { /** Id of kind VariantId */ readonly variantId: string; };
    output: { /** Id of kind VariantId */ readonly id: string; readonly status: "archived"; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Adds a category, at the top or below another. */
  createCategory: {
    input: { readonly title: Readonly<Record<string, string>>; readonly slug: string; readonly parentId?: string | null | undefined; readonly position?: number | undefined; };
    output: { /** Id of kind CategoryId */ readonly id: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "product.category_cycle" | "product.slug_taken";
  };
  /** Adds a price list: the default one of a currency, or for a channel, a group or one customer. */
  createPriceList: {
    input: { readonly code: string; readonly currency: string; readonly includesTax?: boolean | undefined; readonly channel?: string | undefined; readonly customerGroup?: string | undefined; /** Id of kind CustomerId */ readonly customerId?: string | undefined; readonly title?: Readonly<Record<string, string>> | undefined; readonly validFrom?: string | null | undefined; readonly validTo?: string | null | undefined; readonly priority?: number | undefined; };
    output: { /** Id of kind PriceListId */ readonly id: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "product.price_list_code_taken" | "product.validity_reversed";
  };
  /** Adds a product as a draft; with an SKU it has one variant at once. */
  createProduct: {
    input: { readonly type?: "goods" | "service" | "bundle" | "digital" | "gift_card" | undefined; readonly title: Readonly<Record<string, string>>; readonly slug?: Readonly<Record<string, string>> | undefined; readonly description?: Readonly<Record<string, string>> | undefined; readonly brand?: string | undefined; readonly taxCategory?: string | undefined; readonly baseUom?: string | undefined; readonly salesUom?: string | undefined; readonly purchaseUom?: string | undefined; readonly tracking?: "none" | "lot" | "serial" | undefined; readonly categoryIds?: readonly (string)[] | undefined; readonly variant?: { readonly sku: string; readonly weightG?: number | undefined; readonly lengthMm?: number | undefined; readonly widthMm?: number | undefined; readonly heightMm?: number | undefined; readonly manageInventory?: boolean | undefined; readonly allowBackorder?: boolean | undefined; readonly minQty?: { readonly value: string; readonly uom: string; } | undefined; readonly qtyStep?: { readonly value: string; readonly uom: string; } | undefined; readonly hsCode?: string | undefined; readonly origin?: string | undefined; } | undefined; };
    output: { /** Id of kind ProductId */ readonly id: string; readonly variantId: string | null; readonly status: "draft"; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "product.sku_taken" | "product.slug_taken";
  };
  /** Removes a category nothing is in. */
  deleteCategory: {
    input: { /** Id of kind CategoryId */ readonly categoryId: string; };
    output: { /** Id of kind CategoryId */ readonly id: string; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Variants that are not archived as rows of a table, page by page, in the columns an import reads. */
  exportProducts: {
    input: { /** Id of kind VariantId */ readonly after?: string | undefined; readonly limit?: number | undefined; };
    output: { readonly columns: readonly (string)[] | null; readonly rows: readonly (Readonly<Record<string, string>>)[]; readonly next: string | null; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** What a scanned code means: which variant, and how much of it. */
  findByBarcode: {
    input: { readonly code: string; };
    output: { /** Id of kind VariantId */ readonly variantId: string; /** Id of kind ProductId */ readonly productId: string; readonly sku: string; readonly title: Readonly<Record<string, string>>; readonly status: "active" | "archived"; readonly pack: { readonly value: string; readonly uom: string; }; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Gives a product its options, and a variant for each combination; what no longer fits is archived. */
  generateVariants: {
    input: { /** Id of kind ProductId */ readonly productId: string; } & { readonly skuPrefix: string; readonly options: readonly ({ readonly code: string; readonly title: Readonly<Record<string, string>>; readonly values: readonly ({ readonly code: string; readonly title: Readonly<Record<string, string>>; })[]; })[]; };
    output: { /** Id of kind ProductId */ readonly id: string; readonly version: number; readonly created: readonly ({ /** Id of kind VariantId */ readonly id: string; readonly sku: string; readonly choices: Readonly<Record<string, string>>; })[]; readonly kept: readonly ({ /** Id of kind VariantId */ readonly id: string; readonly sku: string; readonly choices: Readonly<Record<string, string>>; })[]; readonly removed: readonly ({ /** Id of kind VariantId */ readonly id: string; readonly sku: string; readonly choices: Readonly<Record<string, string>>; })[]; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "product.choices_incomplete" | "product.duplicate_option" | "product.matrix_too_large" | "product.sku_taken";
  };
  /** All that is said of a product, archived ones included. */
  getProduct: {
    input: { /** Id of kind ProductId */ readonly productId: string; };
    output: { /** Id of kind ProductId */ readonly id: string; readonly version: number; readonly type: "goods" | "service" | "bundle" | "digital" | "gift_card"; readonly status: "draft" | "active" | "archived"; readonly title: Readonly<Record<string, string>>; readonly slug: Readonly<Record<string, string>>; readonly description: Readonly<Record<string, string>>; readonly brand: string | null; readonly taxCategory: string | null; readonly baseUom: string; readonly salesUom: string; readonly purchaseUom: string; readonly tracking: "none" | "lot" | "serial"; readonly categoryIds: readonly (string)[]; readonly channels: readonly ({ readonly channel: string; readonly currency: string; })[]; readonly options: readonly ({ readonly code: string; readonly title: Readonly<Record<string, string>>; readonly values: readonly ({ readonly code: string; readonly title: Readonly<Record<string, string>>; })[]; })[]; readonly variants: readonly ({ /** Id of kind VariantId */ readonly id: string; readonly sku: string; readonly status: "active" | "archived"; readonly choices: Readonly<Record<string, string>>; readonly version: number; })[]; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Adds products of one variant each, and changes those whose SKU is there; the same rows again change nothing. */
  importProducts: {
    input: { readonly rows: readonly (Readonly<Record<string, string>>)[]; readonly mode?: "all" | "valid-only" | undefined; };
    output: { readonly created: number; readonly updated: number; readonly unchanged: number; readonly faulty: number; readonly faults: readonly ({ readonly row: number; readonly column: string; readonly code: string; readonly detail: string; })[]; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "product.barcode_taken" | "product.import_faulty" | "product.sku_taken" | "product.slug_taken" | "product.tier_overlap";
  };
  /** The tree of categories, parents before their children. */
  listCategories: {
    input: { /** Id of kind CategoryId */ readonly below?: string | undefined; };
    output: { readonly categories: readonly ({ /** Id of kind CategoryId */ readonly id: string; readonly parentId: string | null; readonly title: Readonly<Record<string, string>>; readonly slug: string; readonly depth: number; readonly version: number; })[]; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** The price lists there are. */
  listPriceLists: {
    input: { readonly currency?: string | undefined; };
    output: { readonly lists: readonly ({ /** Id of kind PriceListId */ readonly id: string; readonly code: string; readonly currency: string; readonly includesTax: boolean; readonly channel: string | null; readonly customerGroup: string | null; readonly customerId: string | null; readonly validFrom: string | null; readonly validTo: string | null; readonly priority: number; readonly status: "active" | "archived"; readonly version: number; })[]; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** A page of the catalogue, with what one piece costs and how much there is; in the order things were added, or by likeness to a search. */
  listVariants: {
    input: { readonly search?: string | undefined; /** Id of kind CategoryId */ readonly categoryId?: string | undefined; readonly status?: "active" | "archived" | undefined; readonly productStatus?: "draft" | "active" | "archived" | undefined; readonly currency?: string | undefined; /** Id of kind VariantId */ readonly after?: string | undefined; readonly limit?: number | undefined; };
    output: { readonly variants: readonly ({ /** Id of kind VariantId */ readonly id: string; /** Id of kind ProductId */ readonly productId: string; readonly sku: string; readonly title: Readonly<Record<string, string>>; readonly status: "active" | "archived"; readonly productStatus: "draft" | "active" | "archived"; readonly price: { readonly amount: string; readonly currency: string; } | null; readonly available: { readonly value: string; readonly uom: string; } | null; })[]; readonly next: string | null; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** What a variant cost before, latest change first; amounts are minor units of the list. */
  priceHistory: {
    input: { /** Id of kind VariantId */ readonly variantId: string; readonly limit?: number | undefined; };
    output: { readonly changes: readonly ({ /** Id of kind PriceListId */ readonly listId: string; readonly minQty: string; readonly before: string | null; readonly after: string | null; readonly at: string; })[]; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Lets a product be sold in the channels named, once nothing is missing. */
  publishProduct: {
    input: { /** Id of kind ProductId */ readonly productId: string; } & { readonly listings: readonly ({ readonly channel: string; readonly currency: string; })[]; };
    output: { /** Id of kind ProductId */ readonly id: string; readonly status: "draft" | "active" | "archived"; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "product.not_publishable";
  };
  /** Frees a code; nothing is found by it any more. */
  removeBarcode: {
    input: { /** Id of kind BarcodeId */ readonly barcodeId: string; };
    output: { /** Id of kind BarcodeId */ readonly id: string; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** What a variant costs whoever asks: customer before group before channel before default. */
  resolvePrice: {
    input: { /** Id of kind VariantId */ readonly variantId: string; readonly currency: string; readonly quantity?: { readonly value: string; readonly uom: string; } | undefined; readonly channel?: string | undefined; readonly customerGroups?: readonly (string)[] | undefined; /** Id of kind CustomerId */ readonly customerId?: string | undefined; readonly at?: string | undefined; };
    output: { /** Id of kind PriceListId */ readonly listId: string; readonly unitPrice: { readonly amount: string; readonly currency: string; }; readonly includesTax: boolean; };
    code: "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.suite_not_installed" | "common.unauthenticated" | "product.price_unresolved";
  };
  /** Says what a bundle is made of; what it was made of before is forgotten. */
  setBundle: {
    input: { /** Id of kind VariantId */ readonly variantId: string; } & { readonly components: readonly ({ /** Id of kind VariantId */ readonly variantId: string; readonly quantity: { readonly value: string; readonly uom: string; }; readonly optional?: boolean | undefined; })[]; };
    output: { /** Id of kind VariantId */ readonly id: string; readonly components: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "product.bundle_cycle" | "product.bundle_too_deep" | "product.not_a_bundle";
  };
  /** Sets what variants cost in a list; each variant named gets exactly the tiers named, none takes it off the list. */
  setPrices: {
    input: { /** Id of kind PriceListId */ readonly listId: string; } & { readonly variants: readonly ({ /** Id of kind VariantId */ readonly variantId: string; readonly tiers: readonly ({ readonly minQty?: string | undefined; readonly maxQty?: string | undefined; readonly unitPrice: { readonly amount: string; readonly currency: string; }; })[]; })[]; };
    output: { /** Id of kind PriceListId */ readonly listId: string; readonly changed: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "product.negative_price" | "product.price_currency_mismatch" | "product.tier_overlap";
  };
  /** Makes a product a draft again. */
  unpublishProduct: {
    input: { /** Id of kind ProductId */ readonly productId: string; };
    output: { /** Id of kind ProductId */ readonly id: string; readonly status: "draft" | "active" | "archived"; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated";
  };
  /** Renames a category or moves it, with all below it. */
  updateCategory: {
    input: { /** Id of kind CategoryId */ readonly categoryId: string; } & { readonly expectedVersion?: number | undefined; readonly title?: Readonly<Record<string, string>> | undefined; readonly slug?: string | undefined; readonly parentId?: string | null | undefined; readonly position?: number | undefined; };
    output: { /** Id of kind CategoryId */ readonly id: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "product.category_cycle" | "product.slug_taken";
  };
  /** Changes when a price list holds, its precedence and its title, or archives it. */
  updatePriceList: {
    input: { /** Id of kind PriceListId */ readonly listId: string; } & { readonly expectedVersion?: number | undefined; readonly status?: "active" | "archived" | undefined; readonly title?: Readonly<Record<string, string>> | undefined; readonly validFrom?: string | null | undefined; readonly validTo?: string | null | undefined; readonly priority?: number | undefined; };
    output: { /** Id of kind PriceListId */ readonly id: string; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "product.validity_reversed";
  };
  /** Changes what is said of a product; what is left out stays. */
  updateProduct: {
    input: { /** Id of kind ProductId */ readonly productId: string; } & { readonly expectedVersion?: number | undefined; readonly type?: "goods" | "service" | "bundle" | "digital" | "gift_card" | undefined; readonly title?: Readonly<Record<string, string>> | undefined; readonly slug?: Readonly<Record<string, string>> | undefined; readonly description?: Readonly<Record<string, string>> | undefined; readonly brand?: string | null | undefined; readonly taxCategory?: string | null | undefined; readonly baseUom?: string | undefined; readonly salesUom?: string | undefined; readonly purchaseUom?: string | undefined; readonly tracking?: "none" | "lot" | "serial" | undefined; readonly categoryIds?: readonly (string)[] | undefined; };
    output: { /** Id of kind ProductId */ readonly id: string; readonly status: "draft" | "active" | "archived"; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "product.frozen_field" | "product.slug_taken";
  };
  /** Changes what is said of a variant; what is left out stays. */
  updateVariant: {
    input: { /** Id of kind VariantId */ readonly variantId: string; } & { readonly expectedVersion?: number | undefined; readonly sku?: string | undefined; readonly weightG?: number | undefined; readonly lengthMm?: number | undefined; readonly widthMm?: number | undefined; readonly heightMm?: number | undefined; readonly manageInventory?: boolean | undefined; readonly allowBackorder?: boolean | undefined; readonly minQty?: { readonly value: string; readonly uom: string; } | undefined; readonly qtyStep?: { readonly value: string; readonly uom: string; } | undefined; readonly hsCode?: string | undefined; readonly origin?: string | undefined; };
    output: { /** Id of kind VariantId */ readonly id: string; readonly status: "active" | "archived"; readonly version: number; };
    code: "common.busy" | "common.idempotency_conflict" | "common.invalid_input" | "common.malformed" | "common.org_missing" | "common.permission_denied" | "common.stale_version" | "common.suite_not_installed" | "common.unauthenticated" | "product.sku_taken";
  };
}

export const product: OperationTable<ProductOperations> = {
  addBarcode: { method: 'POST', path: '/variants/{variantId}/barcodes', rest: 'body' },
  archiveProduct: { method: 'POST', path: '/products/{productId}/archive', rest: 'body' },
  archiveVariant: { method: 'POST', path: '/variants/{variantId}/archive', rest: 'body' },
  createCategory: { method: 'POST', path: '/categories', rest: 'body' },
  createPriceList: { method: 'POST', path: '/price-lists', rest: 'body' },
  createProduct: { method: 'POST', path: '/products', rest: 'body' },
  deleteCategory: { method: 'DELETE', path: '/categories/{categoryId}', rest: 'query' },
  exportProducts: { method: 'GET', path: '/products/export', rest: 'query' },
  findByBarcode: { method: 'GET', path: '/barcodes/{code}', rest: 'query' },
  generateVariants: { method: 'POST', path: '/products/{productId}/variants', rest: 'body' },
  getProduct: { method: 'GET', path: '/products/{productId}', rest: 'query' },
  importProducts: { method: 'POST', path: '/products/import', rest: 'body' },
  listCategories: { method: 'GET', path: '/categories', rest: 'query' },
  listPriceLists: { method: 'GET', path: '/price-lists', rest: 'query' },
  listVariants: { method: 'GET', path: '/variants', rest: 'query' },
  priceHistory: { method: 'GET', path: '/variants/{variantId}/price-history', rest: 'query' },
  publishProduct: { method: 'POST', path: '/products/{productId}/publish', rest: 'body' },
  removeBarcode: { method: 'DELETE', path: '/barcodes/{barcodeId}', rest: 'query' },
  resolvePrice: { method: 'GET', path: '/variants/{variantId}/price', rest: 'query' },
  setBundle: { method: 'PUT', path: '/variants/{variantId}/components', rest: 'body' },
  setPrices: { method: 'PUT', path: '/price-lists/{listId}/prices', rest: 'body' },
  unpublishProduct: { method: 'POST', path: '/products/{productId}/unpublish', rest: 'body' },
  updateCategory: { method: 'PATCH', path: '/categories/{categoryId}', rest: 'body' },
  updatePriceList: { method: 'PATCH', path: '/price-lists/{listId}', rest: 'body' },
  updateProduct: { method: 'PATCH', path: '/products/{productId}', rest: 'body' },
  updateVariant: { method: 'PATCH', path: '/variants/{variantId}', rest: 'body' },
};
