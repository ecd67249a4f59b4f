import { defineErrors } from '@ashlar/kernel';
import { productErrorsInArabic } from './product-errors-in-arabic.ts';

/** What the catalogue refuses; rules the database holds have the same words. */
export const productErrors = defineErrors(
  'product',
  {
    badCheckDigit: {
      kind: 'unprocessable',
      title: 'The barcode {code} is no valid {symbology}',
      hint: 'Its length or its last digit is wrong; scan it again',
    },
    barcodeTaken: { kind: 'conflict', title: 'A barcode of the command belongs to something already' },
    bundleCycle: { kind: 'unprocessable', title: 'A bundle cannot hold itself, nor what holds it' },
    bundleTooDeep: { kind: 'unprocessable', title: 'Bundles are at most three levels deep' },
    categoryCycle: { kind: 'unprocessable', title: 'A category cannot be below itself' },
    choicesIncomplete: {
      kind: 'unprocessable',
      title: 'Each variant has one of the offered values for every option of its product',
    },
    combinationExists: { kind: 'conflict', title: 'The product has a variant of this combination' },
    duplicateOption: {
      kind: 'unprocessable',
      title: 'An option or a value of it is there twice; case does not tell them apart',
    },
    frozenField: {
      kind: 'conflict',
      title: 'Type, base unit and tracking stay as they are once stock has moved',
      hint: 'Archive the product and make another one',
    },
    importFaulty: {
      kind: 'unprocessable',
      title: '{count} rows cannot be imported, so none was',
      hint: 'Correct them, or import the others with the mode valid-only; a dry run tells all of them',
    },
    importMalformed: { kind: 'malformed', title: 'The file cannot be read: {reason}' },
    matrixTooLarge: { kind: 'unprocessable', title: 'These options make {count} variants, more than {limit}' },
    negativePrice: { kind: 'unprocessable', title: 'A price is zero or more' },
    notABundle: { kind: 'unprocessable', title: 'Only products of the type bundle have components' },
    notPublishable: {
      kind: 'unprocessable',
      title: 'The product cannot be published yet; missing: {missing}',
    },
    priceCurrencyMismatch: { kind: 'unprocessable', title: 'The list is in {list}, a price of the command in {price}' },
    priceListCodeTaken: { kind: 'conflict', title: 'There is a price list of that code' },
    priceUnresolved: { kind: 'not_found', title: 'There is no price for this variant, quantity and currency now' },
    skuTaken: { kind: 'conflict', title: 'An SKU of the command belongs to another variant' },
    slugTaken: { kind: 'conflict', title: 'A slug of the command leads to something else' },
    tierOverlap: { kind: 'unprocessable', title: 'Two tiers of one price list overlap' },
    uomUnknown: { kind: 'unprocessable', title: '{uom} is not a unit the catalogue knows' },
    validityReversed: { kind: 'unprocessable', title: 'The end is not after the start' },
  },
  { ar: productErrorsInArabic },
);
