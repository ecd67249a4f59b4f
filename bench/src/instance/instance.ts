import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClientConfig } from 'pg';
import { startProcess, stopProcess, untilAnswers } from './child-process.ts';
import { freePort } from './free-port.ts';

export interface InstanceFolder {
  readonly dataDir: string;
  readonly logLevel: string;
  /** Further options of the command. */
  readonly flags?: Readonly<Record<string, string>>;
}

/** What the instance keeps in `keys/default.json`. */
export interface InstanceKeys {
  readonly keys: { readonly jwtSecret: string; readonly anonKey: string; readonly serviceRoleKey: string };
  readonly logins: Readonly<Record<'authenticator' | 'owner', { readonly user: string; readonly password: string }>>;
}

export interface Instance {
  readonly url: string;
  readonly pid: number;
  readonly keys: InstanceKeys;
  login(kind: 'authenticator' | 'owner'): ClientConfig & Required<Pick<ClientConfig, 'user' | 'host' | 'port'>>;
  stop(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('../../../apps/server/src/main.ts', import.meta.url));
/** One address and a few users send all the load. */
const NO_LIMITS = { 'rate-limit-per-address': 0, 'rate-limit-per-user': 0 };
const START_TIMEOUT_MS = 30_000;

/** Starts `ashlar start` on free ports and resolves once it says that it is ready. */
export async function startInstance({ dataDir, logLevel, flags: more = {} }: InstanceFolder): Promise<Instance> {
  const [port, dbPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const flags = { data: dataDir, port, 'db-port': dbPort, 'log-level': logLevel, ...NO_LIMITS, ...more };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = startProcess(process.execPath, [MAIN, 'start', ...args], `${dataDir}.log`);
  await untilReady(child, url, `The server (log: ${dataDir}.log)`);
  // Written by the server this started.
  const keys = JSON.parse(await readFile(join(dataDir, 'keys', 'default.json'), 'utf8')) as InstanceKeys;
  return {
    url,
    pid: child.pid ?? 0,
    keys,
    login: (kind) => ({ ...keys.logins[kind], host: '127.0.0.1', port: dbPort, database: 'project_default' }),
    stop: () => stopProcess(child),
  };
}

function untilReady(child: ChildProcess, url: string, what: string): Promise<void> {
  return untilAnswers(child, async () => (await fetch(`${url}/ready`)).ok, what, START_TIMEOUT_MS);
}
