/** The cookies of one project's session: several projects may share a host, so the ref is part of the names. */
export interface SessionCookieNames {
  readonly access: string;
  readonly refresh: string;
  /** Whether they are sent over TLS only, and carry the prefixes browsers enforce that with. */
  readonly secure: boolean;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * @param publicUrl The project's base as its clients see it. Only on this machine itself are cookies without TLS
 *   allowed; a browser drops those named here on any other plain address.
 */
export function sessionCookieNames(ref: string, publicUrl: string): SessionCookieNames {
  const { protocol, hostname } = new URL(publicUrl);
  if (protocol === 'http:' && LOOPBACK.test(hostname)) {
    return { access: `ashlar-${ref}-access`, refresh: `ashlar-${ref}-refresh`, secure: false };
  }
  // `__Host-` forbids a narrower path, which the refresh cookie has: only the accounts service sees it.
  return { access: `__Host-ashlar-${ref}-access`, refresh: `__Secure-ashlar-${ref}-refresh`, secure: true };
}

/** The cookies of those names, unescaped: values of ours need no escaping. A name that comes twice is left out. */
export function readCookies(header: string | undefined, names: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (header === undefined) return found;
  const repeated = new Set<string>();
  for (const pair of header.split(';')) {
    const separator = pair.indexOf('=');
    const name = pair.slice(0, separator).trim();
    if (separator === -1 || !names.includes(name)) continue;
    if (found.has(name)) repeated.add(name);
    found.set(name, pair.slice(separator + 1).trim());
  }
  // Two of one name: somebody else's page, or another path, planted one.
  for (const name of repeated) found.delete(name);
  return found;
}

/** Header by which a page asks for its session in cookies; no form and no link can send it. */
export const COOKIE_SESSION_HEADER = 'x-ashlar-session';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What a browser says of the page behind a request. */
export interface PageHeaders {
  readonly origin?: string | undefined;
  readonly 'sec-fetch-site'?: string | string[] | undefined;
}

/**
 * Whether a cookie may speak for this request: browsers attach it to requests other sites made too. A page of an
 * allowed origin may; without an Origin, which browsers leave out of plain reads of the page's own server, the browser
 * must say that the page is of this origin, or, for a read, not say that it is of another site.
 */
export function mayUseCookies(
  method: string,
  headers: PageHeaders,
  origins: ReadonlySet<string>,
  publicUrl: string,
): boolean {
  const { origin, 'sec-fetch-site': site } = headers;
  if (origin !== undefined) return origins.has(origin) || origin === new URL(publicUrl).origin;
  if (site === 'same-origin') return true;
  return SAFE_METHODS.has(method) && (site === undefined || site === 'none');
}
