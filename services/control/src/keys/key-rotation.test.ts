import type { ProjectKeys } from '@ashlar/service';
import { expect, test } from 'vitest';
import { noGivenKeys } from './given-keys.ts';
import { keysAt, nextKeyChange, rotate, takeGivenKey, type KeyRotation } from './key-rotation.ts';
import { settleProjectKeys } from './project-keys.ts';
import { generateSigningKey } from './signing-key.ts';

const start = new Date('2026-01-01T00:00:00Z');
const after = (seconds: number): Date => new Date(start.getTime() + seconds * 1000);
const days = (count: number): Date => after(count * 86_400);
const keys = settleProjectKeys('shop', noGivenKeys, null, start);
const hsKeys = settleProjectKeys('shop', { ...noGivenKeys, jwtSecret: 'x'.repeat(40) }, null, start);
const plan = { waitSeconds: 660, revoke: false };

const signing = (rotation: KeyRotation, at: Date, of: ProjectKeys = keys): string | undefined =>
  keysAt(of, rotation, at).signingKey?.kid;
const verifying = (rotation: KeyRotation, at: Date, of: ProjectKeys = keys): (string | undefined)[] =>
  keysAt(of, rotation, at).verifyKeys.map(({ kid }) => kid);

test('a new key is published before it signs, and the old one verifies until its last token is over', () => {
  const rotation = rotate(keys, null, start, plan);
  const [old, next] = [keys.signingKey?.kid, rotation.line.at(-1)?.publicKey?.kid];
  expect(signing(rotation, start)).toBe(old);
  expect(verifying(rotation, start)).toEqual([old, next]);
  expect(signing(rotation, after(659))).toBe(old);
  expect(signing(rotation, after(660))).toBe(next);
  expect(verifying(rotation, days(7))).toEqual([old, next]);
  expect(verifying(rotation, days(8))).toEqual([next]);
  expect(nextKeyChange(rotation, start)).toEqual(after(660));
  expect(nextKeyChange(rotation, after(660))).toEqual(after(660 + 604_860));
  expect(nextKeyChange(rotation, days(8))).toBeNull();
});

test('nothing private is published and no private key outlives its signing by more than one rotation', () => {
  const first = rotate(keys, null, start, plan);
  const second = rotate(keysAt(keys, first, days(1)), first, days(1), plan);
  expect(second.line).toHaveLength(3);
  expect(second.line.map(({ privateKey }) => privateKey === null)).toEqual([true, false, false]);
  for (const jwk of keysAt(keys, second, days(1)).verifyKeys) expect(jwk).not.toHaveProperty('d');
});

test('a second rotation waits for the first, unless it revokes', () => {
  const first = rotate(keys, null, start, plan);
  expect(() => rotate(keys, first, after(659), plan)).toThrow('is published and signs from 2026-01-01T00:11:00.000Z');
  const revoked = rotate(keys, first, after(659), { ...plan, revoke: true });
  expect(verifying(revoked, after(659))).toEqual([signing(revoked, after(659))]);
  expect(revoked.retired).toEqual([keys.signingKey?.kid, first.line.at(-1)?.publicKey?.kid]);
});

test('a project of HS256 moves to ES256', () => {
  const rotation = rotate(hsKeys, null, start, plan);
  expect(signing(rotation, start, hsKeys)).toBeUndefined();
  expect(verifying(rotation, start, hsKeys)).toHaveLength(1);
  expect(keysAt(hsKeys, rotation, after(660))).toMatchObject({ jwtSecret: hsKeys.jwtSecret, anonKey: hsKeys.anonKey });
  expect(signing(rotation, after(660), hsKeys)).toBe(verifying(rotation, start, hsKeys)[0]);
});

test('a key that was rotated away does not come back with a configuration that still names it', () => {
  const old = { signingKey: keys.signingKey!, verifyKey: keys.verifyKeys[0]! };
  const rotation = rotate(keys, null, start, plan);
  expect(takeGivenKey(rotation, old.signingKey, old.verifyKey, after(700))).toBe(rotation);
  const revoked = rotate(keys, null, start, { ...plan, revoke: true });
  expect(takeGivenKey(revoked, old.signingKey, old.verifyKey, after(700))).toBe(revoked);
});

test('an unknown given key signs at once and ends no session', () => {
  const rotation = rotate(keys, null, start, plan);
  const given = generateSigningKey();
  const taken = takeGivenKey(rotation, given.signingKey, given.verifyKey, after(700));
  expect(signing(taken, after(700))).toBe(given.signingKey.kid);
  expect(verifying(taken, after(700))).toHaveLength(3);
});

test('without a rotation keys stay as they are', () => {
  expect(keysAt(keys, null, start)).toBe(keys);
  expect(nextKeyChange(null, start)).toBeNull();
});
