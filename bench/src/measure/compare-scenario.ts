import type { Instance } from '../instance/instance.ts';
import type { BenchUser } from '../load/bench-user.ts';
import { httpLoad, type LoadRequest } from '../load/http-load.ts';
import type { Scenario } from '../load/scenario.ts';
import { startBareHttp } from '../rivals/start-bare-http.ts';
import type { DriverProcess } from '../rivals/driver-process.ts';
import type { DriverRequest } from '../rivals/driver-request.ts';
import type { Rival } from '../rivals/rival.ts';
import { interleave } from './interleave.ts';

export interface Contenders {
  readonly instance: Instance;
  readonly postgrest: Rival;
  readonly driver: DriverProcess;
  readonly pool: DriverProcess;
}

export interface Effort {
  readonly rounds: number;
  readonly secondsPerRun: number;
}

/** Answers or statements per second of each, medians of interleaved runs. */
export interface Comparison {
  readonly scenario: Scenario;
  readonly ours: number;
  readonly bare: number;
  readonly driver: number;
  readonly pool: number;
  readonly postgrest: number;
}

const CONNECTIONS = 32;
/** Different rows and tokens in one cycle: enough that no cache of one request helps, few enough to prepare. */
const TURNS_PER_USER = 20;
/** V8 still compiles some two hundred functions of ours in the second ten thousand requests; the rivals get as long. */
const WARM_UP_SECONDS = 3;
const BARE_PATH = '/bare';

export async function compareScenario(
  scenario: Scenario,
  users: readonly BenchUser[],
  contenders: Contenders,
  effort: Effort,
  logFile: string,
): Promise<Comparison> {
  const { instance, postgrest, driver, pool } = contenders;
  const ours = `${instance.url}/rest/v1`;
  const requests = requestsOf(scenario, users, instance.keys.keys.anonKey);
  const answer = await sameAnswer(scenario, requests[0], ours, postgrest.url);
  const bare = await startBareHttp([{ path: BARE_PATH, ...answer }], logFile);
  const load = async (url: string, prefix: string, sent: readonly LoadRequest[], seconds: number): Promise<number> => {
    const prefixed = sent.map((request) => ({ ...request, path: `${prefix}${request.path}` }));
    const result = await httpLoad({ url, requests: prefixed, connections: CONNECTIONS, seconds });
    if (result.failures > 0) throw new Error(`${scenario.name} at ${url}: ${result.failures} requests failed`);
    return result.perSecond;
  };
  const statements = driverRequest(scenario, users, instance, effort.secondsPerRun);
  const bareRequests = requests.map((request) => ({ ...request, path: BARE_PATH }));
  try {
    await load(instance.url, '/rest/v1', requests, WARM_UP_SECONDS);
    await load(bare.url, '', bareRequests, WARM_UP_SECONDS);
    await load(postgrest.url, '', requests, WARM_UP_SECONDS);
    const medians = await interleave(effort.rounds, {
      ours: () => load(instance.url, '/rest/v1', requests, effort.secondsPerRun),
      bare: () => load(bare.url, '', bareRequests, effort.secondsPerRun),
      driver: () => driver.measure(statements),
      pool: () => pool.measure(statements),
      postgrest: () => load(postgrest.url, '', requests, effort.secondsPerRun),
    });
    return { scenario, ...medians };
  } finally {
    await bare.stop();
  }
}

/** Different rows of different users, in the order they are sent. */
export function requestsOf(scenario: Scenario, users: readonly BenchUser[], apikey: string): readonly LoadRequest[] {
  return Array.from({ length: TURNS_PER_USER }, (_, turn) => turn).flatMap((turn) =>
    users.map((user) => ({
      method: scenario.method,
      path: scenario.path(user, turn),
      headers: {
        apikey,
        authorization: `Bearer ${user.token}`,
        ...(scenario.body === undefined ? {} : { 'content-type': 'application/json', prefer: 'return=minimal' }),
      },
      ...(scenario.body === undefined ? {} : { body: scenario.body }),
    })),
  );
}

function driverRequest(
  scenario: Scenario,
  users: readonly BenchUser[],
  instance: Instance,
  seconds: number,
): DriverRequest {
  // One connection has one user's claims, so the drivers read one user's rows.
  const [user] = users;
  if (user === undefined) throw new Error('Expected at least one user');
  return {
    connection: instance.login('authenticator'),
    claims: user.claims,
    name: `bench_${scenario.name}`,
    statement: scenario.statement,
    values: Array.from({ length: TURNS_PER_USER }, (_, turn) => scenario.values(user, turn)),
    seconds,
  };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Both must say the same before their speed is compared; what they say is what the bare server will answer. */
async function sameAnswer(
  scenario: Scenario,
  request: LoadRequest | undefined,
  ours: string,
  postgrest: string,
): Promise<Answer> {
  if (request === undefined) throw new Error('Expected at least one request');
  const [own, other] = await Promise.all([ours, postgrest].map((base) => ask(base, request)));
  if (own === undefined || other === undefined || own.status !== other.status || !sameJson(own.body, other.body)) {
    throw new Error(`${scenario.name}: ${JSON.stringify(own)} is not what PostgREST answers: ${JSON.stringify(other)}`);
  }
  return own;
}

async function ask(base: string, { method, path, headers, body }: LoadRequest): Promise<Answer> {
  const response = await fetch(`${base}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? 'text/plain',
    body: await response.text(),
  };
}

function sameJson(one: string, other: string): boolean {
  return one === other || JSON.stringify(JSON.parse(one)) === JSON.stringify(JSON.parse(other));
}
