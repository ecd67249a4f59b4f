import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { must } from '../must.ts';
import {
  addQuantities,
  compareQuantities,
  convertQuantity,
  microsText,
  parseMicros,
  PositiveQuantity,
  Quantity,
  quantity,
} from './quantity.ts';
import { Rational } from './rational.ts';
import { commonUnits, UnitOfMeasure } from './unit-of-measure.ts';
import { Percent, percent, shareOf } from './percent.ts';

const unit = (code: string) =>
  must(
    commonUnits.find((known) => known.code === code),
    `the unit ${code}`,
  );

test('units of one category convert exactly', () => {
  expect(convertQuantity(quantity('2.5', 'kg'), unit('kg'), unit('g'))).toEqual(quantity('2500', 'g'));
  expect(convertQuantity(quantity('1', 'lb'), unit('lb'), unit('g'))).toEqual(quantity('453.59237', 'g'));
  expect(convertQuantity(quantity('3', 'ft'), unit('ft'), unit('in'))).toEqual(quantity('36', 'in'));
});

test('what six decimals cannot say is refused, not rounded', () => {
  expect(() => convertQuantity(quantity('1', 'min'), unit('min'), unit('h'))).toThrow(
    expect.objectContaining({ code: 'common.uom_not_exact' }),
  );
});

test('between categories an item brings its own factor, in either direction', () => {
  const bag = { from: 'pcs', to: 'kg', factor: Rational.of(25n) };
  expect(convertQuantity(quantity('4', 'pcs'), unit('pcs'), unit('kg'), [bag])).toEqual(quantity('100', 'kg'));
  expect(convertQuantity(quantity('50', 'kg'), unit('kg'), unit('pcs'), [bag])).toEqual(quantity('2', 'pcs'));
  expect(() => convertQuantity(quantity('4', 'pcs'), unit('pcs'), unit('kg'))).toThrow(
    expect.objectContaining({ code: 'common.uom_incompatible' }),
  );
  expect(() => convertQuantity(quantity('30', 'kg'), unit('kg'), unit('pcs'), [bag])).toThrow(
    expect.objectContaining({ code: 'common.uom_fraction' }),
  );
});

test('a conversion there and back is the quantity it began with', () => {
  const mass = commonUnits.filter(({ category }) => category === 'mass');
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }),
      fc.constantFrom(...mass),
      fc.constantFrom(...mass),
      (micros, from, to) => {
        let there: Quantity;
        try {
          there = convertQuantity({ micros, uom: from.code }, from, to);
        } catch (error) {
          expect(error).toMatchObject({ code: 'common.uom_not_exact' });
          return;
        }
        expect(convertQuantity(there, to, from)).toEqual({ micros, uom: from.code });
      },
    ),
  );
});

test('quantities of two units are neither added nor compared', () => {
  const mismatch = expect.objectContaining({ code: 'common.uom_incompatible' });
  expect(() => addQuantities(quantity('1', 'kg'), quantity('1', 'g'))).toThrow(mismatch);
  expect(() => compareQuantities(quantity('1', 'kg'), quantity('1', 'g'))).toThrow(mismatch);
});

test('a decimal comes back from text as it went', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }), (micros) => {
      expect(parseMicros(microsText(micros))).toBe(micros);
    }),
  );
});

test.each([
  ['1.2345678', 'common.decimal_too_precise'],
  ['1,000', 'common.decimal_malformed'],
  ['1e3', 'common.decimal_malformed'],
  ['NaN', 'common.decimal_malformed'],
  ['٬١', 'common.decimal_malformed'],
  ['+1', 'common.decimal_malformed'],
  ['.5', 'common.decimal_malformed'],
  ['1000000000000', 'common.decimal_too_long'],
])('the quantity "%s" is refused', (value, code) => {
  const refused = Quantity.safeParse({ value, uom: 'kg' });
  expect(refused.error?.issues[0]).toMatchObject({ params: { code } });
});

test('Arabic digits and trailing noughts are read as what they say', () => {
  expect(Quantity.parse({ value: '١٢٫٥٠', uom: 'kg' })).toEqual(quantity('12.5', 'kg'));
  expect(Quantity.parse({ value: '1.50000000', uom: 'kg' })).toEqual(quantity('1.5', 'kg'));
});

test('where more than nothing is needed, nothing and less are refused at the value', () => {
  for (const value of ['0', '-1']) {
    expect(PositiveQuantity.safeParse({ value, uom: 'pcs' }).error?.issues[0]?.path).toEqual(['value']);
  }
  expect(z.encode(PositiveQuantity, quantity('2.50', 'pcs'))).toEqual({ value: '2.5', uom: 'pcs' });
});

test('a unit travels with its ratio as digits', () => {
  for (const known of commonUnits) expect(UnitOfMeasure.parse(z.encode(UnitOfMeasure, known))).toEqual(known);
  expect(UnitOfMeasure.safeParse({ ...z.encode(UnitOfMeasure, unit('kg')), ratioDen: '0' }).success).toBe(false);
});

test('a percentage has six decimals and is a share of a hundred', () => {
  expect(shareOf(percent('21'))).toEqual(Rational.of(21n, 100n));
  expect(z.encode(Percent, Percent.parse('9.750'))).toBe('9.75');
  expect(Percent.safeParse('1000').success).toBe(false);
});
