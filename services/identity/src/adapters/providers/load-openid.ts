export type OpenId = typeof import('openid-client');

/** The client library of other providers: it loads when somebody signs in with one. */
export function loadOpenId(): Promise<OpenId> {
  return import('openid-client');
}
