import autocannon from 'autocannon';
import type { Instance } from '../instance/instance.ts';
import { benchUser } from '../load/bench-user.ts';
import { httpLoad, type LoadRequest } from '../load/http-load.ts';
import type { Effort } from './compare-scenario.ts';
import { interleave } from './interleave.ts';

export interface RefreshFigures {
  readonly refreshesPerSecond: number;
  /** Single-row reads under row-level security, from as many clients. */
  readonly readsPerSecond: number;
}

/** As many sessions, each refreshed over and over by a client of its own. */
const CLIENTS = 32;
const WARM_UP_SECONDS = 3;
const PASSWORD = 'a long enough password';

/** Refreshes of sessions beside single-row reads: both end in one statement, of which a refresh writes four rows. */
export async function measureRefresh(instance: Instance, { rounds, secondsPerRun }: Effort): Promise<RefreshFigures> {
  const { url } = instance;
  const { anonKey, jwtSecret } = instance.keys.keys;
  const headers = { apikey: anonKey, 'content-type': 'application/json' };
  const tokens = await signUpAll(url, headers);
  const read: LoadRequest = {
    method: 'GET',
    path: '/rest/v1/bench_todos?id=eq.0',
    headers: { apikey: anonKey, authorization: `Bearer ${benchUser(0, jwtSecret).token}` },
  };
  const reads = async (seconds: number): Promise<number> =>
    (await httpLoad({ url, requests: [read], connections: CLIENTS, seconds })).perSecond;
  await refreshes(url, headers, tokens, WARM_UP_SECONDS);
  await reads(WARM_UP_SECONDS);
  const figures = await interleave(rounds, {
    refreshes: () => refreshes(url, headers, tokens, secondsPerRun),
    reads: () => reads(secondsPerRun),
  });
  return { refreshesPerSecond: figures.refreshes, readsPerSecond: figures.reads };
}

async function signUpAll(url: string, headers: Readonly<Record<string, string>>): Promise<string[]> {
  const tokens: string[] = [];
  for (let index = 0; index < CLIENTS; index += 1) {
    const body = JSON.stringify({ email: `refresh-${index}@example.org`, password: PASSWORD });
    const answer = await fetch(`${url}/auth/v1/signup`, { method: 'POST', headers, body });
    tokens.push(refreshTokenIn(await answer.text()));
  }
  return tokens;
}

/** Takes tokens out of the list and puts back those that are in force at the end. */
async function refreshes(
  url: string,
  headers: Readonly<Record<string, string>>,
  tokens: string[],
  seconds: number,
): Promise<number> {
  const started = performance.now();
  const held = new Map<object, string>();
  const result = await autocannon({
    url: `${url}/auth/v1/token?grant_type=refresh_token`,
    method: 'POST',
    headers: { ...headers },
    connections: CLIENTS,
    duration: seconds,
    setupClient: (client) => {
      const present = (token: string): void => {
        held.set(client, token);
        client.setBody(JSON.stringify({ refresh_token: token }));
      };
      present(tokens.pop() ?? '');
      let answer = '';
      client.on('body', (part) => {
        answer += part.toString();
      });
      // Before the client's next request is written.
      client.on('response', (status) => {
        if (status === 200) present(refreshTokenIn(answer));
        answer = '';
      });
    },
  });
  const elapsedSeconds = (performance.now() - started) / 1000;
  tokens.push(...held.values());
  // The last request of a client is cut off: its token is then the parent of the one in force, which is as good.
  const failures = result.non2xx + result.errors + result.timeouts;
  if (failures > 0) throw new Error(`${failures} refreshes failed`);
  return result['2xx'] / Math.max(elapsedSeconds, seconds);
}

/** Looked for, not parsed: what the load generator hands out is the packet, headers and all. */
function refreshTokenIn(answer: string): string {
  const token = /"refresh_token":"([^"]+)"/.exec(answer)?.[1];
  if (token === undefined) throw new Error(`No refresh token in ${answer.slice(0, 200)}`);
  return token;
}
