import fc from 'fast-check';
import { expect, test } from 'vitest';
import { percent } from './percent.ts';
import { taxDocument, type TaxRate } from './tax.ts';

const vat: TaxRate = { code: 'vat', percent: percent('21') };
const reduced: TaxRate = { code: 'vat', percent: percent('5.5') };
const eco: TaxRate = { code: 'eco', percent: percent('2') };
const vatOnEco: TaxRate = { code: 'vat', percent: percent('10'), compoundOn: ['eco'] };

const rates = fc.constantFrom<TaxRate[]>([], [vat], [reduced], [eco, vatOnEco]);
const document = fc.array(fc.record({ amountMinor: fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }), rates }), {
  maxLength: 12,
});
const rules = fc.record({
  prices: fc.constantFrom('inclusive' as const, 'exclusive' as const),
  roundingLevel: fc.constantFrom('line' as const, 'document' as const),
  mode: fc.constantFrom('half_up' as const, 'half_even' as const),
});
const sum = (parts: readonly bigint[]): bigint => parts.reduce((total, part) => total + part, 0n);

test('net and tax are gross on every line and on the document, and the given figure stays as given', () => {
  fc.assert(
    fc.property(document, rules, (lines, how) => {
      const taxed = taxDocument(lines, how);
      expect(taxed.netMinor + taxed.taxMinor).toBe(taxed.grossMinor);
      expect(taxed.lines).toHaveLength(lines.length);
      for (const [index, line] of taxed.lines.entries()) {
        expect(line.netMinor + line.taxMinor).toBe(line.grossMinor);
        expect(sum(line.taxesMinor)).toBe(line.taxMinor);
        expect(how.prices === 'inclusive' ? line.grossMinor : line.netMinor).toBe(lines[index]?.amountMinor);
      }
      expect(sum(taxed.lines.map((line) => line.taxMinor))).toBe(taxed.taxMinor);
    }),
  );
});

test('a credit note mirrors its invoice', () => {
  fc.assert(
    fc.property(document, rules, (lines, how) => {
      const charges = lines.map((line) => ({
        ...line,
        amountMinor: line.amountMinor < 0n ? -line.amountMinor : line.amountMinor,
      }));
      const charged = taxDocument(charges, how);
      const credited = taxDocument(
        charges.map((line) => ({ ...line, amountMinor: -line.amountMinor })),
        how,
      );
      expect(credited.lines.map((line) => line.taxMinor)).toEqual(charged.lines.map((line) => -line.taxMinor));
    }),
  );
});

test('a compound tax is taken on what it compounds on', () => {
  const lines = [{ amountMinor: 10_000n, rates: [eco, vatOnEco] }];
  const taxed = taxDocument(lines, { prices: 'exclusive', roundingLevel: 'line' });
  expect(taxed.lines[0]?.taxesMinor).toEqual([200n, 1020n]);
  const back = taxDocument([{ amountMinor: 11_220n, rates: [eco, vatOnEco] }], {
    prices: 'inclusive',
    roundingLevel: 'line',
  });
  expect(back).toMatchObject({ netMinor: 10_000n, taxMinor: 1220n });
  expect(back.lines[0]?.taxesMinor).toEqual([200n, 1020n]);
});

test('a line without a tax bears none, and a tax of nothing shows nothing', () => {
  const zero = { code: 'zero', percent: percent('0') };
  const taxed = taxDocument(
    [
      { amountMinor: 999n, rates: [] },
      { amountMinor: 999n, rates: [zero] },
    ],
    { prices: 'inclusive', roundingLevel: 'document' },
  );
  expect(taxed).toMatchObject({ netMinor: 1998n, taxMinor: 0n });
  expect(taxed.lines[1]?.taxesMinor).toEqual([0n]);
});

test('a tax that compounds on what does not precede it is a mistake', () => {
  const lines = [{ amountMinor: 1n, rates: [vatOnEco, eco] }];
  expect(() => taxDocument(lines, { prices: 'exclusive', roundingLevel: 'line' })).toThrow(/does not precede/);
});
