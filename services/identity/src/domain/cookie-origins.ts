import type { GeneralSettings } from './settings.ts';

/**
 * The origins whose pages may act with a session cookie: the site's, and those of the redirect targets that name one
 * exactly. A pattern in the host or port names no origin: it would hand the session to whoever gets such a host.
 */
export function cookieOrigins({ siteUrl, redirectAllowList }: GeneralSettings): ReadonlySet<string> {
  const targets = redirectAllowList.filter((target) => /^https?:\/\/[^*?/\\]+(?:\/|$)/.test(target));
  return new Set([siteUrl, ...targets].flatMap((target) => URL.parse(target)?.origin ?? []));
}
