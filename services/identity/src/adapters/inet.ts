import { isIP } from 'node:net';

/** Stands for a caller whose address is unknown, in a column that wants one. */
const UNKNOWN_ADDRESS = '::';

/** The address as PostgreSQL's `inet` takes it, in a column that may be empty. */
export function inetOrNull(address: string): string | null {
  return isIP(address) === 0 ? null : address;
}

/** The address as PostgreSQL's `inet` takes it. */
export function inetOrUnknown(address: string): string {
  return isIP(address) === 0 ? UNKNOWN_ADDRESS : address;
}
