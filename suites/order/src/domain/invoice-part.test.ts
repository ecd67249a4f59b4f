import { currency, linePrice, taxDocument, percent, unitPrice } from '@ashlar/kernel/values';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { invoicePart } from './invoice-part.ts';
import { zoneFor } from './shipping.ts';

const usd = currency('USD');
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, one) => total + one, 0n);

test('however a line is cut, its parts add up to it: net, each tax and what was taken off', () => {
  const parts = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(
      parts,
      fc.integer({ min: 0, max: 999_999 }),
      fc.integer({ min: 0, max: 100 }),
      fc.constantFrom('inclusive' as const, 'exclusive' as const),
      fc.constantFrom('10', '21.5', '150'),
      (cut, millis, off, prices, share) => {
        const micros = cut.map((thousandths) => BigInt(thousandths) * 1000n);
        const quantity = { micros: sum(micros), uom: 'kg' };
        const price = unitPrice((millis / 1000).toFixed(3), usd);
        const whole = linePrice(price, quantity).amountMinor;
        const discountMinor = (whole * BigInt(off)) / 100n;
        const rates = [{ code: 'VAT', percent: percent(share) }];
        const [figures] = taxDocument([{ amountMinor: whole - discountMinor, rates }], {
          prices,
          roundingLevel: 'line',
        }).lines;
        const line = {
          quantity,
          unitPrice: price,
          discountMinor,
          netMinor: figures?.netMinor ?? 0n,
          taxesMinor: figures?.taxesMinor ?? [],
        };
        let before = 0n;
        const made = micros.map((part) => {
          const one = invoicePart(line, prices, before, part);
          before += part;
          return { ...one, amount: linePrice(price, { ...quantity, micros: part }).amountMinor };
        });
        expect(sum(made.map(({ netMinor }) => netMinor))).toBe(line.netMinor);
        expect(sum(made.map(({ taxesMinor }) => sum(taxesMinor)))).toBe(sum(line.taxesMinor));
        for (const { netMinor, taxesMinor, discountMinor: taken, amount } of made) {
          const said = prices === 'inclusive' ? netMinor + sum(taxesMinor) : netMinor;
          expect([netMinor >= 0n, taken >= 0n, taken <= amount || amount === 0n]).toEqual([true, true, true]);
          // What rounding explains, and billing takes.
          const apart = amount - taken - said;
          expect(apart <= 0n && apart >= -3n).toBe(true);
        }
      },
    ),
    { numRuns: 500, seed: 7 },
  );
});

const zone = (countries: string[], postcodes: string[], priceMinor: bigint) => ({
  countries,
  postcodes,
  priceMinor,
  freeFromMinor: null,
});

test('the first zone that serves an address counts, whatever blanks and case its postcode is written with', () => {
  const zones = [zone(['GB'], ['SW1', 'ec'], 1n), zone(['GB', 'IE'], [], 2n), zone([], ['9'], 3n)];
  const priceOf = (country: string, postcode: string | null) => zoneFor(zones, { country, postcode })?.priceMinor;
  expect([priceOf('GB', 'sw 1A 1AA'), priceOf('GB', 'EC2'), priceOf('GB', null), priceOf('IQ', '90')]).toEqual([
    1n,
    1n,
    2n,
    3n,
  ]);
  expect(priceOf('IQ', '10001')).toBeUndefined();
});
