import { currency, instant, unitPrice } from '@ashlar/kernel/values';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bundleAvailability } from './bundle-availability.ts';
import { checkDigit, internalCode, isValidCode } from './gtin.ts';
import { changeOfMatrix, combinationCount, combinations, keyOf } from './option-matrix.ts';
import { closeTiers, tiersOverlap } from './price-tiers.ts';
import { type PriceCandidate, resolvePrice } from './resolve-price.ts';
import { slugOf } from './slug.ts';

const at = instant('2026-03-01T00:00:00Z');
const usd = currency('USD');

const candidate: fc.Arbitrary<PriceCandidate> = fc.record({
  listId: fc.constantFrom('a', 'b', 'c'),
  price: fc.bigInt({ min: 0n, max: 999n }).map((minor) => unitPrice(String(minor), usd)),
  includesTax: fc.boolean(),
  minMicros: fc.bigInt({ min: 0n, max: 20n }),
  maxMicros: fc.option(fc.bigInt({ min: 1n, max: 20n })),
  channel: fc.constantFrom(null, 'web'),
  customerGroup: fc.constantFrom(null, 'gold'),
  customerId: fc.constantFrom(null, 'me'),
  validFrom: fc.constantFrom(null, instant('2026-02-01T00:00:00Z'), instant('2026-04-01T00:00:00Z')),
  validTo: fc.constantFrom(null, instant('2026-03-01T00:00:00Z'), instant('2026-05-01T00:00:00Z')),
  priority: fc.integer({ min: 0, max: 2 }),
});

const component = (micros: bigint, availableMicros: bigint | null, optional = false) => ({
  micros,
  availableMicros,
  optional,
});

test('the price does not depend on the order of the candidates, and one that ended or begins later never holds', () => {
  const question = { micros: 5n, currency: 'USD', at, channel: 'web', customerGroups: ['gold'], customerId: 'me' };
  fc.assert(
    fc.property(fc.array(candidate, { maxLength: 8 }), (candidates) => {
      const best = resolvePrice(candidates, question);
      const other = resolvePrice(candidates.toReversed(), question);
      expect([other?.listId, other?.price, other?.priority]).toEqual([best?.listId, best?.price, best?.priority]);
      if (best === undefined) return;
      expect(best.minMicros <= 5n && (best.maxMicros === null || best.maxMicros > 5n)).toBe(true);
      expect(best.validFrom === null || best.validFrom <= at).toBe(true);
      expect(best.validTo === null || best.validTo > at).toBe(true);
    }),
  );
});

test('tiers closed where the next begins never overlap, and any that share a quantity do', () => {
  const starts = fc.uniqueArray(fc.bigInt({ min: 0n, max: 1000n }), { maxLength: 10 });
  fc.assert(
    fc.property(starts, (minima) => {
      expect(tiersOverlap(closeTiers(minima.map((minMicros) => ({ minMicros }))))).toBe(false);
    }),
  );
  expect(
    tiersOverlap([
      { minMicros: 0n, maxMicros: null },
      { minMicros: 5n, maxMicros: 6n },
    ]),
  ).toBe(true);
});

test('a check digit notices any single digit that is wrong', () => {
  expect(isValidCode('4006381333931', 'ean13')).toBe(true);
  expect(checkDigit('03600029145')).toBe(2);
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 99_999_999_999n }),
      fc.nat(12),
      fc.integer({ min: 1, max: 9 }),
      (n, place, by) => {
        const code = internalCode(n);
        expect(isValidCode(code, 'internal')).toBe(true);
        const wrong = `${code.slice(0, place)}${(Number(code[place]) + by) % 10}${code.slice(place + 1)}`;
        expect(isValidCode(wrong, 'ean13')).toBe(false);
      },
    ),
  );
});

test('a matrix holds every combination once, and what exists is kept or removed, never both', () => {
  const option = fc.record({ code: fc.constantFrom('a', 'b', 'c'), count: fc.integer({ min: 1, max: 4 }) });
  const matrix = fc.uniqueArray(option, { selector: ({ code }) => code, maxLength: 3 }).map((options) =>
    options.map(({ code, count }) => ({
      code,
      title: { en: code },
      values: Array.from({ length: count }, (_, n) => ({ code: `v${n}`, title: { en: `${n}` } })),
    })),
  );
  fc.assert(
    fc.property(matrix, matrix, (before, after) => {
      const existing = combinations(before);
      expect(new Set(existing.map(keyOf)).size).toBe(combinationCount(before));
      const { created, kept, removed } = changeOfMatrix(existing, after);
      expect(kept.length + removed.length).toBe(existing.length);
      expect(kept.length + created.length).toBe(combinationCount(after));
    }),
  );
});

test('the scarcest component decides how many bundles there are, optional and uncounted ones do not', () => {
  expect(bundleAvailability([component(2n, 9n), component(1n, 7n), component(5n, 0n, true), component(1n, null)])).toBe(
    4n,
  );
  expect(bundleAvailability([component(1n, -3n)])).toBe(0n);
  expect(bundleAvailability([component(1n, null)])).toBeNull();
});

test('a slug keeps the letters of every script', () => {
  expect(slugOf('  Blue & Green: Cups! ')).toBe('blue-green-cups');
  expect(slugOf('فنجان قهوة ٢')).toBe('فنجان-قهوة-٢');
  // A sign that is eighteen letters, and letters of two units: nothing is cut in halves.
  expect(slugOf('ﷺ '.repeat(60))).toMatch(/^.{1,200}(?<!-)$/u);
  expect(slugOf('𐤀'.repeat(200)).isWellFormed()).toBe(true);
  expect(slugOf(`a${'𐤀'.repeat(199)}`).isWellFormed()).toBe(true);
});
