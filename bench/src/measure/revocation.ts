import type { Instance } from '../instance/instance.ts';

const PEOPLE = 100;
const PASSWORD = 'a long enough password';
const GIVE_UP_MS = 10_000;
const PERCENTILE = 0.95;

/** 95th percentile of the time from the answer to a sign-out until the token is refused, in milliseconds. */
export async function measureRevocation(instance: Instance): Promise<number> {
  const headers = { apikey: instance.keys.keys.anonKey, 'content-type': 'application/json' };
  const waitedMs: number[] = [];
  for (let index = 0; index < PEOPLE; index += 1) {
    const body = JSON.stringify({ email: `revoked-${index}@example.org`, password: PASSWORD });
    const answer = await fetch(`${instance.url}/auth/v1/signup`, { method: 'POST', headers, body });
    const session: unknown = await answer.json();
    waitedMs.push(await refusedAfterMs(instance.url, { ...headers, authorization: `Bearer ${tokenIn(session)}` }));
  }
  return waitedMs.toSorted((one, other) => one - other)[Math.floor(PEOPLE * PERCENTILE)] ?? Number.NaN;
}

async function refusedAfterMs(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const ended = await fetch(`${url}/auth/v1/logout`, { method: 'POST', headers });
  if (!ended.ok) throw new Error(`A sign-out was answered with ${ended.status}`);
  const startedAt = performance.now();
  for (;;) {
    const { status } = await fetch(`${url}/rest/v1/bench_todos?id=eq.0`, { headers });
    const waitedMs = performance.now() - startedAt;
    if (status === 401 || waitedMs > GIVE_UP_MS) return waitedMs;
  }
}

function tokenIn(session: unknown): string {
  const { access_token: token } = session as { readonly access_token?: string };
  if (token === undefined) throw new Error('A sign-up was answered without a session');
  return token;
}
