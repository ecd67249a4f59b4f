import { createHash } from 'node:crypto';

/** What the database keeps of a flow's code: SHA-256 in hexadecimal. A code is too random to need a slow hash. */
export function hashAuthCode(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}
