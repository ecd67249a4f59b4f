import { expect, test } from 'vitest';
import { printedAmount } from './printed-amount.ts';

test.each([
  ['123450', 'USD', '1,234.50'],
  ['5', 'USD', '0.05'],
  ['-123456789', 'USD', '\u22121,234,567.89'],
  ['1234567', 'IQD', '1,234.567'],
  ['1234567', 'JPY', '1,234,567'],
  ['0', 'IQD', '0.000'],
  ['-0', 'USD', '0.00'],
  ['0.35', 'USD', '0.0035'],
  ['450.000000', 'USD', '4.50'],
  ['12.5', 'JPY', '12.5'],
  ['9200000000000000000', 'USD', '92,000,000,000,000,000.00'],
])('%s minor units of %s are printed as %s', (minor, currency, expected) => {
  expect(printedAmount({ minor, currency })).toBe(expected);
});

test('the currency stands beside an amount that is named', () => {
  expect(printedAmount({ minor: '100', currency: 'USD', named: true })).toBe('USD\u00A01.00');
});

test('what are no minor units is no amount', () => {
  expect(() => printedAmount({ minor: '1e3', currency: 'USD' })).toThrow(RangeError);
});
