import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { allocate, allocateEvenly, roundTogether } from './allocate.ts';
import { currencies, Currency, currency, exponentOf } from './currency.ts';
import { addMoney, convertMoney, Money, money, negateMoney, roundToCash, sumMoney } from './money.ts';
import { Rational } from './rational.ts';
import { linePrice, UnitPrice, unitPrice } from './unit-price.ts';
import { quantity } from './quantity.ts';

const usd = currency('USD');
const minor = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n });
const sum = (parts: readonly bigint[]): bigint => parts.reduce((total, part) => total + part, 0n);

test('the parts of a split add up to the whole, each within one of its exact share', () => {
  const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(minor, weights, (amount, given) => {
      fc.pre(sum(given) > 0n);
      const parts = allocate(amount, given);
      expect(sum(parts)).toBe(amount);
      for (const [index, part] of parts.entries()) {
        const exact = Rational.of(amount * (given[index] ?? 0n), sum(given));
        const distance = Rational.of(part).minus(exact);
        expect(distance.compare(Rational.one) < 0 && distance.compare(Rational.of(-1n)) > 0).toBe(true);
      }
    }),
  );
});

test('a credit is split as the charge it takes back', () => {
  const weights = fc.array(fc.bigInt({ min: 1n, max: 1000n }), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(minor, weights, (amount, given) => {
      expect(allocate(-amount, given)).toEqual(allocate(amount, given).map((part) => -part));
    }),
  );
});

test('whole weights split an amount as fractions of the same size do', () => {
  const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 6n }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(minor, weights, (amount, given) => {
      fc.pre(sum(given) > 0n);
      expect(allocate(amount, given)).toEqual(
        allocate(
          amount,
          given.map((weight) => Rational.of(weight, 7n)),
        ),
      );
    }),
  );
});

test('figures rounded together add up to their rounded sum', () => {
  const fraction = fc.tuple(minor, fc.bigInt({ min: 1n, max: 1000n })).map(([top, bottom]) => Rational.of(top, bottom));
  fc.assert(
    fc.property(fc.array(fraction, { maxLength: 20 }), (exact) => {
      const { total, parts } = roundTogether(exact);
      expect(total).toBe(Rational.sum(exact).round());
      expect(sum(parts)).toBe(total);
    }),
  );
});

test('an even split gives the odd units to the first parts', () => {
  expect(allocateEvenly(1000n, 7)).toEqual([143n, 143n, 143n, 143n, 143n, 143n, 142n]);
});

test('a split without a positive weight is refused', () => {
  expect(() => allocate(100n, [0n, 0n])).toThrow(RangeError);
  expect(() => allocate(100n, [])).toThrow(RangeError);
  expect(() => allocate(100n, [2n, -1n])).toThrow(RangeError);
});

test('amounts of two currencies are not added', () => {
  expect(() => addMoney(money(1n, usd), money(1n, currency('IQD')))).toThrow(
    expect.objectContaining({ code: 'common.currency_mismatch', params: { left: 'USD', right: 'IQD' } }),
  );
});

test('a sum beyond what a column holds is refused', () => {
  const most = money(92n * 10n ** 17n, usd);
  expect(() => sumMoney([most, money(1n, usd)], usd)).toThrow(
    expect.objectContaining({ code: 'common.amount_out_of_range' }),
  );
  expect(addMoney(most, negateMoney(most)).amountMinor).toBe(0n);
});

test('a currency says its decimals, and one with four is refused unless enabled', () => {
  expect(['JPY', 'USD', 'IQD'].map((code) => exponentOf(currency(code)))).toEqual([0, 2, 3]);
  expect(() => currency('CLF')).toThrow(expect.objectContaining({ code: 'common.currency_refused' }));
  expect(exponentOf(currency('CLF', ['CLF']))).toBe(4);
  expect(() => currency('XXX')).toThrow(expect.objectContaining({ code: 'common.currency_unknown' }));
  expect(currencies()).not.toContain('UYW');
  expect(new Set(currencies()).size).toBe(currencies().length);
});

test('a rate is between major units, whatever their decimals', () => {
  const rate = Rational.of(1310n);
  expect(convertMoney(money(100n, usd), rate, currency('IQD'))).toEqual(money(1_310_000n, currency('IQD')));
  expect(convertMoney(money(1_310_000n, currency('IQD')), Rational.of(1n, 1310n), usd).amountMinor).toBe(100n);
  expect(convertMoney(money(1000n, currency('JPY')), Rational.of(67n, 10_000n), usd).amountMinor).toBe(670n);
});

test('cash is never further from the amount than half a coin', () => {
  fc.assert(
    fc.property(minor, fc.bigInt({ min: 1n, max: 250_000n }), (amount, step) => {
      const paid = roundToCash(money(amount, usd), step).amountMinor;
      expect(paid % step).toBe(0n);
      const distance = paid > amount ? paid - amount : amount - paid;
      expect(distance * 2n <= step).toBe(true);
    }),
  );
});

test('a line is rounded once: three screws at 0.35 cent are one cent', () => {
  expect(linePrice(unitPrice('0.35', usd), quantity('3', 'pcs')).amountMinor).toBe(1n);
  expect(linePrice(unitPrice('1999', usd), quantity('0.25', 'kg')).amountMinor).toBe(500n);
});

test('money comes back from JSON as it went', () => {
  fc.assert(
    fc.property(minor, fc.constantFrom(...currencies()), (amount, code) => {
      const given = money(amount, code);
      expect(Money.parse(JSON.parse(JSON.stringify(z.encode(Money, given))))).toEqual(given);
    }),
  );
});

test.each([
  [{ amount: 12, currency: 'USD' }, undefined],
  [{ amount: '12.5', currency: 'USD' }, undefined],
  [{ amount: '1,250', currency: 'USD' }, undefined],
  [{ amount: '1', currency: 'usd' }, undefined],
  [{ amount: '1', currency: 'USD', note: '' }, undefined],
  [{ amount: '1', currency: 'ABC' }, 'common.currency_unknown'],
  [{ amount: '1000000000000001', currency: 'USD' }, 'common.amount_out_of_range'],
])('an API refuses %j as money', (given, code) => {
  const [issue] = Money.safeParse(given).error?.issues ?? [];
  expect(issue).toBeDefined();
  if (code !== undefined) expect(issue).toMatchObject({ code: 'custom', params: { code } });
});

test('a price with a seventh decimal is refused', () => {
  const refused = UnitPrice.safeParse({ amount: '1.1234567', currency: 'USD' });
  expect(refused.error?.issues[0]).toMatchObject({ params: { code: 'common.decimal_too_precise' } });
  expect(z.encode(UnitPrice, UnitPrice.parse({ amount: '35.50', currency: 'USD' }))).toEqual({
    amount: '35.5',
    currency: 'USD',
  });
});

test('contracts show the JSON form in both directions', () => {
  const schema = z.object({ price: Money.optional(), in: Currency.describe('Reckoned in') });
  for (const io of ['input', 'output'] as const) {
    expect(z.toJSONSchema(schema, { io })).toMatchObject({
      properties: { price: { properties: { amount: { type: 'string' } } }, in: { type: 'string' } },
    });
  }
});
