import type { RunningServer } from '@ashlar/testing';

export const PASSWORD = 'correct horse battery';

export interface Answer {
  readonly status: number;
  // What the API answers is looked at by each test in its own way.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

/** One request to `/control/v1` with JSON both ways. */
export async function ask(
  server: Pick<RunningServer, 'url'>,
  method: string,
  path: string,
  { bearer, body }: { readonly bearer?: string | undefined; readonly body?: unknown } = {},
): Promise<Answer> {
  const response = await fetch(`${server.url}/control/v1${path}`, {
    method,
    headers: {
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}

/** Signs in at the control project. @returns An access token. */
export async function signIn(server: Pick<RunningServer, 'url'>, email: string): Promise<string> {
  const response = await fetch(`${server.url}/p/control/auth/v1/token?grant_type=password`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: PASSWORD }),
  });
  const answer: unknown = await response.json();
  if (typeof answer === 'object' && answer !== null && 'access_token' in answer) return String(answer.access_token);
  throw new Error(`${email} cannot sign in: ${response.status}`);
}

/** Makes the first owner with a setup link. */
export async function setUp(
  server: RunningServer,
  email = 'owner@example.org',
): Promise<{ readonly bearer: string; readonly organisation: string; readonly account: string }> {
  const link = await server.ashlar('setup-link');
  const token = new URL(link.stdout.trim()).searchParams.get('token');
  const { status, body } = await ask(server, 'POST', '/setup', {
    body: { token, email, password: PASSWORD, organisation: 'The Shop' },
  });
  if (status !== 201) throw new Error(`Setting up was answered ${status}: ${JSON.stringify(body)}`);
  return { bearer: await signIn(server, email), organisation: body.organisation.id, account: body.account.id };
}
