/** What a followed link tells the application it leads to. */
export type LinkOutcome =
  | {
      readonly kind: 'session';
      readonly session: {
        readonly access_token: string;
        readonly token_type: string;
        readonly expires_in: number;
        readonly expires_at: number;
        readonly refresh_token: string;
      };
      readonly type: string;
    }
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'message'; readonly message: string }
  | { readonly kind: 'error'; readonly error: string; readonly code: string; readonly description: string };

/**
 * The address a followed link leads on to. Tokens stand in the fragment, which browsers send to nobody; the PKCE
 * flow's client reads the query, so what it needs stands there.
 */
export function verificationRedirect(target: string, outcome: LinkOutcome, isPkce: boolean): string {
  const url = new URL(target);
  if (outcome.kind === 'code') {
    url.searchParams.set('code', outcome.code);
    return url.href;
  }
  const members = membersOf(outcome);
  if (isPkce) for (const [name, value] of members) url.searchParams.set(name, value);
  // `sb` tells clients that the fragment is ours and not another library's.
  url.hash = new URLSearchParams([...members, ['sb', '']]).toString();
  return url.href;
}

function membersOf(outcome: Exclude<LinkOutcome, { kind: 'code' }>): readonly [name: string, value: string][] {
  switch (outcome.kind) {
    case 'session': {
      const { session, type } = outcome;
      return [
        ['access_token', session.access_token],
        ['expires_at', String(session.expires_at)],
        ['expires_in', String(session.expires_in)],
        ['refresh_token', session.refresh_token],
        ['token_type', session.token_type],
        ['type', type],
      ];
    }
    case 'message':
      return [['message', outcome.message]];
    case 'error':
      return [
        ['error', outcome.error],
        ['error_code', outcome.code],
        ['error_description', outcome.description],
      ];
  }
}
