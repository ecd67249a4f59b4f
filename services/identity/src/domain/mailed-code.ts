import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';

/** Wrong codes typed for one token; after them only its link works, which nobody can guess. */
export const MAX_WRONG_TRIES = 10;
/** Wrong codes typed for one address in `GUESS_WINDOW_MS`, over all tokens it was sent. */
export const MAX_GUESSES = 50;
export const GUESS_WINDOW_MS = 86_400_000;

/** Begins the hash of a secret whose link answers with a code for the PKCE flow instead of with tokens. */
export const PKCE_PREFIX = 'pkce_';

/** A code to be typed: decimal digits, drawn evenly. */
export function drawCode(digits: number): string {
  return Array.from({ length: digits }, () => randomInt(10)).join('');
}

/**
 * What stands in a mailed link, and in the database, for a code sent to an address: one secret serves both. It is
 * keyed, because whoever knows an address could otherwise compute the links of all million codes and try them where
 * no account tells the wrong ones from the right.
 *
 * @returns 56 hexadecimal digits, the length of SHA-224 as in the ecosystem.
 */
export function hashMailedCode(jwtSecret: string, address: string, code: string): string {
  return createHmac('sha224', jwtSecret).update(`mailed code v1:${address}:${code}`).digest('hex');
}

/** Whether a stored hash, with or without the PKCE flow's prefix, is this one; in constant time. */
export function isHashOf(stored: string, hash: string): boolean {
  const bare = stored.startsWith(PKCE_PREFIX) ? stored.slice(PKCE_PREFIX.length) : stored;
  return bare.length === hash.length && timingSafeEqual(Buffer.from(bare), Buffer.from(hash));
}

/** What the guards of an address are filed under, so that they keep no address of a stranger. */
export function guardSubject(jwtSecret: string, address: string): string {
  return createHmac('sha256', jwtSecret).update(`address guard v1:${address}`).digest('hex');
}
