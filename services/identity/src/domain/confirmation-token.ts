import { createHash, randomInt } from 'node:crypto';

const CODE_DIGITS = 6;

/** Hash of a mailed secret as the database keeps it: one secret then serves the link and the typed code alike. */
export function hashMailedCode(address: string, code: string): string {
  return createHash('sha224').update(`${address}${code}`).digest('hex');
}

export function drawCode(): string {
  return String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0');
}
