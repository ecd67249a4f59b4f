import type { IncomingHttpHeaders } from 'node:http';
import { type CookiePolicy, mayUseCookies, readCookies, sessionCookieNames } from '@ashlar/service';
import type { Credentials } from '../caller/read-credentials.ts';

/** The page behind a request, and where it asks. */
export interface CookieRequest {
  readonly ref: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** Worked out only when there is a cookie to judge. */
  readonly publicUrl: () => string;
}

/** `foreign`: there is a session, and the page has no business with it. */
export type CookieSession = { readonly kind: 'none' } | { readonly kind: 'foreign' } | ByCookie;
interface ByCookie {
  readonly kind: 'session';
  readonly token: string;
}

const NONE: CookieSession = { kind: 'none' };

/**
 * The access token a browser keeps in a cookie, when nothing else says who asks: clients without a session of their
 * own send their key as the bearer, which names an application and nobody.
 */
export function cookieSession(request: CookieRequest, credentials: Credentials, policy: CookiePolicy): CookieSession {
  const { key, bearer } = credentials;
  const { cookie } = request.headers;
  if (cookie === undefined || (bearer !== undefined && bearer !== key)) return NONE;
  const publicUrl = request.publicUrl();
  const { access } = sessionCookieNames(request.ref, publicUrl);
  const token = readCookies(cookie, [access]).get(access);
  if (token === undefined || token === '') return NONE;
  if (mayUseCookies(request.method, request.headers, policy.origins, publicUrl)) return { kind: 'session', token };
  // A read by another site's page is answered as if nobody had signed in; a write would look like one's own.
  return request.method === 'GET' || request.method === 'HEAD' ? NONE : { kind: 'foreign' };
}

/** What lets pages of an allowed origin send and receive cookies; null for others, which use header alone. */
export function credentialHeaders(
  { origin }: IncomingHttpHeaders,
  policy: CookiePolicy,
): Readonly<Record<string, string>> {
  return origin !== undefined && policy.origins.has(origin)
    ? { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true', vary: 'Origin' }
    : { vary: 'Origin' };
}
