import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';
import type { Instance } from '../instance/instance.ts';

/** The owner of an instance, who asks its control plane. */
export interface StudioSession {
  readonly email: string;
  readonly password: string;
  /** Bytes are sent as they are, anything else as JSON. @throws Unless the answer is a good one. */
  readonly ask: (method: string, path: string, body?: unknown) => Promise<Response>;
  /** Runs statements as the owner of the project. @throws With what PostgreSQL said. */
  readonly sql: (text: string) => Promise<void>;
}

const MAIN = fileURLToPath(new URL('../../../apps/server/src/main.ts', import.meta.url));

/** Makes the first owner, by the link of the first start, and signs in. */
export async function openSession(instance: Instance, dataDir: string): Promise<StudioSession> {
  const owner = { organisation: 'Bench', email: 'bench@example.org', password: 'correct horse battery' };
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, 'setup-link', '--data', dataDir]);
  const token = new URL(stdout.trim()).searchParams.get('token');
  const send = async (method: string, path: string, body: unknown, bearer: string | null): Promise<Response> => {
    const isBytes = body instanceof Uint8Array;
    const response = await fetch(`${instance.url}${path}`, {
      method,
      headers: {
        'content-type': isBytes ? 'application/octet-stream' : 'application/json',
        ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      },
      ...(body === undefined ? {} : { body: isBytes ? body : JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${await response.text()}`);
    return response;
  };
  await send('POST', '/control/v1/setup', { token, ...owner }, null);
  const { email, password } = owner;
  const path = '/p/control/auth/v1/token?grant_type=password';
  // What the API documents for a sign-in.
  const session = (await (await send('POST', path, { email, password }, null)).json()) as { access_token: string };
  const ask: StudioSession['ask'] = (method, to, body) => send(method, to, body, session.access_token);
  return {
    email,
    password,
    ask,
    sql: async (text) => {
      // Past the console, which ends what takes long.
      const client = new Client(instance.login('owner'));
      await client.connect();
      try {
        await client.query(text);
      } finally {
        await client.end();
      }
    },
  };
}
