import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatLsn, parseLsn } from './lsn.ts';

test.each([
  [0n, '0/0'],
  [0x16_b3_74_d8_48n, '16/B374D848'],
  [0x1_00_00_00_01n, '1/1'],
  [0xff_ff_ff_ff_ff_ff_ff_ffn, 'FFFFFFFF/FFFFFFFF'],
])('%s is written %s', (lsn, text) => {
  expect(formatLsn(lsn)).toBe(text);
  expect(parseLsn(text)).toBe(lsn);
});

test('every position reads back as itself', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (lsn) => {
      expect(parseLsn(formatLsn(lsn))).toBe(lsn);
    }),
  );
});

test.each(['', '16', '16/', 'x/1', '1/123456789', '0/0 or more'])('%j is no position', (text) => {
  expect(() => parseLsn(text)).toThrow(RangeError);
});
