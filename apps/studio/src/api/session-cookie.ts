/** Where accounts of the instance sign in: the control project. */
export const ACCOUNTS = '/p/control/auth/v1';

/** Asks for sessions as cookies instead of tokens a script could read. */
export const IN_COOKIES: Readonly<Record<string, string>> = { 'x-ashlar-session': 'cookie' };

/** Holds no secret: only that asking for a new token is worth a request. */
const NOTED_AT = 'ashlar.signed-in';

let refreshing: Promise<boolean> | null = null;

export function hasSession(): boolean {
  return localStorage.getItem(NOTED_AT) !== null;
}

export function noteSession(isThere: boolean): void {
  if (isThere) localStorage.setItem(NOTED_AT, '1');
  else localStorage.removeItem(NOTED_AT);
}

/** A new access token for the session there is; false when it has ended. */
export function refreshSession(): Promise<boolean> {
  refreshing ??= askForToken().finally(() => {
    refreshing = null;
  });
  return refreshing;
}

async function askForToken(): Promise<boolean> {
  const response = await fetch(`${ACCOUNTS}/token?grant_type=refresh_token`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: IN_COOKIES,
  });
  // Anything else is the server's trouble and says nothing of the session.
  if (response.status >= 400 && response.status < 500 && response.status !== 429) noteSession(false);
  return response.ok;
}
