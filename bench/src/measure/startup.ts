import { Client } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { benchUser } from '../load/bench-user.ts';
import { startInstance, type Instance, type InstanceFolder } from '../instance/instance.ts';

export interface Startup {
  readonly milliseconds: number;
  readonly instance: Instance;
}

const FIRST_TABLE = `
  create table public.first_reads (id integer primary key, user_id uuid default auth.uid());
  alter table public.first_reads enable row level security;
  create policy own on public.first_reads using (auth.uid() = user_id)`;
const READ_TIMEOUT_MS = 10_000;
const POLL_MS = 10;

/** From the command on an empty folder to a signed-up user's first read of a table made meanwhile. */
export async function freshStart(folder: InstanceFolder): Promise<Startup> {
  const started = performance.now();
  const instance = await startInstance(folder);
  const token = await signUp(instance);
  const client = new Client(instance.login('owner'));
  await client.connect();
  await client.query(FIRST_TABLE);
  await client.end();
  await firstRead(instance, token);
  return { milliseconds: performance.now() - started, instance };
}

/** From the command on an existing folder to an authenticated read. */
export async function warmStart(folder: InstanceFolder): Promise<Startup> {
  const started = performance.now();
  const instance = await startInstance(folder);
  await firstRead(instance, benchUser(0, instance.keys.keys.jwtSecret).token);
  return { milliseconds: performance.now() - started, instance };
}

async function signUp(instance: Instance): Promise<string> {
  const response = await fetch(`${instance.url}/auth/v1/signup`, {
    method: 'POST',
    headers: { apikey: instance.keys.keys.anonKey, 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'first@example.org', password: 'a long enough password' }),
  });
  // The answer of a sign-up that needs no confirmation is a session.
  const session = (await response.json()) as { readonly access_token?: string };
  if (session.access_token === undefined) throw new Error(`Sign-up answered ${response.status} without a token`);
  return session.access_token;
}

async function firstRead(instance: Instance, token: string): Promise<void> {
  const deadline = performance.now() + READ_TIMEOUT_MS;
  let status = 0;
  while (performance.now() < deadline) {
    const response = await fetch(`${instance.url}/rest/v1/first_reads`, {
      headers: { apikey: instance.keys.keys.anonKey, authorization: `Bearer ${token}` },
    });
    await response.text();
    ({ status } = response);
    if (status === 200) return;
    await sleep(POLL_MS);
  }
  throw new Error(`The first read still answers ${status} after ${READ_TIMEOUT_MS} ms`);
}
