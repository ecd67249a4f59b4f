export { allocate, allocateEvenly, roundTogether } from './allocate.ts';
export {
  addDays,
  addMonths,
  BusinessDate,
  businessDate,
  dayInZone,
  daysBetween,
  monthlyFrom,
  startOfDay,
  Zone,
} from './business-date.ts';
export { createIds } from './create-ids.ts';
export type { IdSource } from './create-ids.ts';
export { cashStepOf, currencies, Currency, currency, exponentOf } from './currency.ts';
export { formatDecimal, parseDecimal } from './decimal.ts';
export type { DecimalBounds } from './decimal.ts';
export { latinDigits } from './digits.ts';
export { edgeValue, issueOf } from './edge-value.ts';
export { foldForSearch } from './fold-for-search.ts';
export { dateOfInstant, Instant, instant, shiftInstant } from './instant.ts';
export { Locale, localizedText, textFor } from './localized-text.ts';
export type { LocalizedText } from './localized-text.ts';
export {
  addMoney,
  compareMoney,
  convertMoney,
  LARGEST_ACCEPTED_MINOR,
  LARGEST_STORED_MINOR,
  Money,
  money,
  multiplyMoney,
  negateMoney,
  noMoney,
  prorate,
  roundToCash,
  subtractMoney,
  sumMoney,
} from './money.ts';
export type { MoneyJson } from './money.ts';
export { issueAtAverage, receiveAtCost } from './moving-average.ts';
export type { Holding } from './moving-average.ts';
export { Percent, percent, percentText, shareOf } from './percent.ts';
export {
  addQuantities,
  compareQuantities,
  convertQuantity,
  inWholeUnits,
  microsText,
  parseMicros,
  PositiveQuantity,
  Quantity,
  quantity,
  subtractQuantities,
} from './quantity.ts';
export type { QuantityJson, UnitFactor } from './quantity.ts';
export { Rational } from './rational.ts';
export { roundQuotient } from './rounding.ts';
export type { RoundingMode } from './rounding.ts';
export { taxDocument } from './tax.ts';
export type { TaxedDocument, TaxedLine, TaxedLineFigures, TaxFigures, TaxRate, TaxRules } from './tax.ts';
export { cleanText, code, refusalOfText, text } from './text.ts';
export type { TextRules } from './text.ts';
export { commonUnits, ratioOf, UnitCode, UnitOfMeasure } from './unit-of-measure.ts';
export type { UnitCategory } from './unit-of-measure.ts';
export { linePrice, UnitPrice, unitPrice, unitPriceText } from './unit-price.ts';
export { valueErrors } from './value-errors.ts';
