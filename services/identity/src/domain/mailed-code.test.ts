import { expect, test } from 'vitest';
import { drawCode, guardSubject, hashMailedCode, isHashOf, PKCE_PREFIX } from './mailed-code.ts';

const SECRET = 'the secret of one project, long enough';

test('a code is as many digits as asked, leading zeros included', () => {
  const codes = Array.from({ length: 2000 }, () => drawCode(6));
  expect(codes.filter((code) => !/^\d{6}$/.test(code))).toEqual([]);
  expect(codes.some((code) => code.startsWith('0'))).toBe(true);
  expect(drawCode(10)).toMatch(/^\d{10}$/);
});

test('a hash belongs to one address, one code and one project', () => {
  const hash = hashMailedCode(SECRET, 'a@b.co', '123456');
  expect(hash).toMatch(/^[0-9a-f]{56}$/);
  expect(hashMailedCode(SECRET, 'a@b.co', '123456')).toBe(hash);
  const others = [
    hashMailedCode(SECRET, 'a@b.com', '123456'),
    hashMailedCode(SECRET, 'a@b.co', '123457'),
    hashMailedCode(`${SECRET}.`, 'a@b.co', '123456'),
  ];
  expect(others).not.toContain(hash);
});

test('a stored hash is recognised with and without the prefix of the PKCE flow, and nothing else is', () => {
  const hash = hashMailedCode(SECRET, 'a@b.co', '123456');
  expect(isHashOf(hash, hash)).toBe(true);
  expect(isHashOf(PKCE_PREFIX + hash, hash)).toBe(true);
  for (const other of ['', PKCE_PREFIX, hash.slice(1), `${hash}0`, PKCE_PREFIX + PKCE_PREFIX + hash]) {
    expect(isHashOf(other, hash)).toBe(false);
  }
});

test('a guard keeps no address', () => {
  expect(guardSubject(SECRET, 'ada@example.com')).toMatch(/^[0-9a-f]{64}$/);
});
