import { assert, property, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase32, encodeBase32 } from './base32.ts';

// RFC 4648 §10, without the padding.
test.each([
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
])('%j is %j', (plain, encoded) => {
  expect(encodeBase32(Buffer.from(plain))).toBe(encoded);
  expect(decodeBase32(encoded)?.toString()).toBe(plain);
});

test('what was encoded is decoded to the same bytes', () => {
  assert(
    property(uint8Array({ maxLength: 64 }), (bytes) => {
      expect(decodeBase32(encodeBase32(bytes))).toEqual(Buffer.from(bytes));
    }),
    { seed: 1 },
  );
});

test('anything else is no base32', () => {
  for (const text of ['mzxw6', 'MZXW1', 'MZ XW', 'é']) expect(decodeBase32(text)).toBeNull();
});
