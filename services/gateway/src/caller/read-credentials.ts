import type { IncomingHttpHeaders } from 'node:http';

/** What a request brings to prove who it is, unread. */
export interface Credentials {
  /** Header `apikey`, or the query's where headers cannot be set (websocket, links). */
  readonly key: string | undefined;
  /** The token of `Authorization: Bearer`, possibly empty. */
  readonly bearer: string | undefined;
}

const BEARER = /^bearer(?:\s+|$)/i;

export function readCredentials(headers: IncomingHttpHeaders, url: string): Credentials {
  const { apikey, authorization } = headers;
  return {
    key: typeof apikey === 'string' && apikey !== '' ? apikey : keyInQuery(url),
    bearer: authorization === undefined ? undefined : bearerToken(authorization),
  };
}

function bearerToken(authorization: string): string | undefined {
  const scheme = BEARER.exec(authorization);
  return scheme === null ? undefined : authorization.slice(scheme[0].length).trimEnd();
}

function keyInQuery(url: string): string | undefined {
  // Most requests have a query and no key in it: one search decides.
  if (!url.includes('apikey=')) return undefined;
  const query = url.indexOf('?');
  const key = query === -1 ? null : new URLSearchParams(url.slice(query + 1)).get('apikey');
  return key === null || key === '' ? undefined : key;
}
