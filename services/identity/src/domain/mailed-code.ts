import { createHash } from 'node:crypto';

/** Hash of a mailed secret as the database keeps it: one secret then serves the link and the typed code alike. */
export function hashMailedCode(address: string, code: string): string {
  return createHash('sha224').update(`${address}${code}`).digest('hex');
}
