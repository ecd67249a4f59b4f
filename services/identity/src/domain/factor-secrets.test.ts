import { expect, test } from 'vitest';
import { hashFactorCode, isSameHash, openTotpSecret, sealTotpSecret } from './factor-secrets.ts';

const JWT_SECRET = 'super-secret-jwt-token-with-at-least-32-characters-long';
const secret = Buffer.from('12345678901234567890');

test('a sealed secret shows nothing and opens for its own factor alone', () => {
  const sealed = sealTotpSecret(JWT_SECRET, 'factor-1', secret);
  expect(sealed).not.toContain('GEZDGNBV');
  expect(openTotpSecret(JWT_SECRET, 'factor-1', sealed)).toEqual(secret);
  expect(() => openTotpSecret(JWT_SECRET, 'factor-2', sealed)).toThrow();
  expect(() => openTotpSecret('another secret', 'factor-1', sealed)).toThrow();
});

test('a secret another installation left in clear is read', () => {
  expect(openTotpSecret(JWT_SECRET, 'factor-1', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')).toEqual(secret);
  for (const text of ['not base32', '', 'AAAA', '{"alg":"aes-gcm-hkdf"}']) {
    expect(() => openTotpSecret(JWT_SECRET, 'factor-1', text)).toThrow();
  }
});

test('a code has another hash for every challenge and project', () => {
  const hashes = [
    hashFactorCode(JWT_SECRET, 'one', '123456'),
    hashFactorCode(JWT_SECRET, 'two', '123456'),
    hashFactorCode('another secret', 'one', '123456'),
    hashFactorCode(JWT_SECRET, 'one', '123457'),
  ];
  expect(new Set(hashes).size).toBe(4);
  expect(isSameHash(hashes[0] ?? '', hashFactorCode(JWT_SECRET, 'one', '123456'))).toBe(true);
  expect(isSameHash(hashes[0] ?? '', hashes[1] ?? '')).toBe(false);
  expect(isSameHash('', hashes[1] ?? '')).toBe(false);
});
