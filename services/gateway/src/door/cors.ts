import type { IncomingHttpHeaders } from 'node:http';

const ALLOWED_METHODS = 'GET,HEAD,POST,PUT,PATCH,DELETE,OPTIONS,TRACE,CONNECT';

const ALLOWED_HEADERS = [
  'authorization, apikey, content-type, x-client-info, x-supabase-api-version, accept, accept-profile, content-profile',
  'prefer, range, range-unit, if-match, if-none-match, cache-control, x-upsert, x-metadata, x-signature, x-region',
  'x-retry-count, x-request-id, tus-resumable, upload-length, upload-offset, upload-metadata, upload-defer-length',
  'traceparent, tracestate, baggage, idempotency-key',
].join(', ');

const EXPOSED_HEADERS = [
  'Content-Range, Content-Location, Content-Encoding, Content-Length, Content-Type, Content-Profile, Location',
  'Preference-Applied, Range-Unit, X-Total-Count, Link, ETag, Retry-After, WWW-Authenticate, X-Supabase-Api-Version',
  'X-Sb-Error-Code, X-Relay-Error, SB-Request-Id, Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size',
  'Upload-Offset, Upload-Length, Upload-Expires, Upload-Metadata, X-Transformations, Proxy-Status',
  'Idempotency-Replayed',
].join(', ');

/** Seconds; browsers clamp it to less. */
const MAX_AGE = '86400';

/**
 * On every answer, errors included. The surface authenticates by headers a page must know, so any origin may call it and
 * no answer varies by origin; a project that allows session cookies answers its own pages otherwise (`credentialHeaders`).
 */
export function corsHeaders({ origin }: IncomingHttpHeaders): Readonly<Record<string, string>> {
  return origin === undefined ? FOR_PROGRAMS : FOR_PAGES;
}

const FOR_PAGES = { 'access-control-allow-origin': '*', 'access-control-expose-headers': EXPOSED_HEADERS };

/**
 * Browsers name the origin of a page that asks; who names none reads all headers anyway. The wildcard says the same as
 * the list, so it does not matter to whom a cache hands which, and spares half of the bytes of a small answer.
 */
const FOR_PROGRAMS = { 'access-control-allow-origin': '*', 'access-control-expose-headers': '*' };

/** A browser asking whether a page may send the request it wants to send: answered without credentials. */
export function isPreflight(method: string, headers: IncomingHttpHeaders): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

const HEADER_LIST = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+(?:[ \t]*,[ \t]*[A-Za-z0-9!#$%&'*+.^_`|~-]+)*$/;
const MAX_HEADER_LIST = 4096;

export function preflightHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const asked = headers['access-control-request-headers'];
  const echo = asked !== undefined && asked.length <= MAX_HEADER_LIST && HEADER_LIST.test(asked);
  return {
    'access-control-allow-methods': ALLOWED_METHODS,
    'access-control-allow-headers': echo ? asked : ALLOWED_HEADERS,
    'access-control-max-age': MAX_AGE,
    vary: 'Access-Control-Request-Headers',
  };
}
