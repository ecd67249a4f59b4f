import { createHash, randomBytes } from 'node:crypto';

const TOKEN_BYTES = 32;

/** What somebody holds to prove it is them: 256 random bits, shown once and kept as a digest. */
export function newToken(prefix: string): { readonly token: string; readonly digest: Buffer; readonly hint: string } {
  const token = `${prefix}${randomBytes(TOKEN_BYTES).toString('base64url')}`;
  return { token, digest: digestOf(token), hint: hintOf(token, prefix.length) };
}

/** SHA-256: of this much randomness nothing slower is needed, and a lookup by digest tells a guesser nothing. */
export function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Enough of a key to tell it from others, and too little to guess it. */
export function hintOf(key: string, prefixLength: number): string {
  return `${key.slice(0, prefixLength + 4)}…`;
}
