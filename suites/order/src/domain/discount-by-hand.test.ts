import { percent } from '@ashlar/kernel/values';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { discountByHand } from './discount-by-hand.ts';

const off = (lineNo: number | null, share: string, isOverLimit = false) => ({
  lineNo,
  percent: percent(share),
  amountMinor: null,
  reason: 'Regular',
  isOverLimit,
});
const amount = (lineNo: number | null, cents: number, isOverLimit = false) => ({
  lineNo,
  percent: null,
  amountMinor: BigInt(cents),
  reason: 'Regular',
  isOverLimit,
});
const left = new Map([
  [1, 1000n],
  [2, 500n],
]);
const taken = (result: ReturnType<typeof discountByHand>) =>
  result.taken.map(({ lineNo, amountMinor }) => [lineNo, Number(amountMinor)]);

test('lines come first, and then what is off all of them, of what is left', () => {
  expect(taken(discountByHand(left, [off(null, '10'), off(1, '50')], 100))).toEqual([
    [1, 500],
    [1, 50],
    [2, 50],
  ]);
});

test('the limit holds for a line and for all of it together, unless somebody approved', () => {
  expect(discountByHand(left, [off(null, '10')], 10).excess).toBeNull();
  expect(discountByHand(left, [off(1, '11')], 10).excess).toEqual({ amountMinor: 110n, limitMinor: 100n });
  expect(discountByHand(left, [off(1, '10'), off(null, '10')], 10).excess).toEqual({
    amountMinor: 240n,
    limitMinor: 150n,
  });
  expect(discountByHand(left, [off(1, '90', true), off(2, '10')], 10).excess).toBeNull();
  expect(discountByHand(left, [amount(null, 1)], 0).excess).toEqual({ amountMinor: 1n, limitMinor: 0n });
});

test('never more is taken off than there is, and parts add up', () => {
  const one = fc.record({
    lineNo: fc.option(fc.integer({ min: 1, max: 3 })),
    cents: fc.integer({ min: 1, max: 4000 }),
    isPercent: fc.boolean(),
  });
  const amounts = fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(
      amounts,
      fc.uniqueArray(one, { maxLength: 4, selector: ({ lineNo }) => lineNo }),
      (cents, discounts) => {
        const lines = new Map(cents.map((each, index) => [index + 1, BigInt(each)]));
        const given = discounts.map(({ lineNo, cents: of, isPercent }) =>
          isPercent ? off(lineNo, String((of % 100) + 1)) : amount(lineNo, of),
        );
        const result = discountByHand(lines, given, 100);
        expect(discountByHand(new Map([...lines].toReversed()), given.toReversed(), 100)).toEqual(result);
        for (const [lineNo, amountMinor] of lines) {
          const of = result.taken.filter((part) => part.lineNo === lineNo);
          expect(of.reduce((sum, part) => sum + part.amountMinor, 0n) <= amountMinor).toBe(true);
        }
      },
    ),
    { seed: 7 },
  );
});
