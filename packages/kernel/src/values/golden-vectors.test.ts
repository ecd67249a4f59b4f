import { expect, test } from 'vitest';
import { allocate } from './allocate.ts';
import { currency } from './currency.ts';
import { money, prorate, roundToCash } from './money.ts';
import { issueAtAverage, receiveAtCost } from './moving-average.ts';
import { percent } from './percent.ts';
import { parseMicros } from './quantity.ts';
import type { RoundingMode } from './rounding.ts';
import { taxDocument } from './tax.ts';

// Figures worked out by hand with fractions; a change of any of them changes what a business has booked.

const vat = (text: string) => [{ code: 'vat', percent: percent(text) }];

function taxed(
  amounts: bigint[],
  rate: string,
  prices: 'inclusive' | 'exclusive',
  roundingLevel: 'line' | 'document',
  mode?: RoundingMode,
) {
  const lines = amounts.map((amountMinor) => ({ amountMinor, rates: vat(rate) }));
  return taxDocument(lines, { prices, roundingLevel, ...(mode === undefined ? {} : { mode }) });
}

test('G1: two lines of 379.00 with 21 % included, rounded by line', () => {
  const document = taxed([37_900n, 37_900n], '21', 'inclusive', 'line');
  expect(document.lines.map((line) => line.netMinor)).toEqual([31_322n, 31_322n]);
  expect(document).toMatchObject({ netMinor: 62_644n, taxMinor: 13_156n, grossMinor: 75_800n });
});

test('G2: the same, rounded by document', () => {
  const document = taxed([37_900n, 37_900n], '21', 'inclusive', 'document');
  expect(document).toMatchObject({ netMinor: 62_645n, taxMinor: 13_155n, grossMinor: 75_800n });
  expect(document.lines.map((line) => line.netMinor)).toEqual([31_323n, 31_322n]);
});

test('G3: 90.00 and 55.00 with 5 % included come to 145.00 and not to a cent less', () => {
  const document = taxed([9000n, 5500n], '5', 'inclusive', 'line');
  expect(document.lines.map((line) => line.netMinor)).toEqual([8571n, 5238n]);
  expect(document).toMatchObject({ netMinor: 13_809n, taxMinor: 691n, grossMinor: 14_500n });
});

test('G4: 15 % of 1091.50 is 163.73 half up and 163.72 half even', () => {
  expect(taxed([109_150n], '15', 'exclusive', 'line').taxMinor).toBe(16_373n);
  expect(taxed([109_150n], '15', 'exclusive', 'line', 'half_even').taxMinor).toBe(16_372n);
});

test('G5: 10 % on three lines of 10.05 is 3.03 by line and 3.02 by document', () => {
  expect(taxed([1005n, 1005n, 1005n], '10', 'exclusive', 'line').taxMinor).toBe(303n);
  expect(taxed([1005n, 1005n, 1005n], '10', 'exclusive', 'document').taxMinor).toBe(302n);
});

test('G6: 10 % of 105 yen is 11, half even 10; 5 % of 1.235 Kuwaiti dinar is 0.062', () => {
  expect(taxed([105n], '10', 'exclusive', 'line').taxMinor).toBe(11n);
  expect(taxed([105n], '10', 'exclusive', 'line', 'half_even').taxMinor).toBe(10n);
  expect(taxed([1235n], '5', 'exclusive', 'line').taxMinor).toBe(62n);
});

test('G7: a discount of 10.00 over three equal lines, and over 20.00, 15.00 and 13.00', () => {
  expect(allocate(1000n, [1n, 1n, 1n])).toEqual([334n, 333n, 333n]);
  expect(allocate(1000n, [2000n, 1500n, 1300n])).toEqual([417n, 312n, 271n]);
});

test('G8: cash is rounded to the coins there are', () => {
  const iqd = currency('IQD');
  expect(roundToCash(money(12_340_000n, iqd), 250_000n).amountMinor).toBe(12_250_000n);
  expect(roundToCash(money(12_375_000n, iqd), 250_000n).amountMinor).toBe(12_500_000n);
  expect(roundToCash(money(783n, currency('CHF')), 5n).amountMinor).toBe(785n);
});

test('G9: three pieces for 10.00 leave at 3.33, 3.34 and 3.33, and nothing remains', () => {
  let holding = receiveAtCost({ micros: 0n, valueMinor: 0n }, { micros: parseMicros('3'), valueMinor: 1000n });
  const costs = [1, 2, 3].map(() => {
    const { costMinor, left } = issueAtAverage(holding, parseMicros('1'));
    holding = left;
    return costMinor;
  });
  expect(costs).toEqual([333n, 334n, 333n]);
  expect(holding).toEqual({ micros: 0n, valueMinor: 0n });
});

test('G10: of 10 at 5.00 and 5 at 6.50, eight leave at 44.00 and seven worth 38.50 stay', () => {
  const received = receiveAtCost(
    { micros: parseMicros('10'), valueMinor: 5000n },
    { micros: parseMicros('5'), valueMinor: 3250n },
  );
  const { costMinor, left } = issueAtAverage(received, parseMicros('8'));
  expect(costMinor).toBe(4400n);
  expect(left).toEqual({ micros: parseMicros('7'), valueMinor: 3850n });
});

test('G17: 21 of 31 days of 30.00 are 20.32', () => {
  expect(prorate(money(3000n, currency('USD')), 21n, 31n).amountMinor).toBe(2032n);
});
