import { createHmac, timingSafeEqual } from 'node:crypto';
import { encodeBase32 } from './base32.ts';

const PERIOD_SECONDS = 30;
const DIGITS = 6;
/** Clocks of phones drift, and people type slowly: the step before and the step after count too. */
const TOLERATED_STEPS = 1;
/** RFC 4226 §4 asks for 128 bits and recommends 160. */
export const TOTP_SECRET_BYTES = 20;

/** Number of 30-second steps since 1970. */
export function totpStep(at: Date): number {
  return Math.floor(at.getTime() / 1000 / PERIOD_SECONDS);
}

/**
 * The six digits of one step.
 *
 * @see https://datatracker.ietf.org/doc/html/rfc6238
 */
export function totpCode(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', secret).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 0xf;
  const number = digest.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
}

/** The step a code belongs to, among the tolerated ones around `at`; null when it is none of theirs. */
export function matchTotpStep(secret: Uint8Array, code: string, at: Date): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const now = totpStep(at);
  let matched: number | null = null;
  // Every step is compared, so that the time taken does not tell which one it was.
  for (let step = now - TOLERATED_STEPS; step <= now + TOLERATED_STEPS; step += 1) {
    if (timingSafeEqual(Buffer.from(totpCode(secret, step)), Buffer.from(code))) matched = step;
  }
  return matched;
}

/**
 * What an authenticator app reads from the QR code.
 *
 * @see https://github.com/google/google-authenticator/wiki/Key-Uri-Format
 */
export function totpUri(secret: Uint8Array, issuer: string, account: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  const parameters = `algorithm=SHA1&digits=${DIGITS}&issuer=${encodeURIComponent(issuer)}&period=${PERIOD_SECONDS}`;
  return `otpauth://totp/${label}?${parameters}&secret=${encodeBase32(secret)}`;
}
