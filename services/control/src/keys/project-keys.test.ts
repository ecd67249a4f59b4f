import { generateKeyPairSync } from 'node:crypto';
import type { AshlarError } from '@ashlar/kernel';
import { calculateJwkThumbprint, importJWK, jwtVerify, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { noGivenKeys, type GivenKeys } from './given-keys.ts';
import { settleProjectKeys } from './project-keys.ts';

const now = new Date('2026-01-02T03:04:05Z');
const demoSecret = 'super-secret-jwt-token-with-at-least-32-characters-long';

function settle(given: Partial<GivenKeys> = {}, before: ReturnType<typeof settleProjectKeys> | null = null) {
  return settleProjectKeys('shop', { ...noGivenKeys, ...given }, before, now);
}

function refusal(given: Partial<GivenKeys>): string {
  try {
    settle(given);
  } catch (error) {
    return (error as AshlarError).code;
  }
  return 'accepted';
}

test('opaque keys have the form clients know, and each is new', () => {
  const keys = settle();
  expect(keys.publishableKeys[0]).toMatch(/^sb_publishable_[\w-]{22}_[\w-]{8}$/);
  expect(keys.secretKeys[0]).toMatch(/^sb_secret_[\w-]{22}_[\w-]{8}$/);
  expect(settle().secretKeys).not.toEqual(keys.secretKeys);
});

test('legacy keys name their role for ten years and verify with the secret', async () => {
  const keys = settle();
  const secret = new TextEncoder().encode(keys.jwtSecret);
  for (const [key, role] of [
    [keys.anonKey, 'anon'],
    [keys.serviceRoleKey, 'service_role'],
  ] as const) {
    const { payload, protectedHeader } = await jwtVerify(key, secret);
    expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect(payload).toEqual({ iss: 'ashlar', ref: 'shop', role, iat: 1_767_323_045, exp: 2_082_899_045 });
  }
});

test('a generated project signs with ES256 and shows only the public part', async () => {
  const { signingKey, verifyKeys } = settle();
  expect(signingKey).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256' });
  expect(verifyKeys).toHaveLength(1);
  expect(Object.keys(verifyKeys[0] ?? {}).toSorted()).toEqual(['alg', 'crv', 'key_ops', 'kid', 'kty', 'use', 'x', 'y']);
  expect(signingKey?.kid).toBe(await calculateJwkThumbprint(verifyKeys[0] ?? { kty: '' }));

  const token = await new SignJWT({ sub: 'ada' })
    .setProtectedHeader({ alg: 'ES256' })
    .sign(await importJWK(signingKey ?? { kty: '' }));
  await expect(jwtVerify(token, await importJWK(verifyKeys[0] ?? { kty: '' }))).resolves.toBeDefined();
});

test('a given secret without a signing key means HS256', () => {
  const keys = settle({ jwtSecret: demoSecret });
  expect(keys).toMatchObject({ jwtSecret: demoSecret, signingKey: null, verifyKeys: [] });
});

test('a given RSA key signs with RS256 and keeps its kid', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const given = { ...privateKey.export({ format: 'jwk' }), kid: 'mine' };
  const { signingKey, verifyKeys } = settle({ signingKey: given });
  expect(signingKey).toMatchObject({ alg: 'RS256', kid: 'mine', d: given.d });
  expect(verifyKeys[0]).not.toHaveProperty('d');
});

test('what is given wins, what was there stays', () => {
  const before = settle();
  const publishableKey = 'sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH';
  expect(settle({ publishableKey }, before)).toEqual({ ...before, publishableKeys: [publishableKey] });
  expect(settle({}, before)).toEqual(before);
});

test('a newly given secret makes new legacy keys, for the old ones no longer verify', () => {
  const before = settle();
  const after = settle({ jwtSecret: demoSecret }, before);
  expect(after.anonKey).not.toBe(before.anonKey);
  expect(after.secretKeys).toEqual(before.secretKeys);
});

test('given legacy keys must be signed with the given secret and name their role', () => {
  const { anonKey, serviceRoleKey } = settle({ jwtSecret: demoSecret });
  expect(refusal({ jwtSecret: demoSecret, anonKey, serviceRoleKey })).toBe('accepted');
  expect(refusal({ anonKey })).toBe('control.key_without_secret');
  expect(refusal({ jwtSecret: demoSecret, anonKey: serviceRoleKey })).toBe('control.key_role');
  expect(refusal({ jwtSecret: `${demoSecret}!`, anonKey })).toBe('control.key_not_signed');
});

test('a signing key of another kind is refused', () => {
  expect(refusal({ signingKey: { kty: 'oct', k: 'AAAA' } })).toBe('control.signing_key_malformed');
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'jwk' });
  expect(refusal({ signingKey: { ...p384 } })).toBe('control.signing_key_malformed');
  const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  expect(refusal({ signingKey: { ...p256.publicKey.export({ format: 'jwk' }) } })).toBe(
    'control.signing_key_malformed',
  );
  expect(refusal({ signingKey: { ...p256.privateKey.export({ format: 'jwk' }), alg: 'HS256' } })).toBe(
    'control.signing_key_malformed',
  );
});
