import { commonErrors, defineSuite } from '@ashlar/kernel';
import { addBarcode } from './application/add-barcode.ts';
import { archiveVariant } from './application/archive-variant.ts';
import { createCategory, deleteCategory, listCategories, updateCategory } from './application/categories.ts';
import { createProduct } from './application/create-product.ts';
import { exportProducts } from './application/export-products.ts';
import { findByBarcode } from './application/find-by-barcode.ts';
import { generateVariants } from './application/generate-variants.ts';
import { getProduct } from './application/get-product.ts';
import { importProducts } from './application/import-products.ts';
import { listVariants } from './application/list-variants.ts';
import { movedVariants, noteStockMoved, stockMovements } from './application/note-stock-moved.ts';
import { noteStockLevel } from './application/note-stock-level.ts';
import { priceHistory } from './application/price-history.ts';
import { createPriceList, listPriceLists, updatePriceList } from './application/price-lists.ts';
import { archiveProduct, publishProduct, unpublishProduct } from './application/publish-product.ts';
import { removeBarcode } from './application/remove-barcode.ts';
import { quoteVariants } from './application/quote-variants.ts';
import { resolvePriceQuery } from './application/resolve-price-query.ts';
import { setBundle } from './application/set-bundle.ts';
import { setPrices } from './application/set-prices.ts';
import { updateProduct } from './application/update-product.ts';
import { updateVariant } from './application/update-variant.ts';
import { fillShop } from './demo/fill-shop.ts';
import { productErrors } from './domain/product-errors.ts';
import * as events from './domain/product-events.ts';

/** The catalogue: what is sold, by which codes it is found, and what it costs whom. */
export const product = defineSuite({
  name: 'product',
  title: { en: 'Catalogue', ar: 'الكتالوج' },
  migrations: new URL('../migrations/', import.meta.url),
  useCases: [
    createProduct,
    updateProduct,
    publishProduct,
    unpublishProduct,
    archiveProduct,
    generateVariants,
    updateVariant,
    archiveVariant,
    addBarcode,
    removeBarcode,
    createCategory,
    updateCategory,
    deleteCategory,
    createPriceList,
    updatePriceList,
    setPrices,
    setBundle,
    noteStockMoved,
    noteStockLevel,
    importProducts,
    getProduct,
    listVariants,
    listCategories,
    listPriceLists,
    resolvePriceQuery,
    quoteVariants,
    priceHistory,
    findByBarcode,
    exportProducts,
  ],
  events: Object.values(events),
  subscriptions: [
    {
      consumer: 'product.stock-moved',
      types: stockMovements,
      useCase: noteStockMoved,
      input: ({ data }) => movedVariants(data),
    },
  ],
  permissions: {
    'product.read': 'See the catalogue and its prices',
    'product.edit': 'Change products, variants, codes and categories',
    'product.price': 'Change price lists and prices',
    'product.publish': 'Publish, withdraw and archive products',
  },
  roles: [
    {
      key: 'catalogue-editor',
      name: { en: 'Catalogue editor', ar: 'محرر الكتالوج' },
      permissions: ['product.read', 'product.edit'],
    },
    {
      key: 'pricing-manager',
      name: { en: 'Pricing manager', ar: 'مدير التسعير' },
      permissions: ['product.read', 'product.price'],
    },
    { key: 'publisher', name: { en: 'Publisher', ar: 'ناشر' }, permissions: ['product.read', 'product.publish'] },
    { key: 'catalogue-reader', name: { en: 'Catalogue reader', ar: 'قارئ الكتالوج' }, permissions: ['product.read'] },
  ],
  constraints: {
    bad_check_digit: productErrors.badCheckDigit,
    barcode_taken: productErrors.barcodeTaken,
    bundle_cycle: productErrors.bundleCycle,
    bundle_too_deep: productErrors.bundleTooDeep,
    category_cycle: productErrors.categoryCycle,
    category_in_use: commonErrors.inUse,
    category_parent: commonErrors.inUse,
    category_slug_taken: productErrors.slugTaken,
    choices_incomplete: productErrors.choicesIncomplete,
    combination_exists: productErrors.combinationExists,
    frozen_field: productErrors.frozenField,
    negative_price: productErrors.negativePrice,
    option_taken: productErrors.duplicateOption,
    option_value_taken: productErrors.duplicateOption,
    price_list_code_taken: productErrors.priceListCodeTaken,
    price_list_ends_before_start: productErrors.validityReversed,
    sku_taken: productErrors.skuTaken,
    slug_taken: productErrors.slugTaken,
    tier_ends_before_start: productErrors.tierOverlap,
    tier_overlap: productErrors.tierOverlap,
  },
  demo: { needs: [], run: fillShop },
});

export { csvLine } from './domain/write-csv.ts';
export { exportFile } from './application/export-file.ts';
export { importFile } from './application/import-file.ts';
export { exportProducts } from './application/export-products.ts';
export { importProducts } from './application/import-products.ts';
