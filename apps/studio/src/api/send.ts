import { ApiError } from './api-error.ts';
import { hasSession, refreshSession } from './session-cookie.ts';

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** A blob goes as its bytes, all else as JSON. */
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
  // Callers name what the API documents for the path.
  return (await readBody(await sendForStream(path, call))) as Body;
}

/** The same for an answer that is read while it comes. */
export async function sendForStream(path: string, call: Call = {}): Promise<Response> {
  const response = await fetchOnce(path, call);
  if (response.ok) return response;
  const body = await readBody(response);
  if (!isTokenSpent(response, body) || !hasSession() || !(await refreshSession())) throw new ApiError(response, body);
  const again = await fetchOnce(path, call);
  if (!again.ok) throw new ApiError(again, await readBody(again));
  return again;
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
    headers: { ...(body === undefined ? {} : { 'content-type': typeOf(body) }), ...headers },
    ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
}

function typeOf(body: unknown): string {
  return body instanceof Blob ? 'application/octet-stream' : 'application/json';
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

/** Lines of an answer as they come. */
export async function* linesOf({ body }: Response): AsyncGenerator<string> {
  if (body === null) return;
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    rest += value ?? '';
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line !== '');
    if (done) return;
  }
}
