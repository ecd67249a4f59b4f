import { ApiError } from './api-error.ts';
import { hasSession, refreshSession } from './session-cookie.ts';

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * One request with JSON both ways, as whoever is signed in: the session travels as a cookie no script can read. An
 * access token past its time is renewed once, for all calls that notice it together.
 *
 * @param path From the root of the server, such as `/control/v1/projects`.
 * @returns The body; null when there is none.
 * @throws {ApiError} What the server refused.
 * @throws {TypeError} When it cannot be reached.
 */
export async function send<Body>(path: string, call: Call = {}): Promise<Body> {
  let response = await fetchOnce(path, call);
  let body = await readBody(response);
  if (isTokenSpent(response, body) && hasSession() && (await refreshSession())) {
    response = await fetchOnce(path, call);
    body = await readBody(response);
  }
  if (!response.ok) throw new ApiError(response, body);
  // Callers name what the API documents for the path.
  return body as Body;
}

/** Accounts speak of a bad token with 403, as their dialect does; everything else with 401. */
function isTokenSpent({ status }: Response, body: unknown): boolean {
  if (status !== 403) return status === 401;
  return typeof body === 'object' && body !== null && 'error_code' in body
    ? body.error_code === 'bad_jwt'
    : typeof body === 'object' && body !== null && 'code' in body && body.code === 'bad_jwt';
}

function fetchOnce(path: string, { method = 'GET', body, headers, signal }: Call): Promise<Response> {
  return fetch(path, {
    method,
    credentials: 'same-origin',
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
