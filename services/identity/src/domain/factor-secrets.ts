import { createHmac, timingSafeEqual } from 'node:crypto';
import { derivedKey, openText, sealText } from '@ashlar/secrets';
import { decodeBase32, encodeBase32 } from './base32.ts';

/** An empty key would make codes anybody can compute. */
const MIN_SECRET_BYTES = 10;
/** Rows of other installations hold the bare base32. */
const SEALED_PREFIX = 'sealed:';

/** The secret of a TOTP factor as it is kept. It opens for this factor alone, so that rows cannot be swapped. */
export function sealTotpSecret(jwtSecret: string, factorId: string, secret: Uint8Array): string {
  return SEALED_PREFIX + sealText(keyOf(jwtSecret, 'seal'), encodeBase32(secret), factorId);
}

/** @throws {Error} When the row was sealed with another key or for another factor, or holds no secret. */
export function openTotpSecret(jwtSecret: string, factorId: string, stored: string): Buffer {
  const text = stored.startsWith(SEALED_PREFIX)
    ? openText(keyOf(jwtSecret, 'seal'), stored.slice(SEALED_PREFIX.length), factorId)
    : stored;
  const secret = decodeBase32(text);
  if (secret === null || secret.length < MIN_SECRET_BYTES) throw new Error('A TOTP factor holds no secret of its own');
  return secret;
}

/**
 * What is kept of a code that was sent or handed out. Keyed, because six digits would be found by trying them all;
 * `context` ties it to one challenge or factor.
 */
export function hashFactorCode(jwtSecret: string, context: string, code: string): string {
  return createHmac('sha256', keyOf(jwtSecret, 'codes')).update(`${context}:${code}`).digest('hex');
}

/** Compares two hashes of codes in constant time. */
export function isSameHash(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function keyOf(jwtSecret: string, use: 'seal' | 'codes'): Buffer {
  return derivedKey(jwtSecret, `second factors v1: ${use}`);
}
