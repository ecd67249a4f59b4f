import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** An id goes into logs and a response header: short and of harmless letters, or it is not taken over. */
const SANE_REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._:+/=-]{0,127}$/;

/** The caller's `x-request-id` when it is sane, so that one id names the request on both sides; else a new one. */
export function requestIdOf(raw: Pick<IncomingMessage, 'headers'>): string {
  const given = raw.headers['x-request-id'];
  return typeof given === 'string' && SANE_REQUEST_ID.test(given) ? given : randomUUID();
}
