import { defineErrors, type ErrorFactory } from '../errors.ts';
import { valueErrorsInArabic } from './value-errors-in-arabic.ts';

const catalogue = {
  amountOutOfRange: {
    kind: 'unprocessable',
    title: 'An amount of {amount} minor units is beyond {limit}',
    hint: 'Amounts are whole minor units as text of digits',
  },
  currencyMismatch: { kind: 'unprocessable', title: '{right} cannot be reckoned with {left}: convert it first' },
  currencyUnknown: { kind: 'unprocessable', title: '{currency} is not the code of a currency in use' },
  currencyRefused: { kind: 'unprocessable', title: '{currency} has {exponent} decimals and is not enabled' },
  dateOutOfRange: { kind: 'unprocessable', title: '{date} is not a day between 1900-01-01 and 2200-12-31' },
  decimalMalformed: {
    kind: 'unprocessable',
    title: '"{text}" is not a decimal number',
    hint: 'Write digits with one point and no separators, such as 1234.5',
  },
  decimalTooLong: { kind: 'unprocessable', title: '"{text}" has more than {digits} digits before the point' },
  decimalTooPrecise: { kind: 'unprocessable', title: '"{text}" has more than {scale} decimals' },
  instantMalformed: {
    kind: 'unprocessable',
    title: '"{text}" is not a moment with a zone',
    hint: 'Write it as 2026-03-01T09:30:00Z or with an offset',
  },
  textBidi: { kind: 'unprocessable', title: 'Direction overrides are not allowed here' },
  textControl: { kind: 'unprocessable', title: 'Control characters are not allowed here' },
  textMalformed: { kind: 'unprocessable', title: 'The text holds half of a character' },
  textMarkup: { kind: 'unprocessable', title: 'Markup is not allowed here' },
  textMissing: { kind: 'unprocessable', title: 'A text is missing' },
  textTooLong: { kind: 'unprocessable', title: 'The text has {length} characters, more than {max}' },
  uomFraction: { kind: 'unprocessable', title: '{uom} is counted in whole numbers, {quantity} is none' },
  uomIncompatible: {
    kind: 'unprocessable',
    title: '{from} cannot be converted to {to}',
    hint: 'Give the item a factor between the two units',
  },
  uomNotExact: { kind: 'unprocessable', title: '{quantity} {from} is no exact number of {to} with six decimals' },
  zoneUnknown: { kind: 'unprocessable', title: '{zone} is not a time zone' },
} as const;

export type ValueErrorName = keyof typeof catalogue;

/** What a value refuses to be. The edge reports them per field, arithmetic throws them. */
export const valueErrors: { readonly [Name in keyof typeof catalogue]: ErrorFactory } = defineErrors(
  'common',
  catalogue,
  { ar: valueErrorsInArabic },
);
