import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { makeInstanceFolder } from './instance-folder.ts';

export interface ServerOptions {
  /** An instance that is there already, or an empty folder for one; default: a new one, removed at the end. */
  readonly dataDir?: string;
  /** The command line after `ashlar`; default `start`. */
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** A module that runs the command line in the place of the server's own. */
  readonly main?: URL;
}

/** What a command wrote and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A real server in a process of its own, on free ports. */
export interface RunningServer extends AsyncDisposable {
  readonly dataDir: string;
  readonly pid: number;
  readonly url: string;
  /** Of gRPC, where it was asked for. */
  readonly grpcPort: number | undefined;
  readonly anonKey: string;
  readonly serviceRoleKey: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly jwtSecret: string;
  /** The default project's database as its owner. */
  readonly dbUrl: string;
  /** Milliseconds from the call to the written state of a server that answers. */
  readonly readyInMs: number;
  readonly ended: Promise<Ended>;
  /** One or more statements as the default project's owner; the rows of the last. */
  sql<Row extends Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** The same as the superuser of the embedded server, who sees what no owner of a project does. */
  superuserSql<Row extends Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
    /** Default: the default project's. */
    database?: string,
  ): Promise<Row[]>;
  /** Runs another command on the same instance. */
  ashlar(...line: readonly string[]): Promise<Ended>;
  /** Sends a signal to the server alone, and waits until it has ended. */
  end(signal: NodeJS.Signals): Promise<Ended>;
  /** SIGTERM, and the temporary folder goes. */
  stop(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('../../../apps/server/src/main.ts', import.meta.url));
const READY_WITHIN_MS = 60_000;
const POLL_MS = 20;

/**
 * Runs `ashlar start`, or another command that serves, and waits until it answers.
 *
 * @throws When it ends before that, with all it wrote.
 */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const startedAt = performance.now();
  const dataDir = options.dataDir ?? (await makeInstanceFolder());
  const args = options.args ?? ['start'];
  const environment = { ASHLAR_PORT: '0', ASHLAR_DB_PORT: '0', ...options.environment, ASHLAR_DATA: dataDir };
  const main = options.main === undefined ? MAIN : fileURLToPath(options.main);
  const child = launch(args, environment, main);
  const ended = collect(child);
  const state = await readState(join(dataDir, 'run', stateFile(args, child)), child, ended);
  const readyInMs = performance.now() - startedAt;
  const { keys, logins } = JSON.parse(await readFile(join(dataDir, 'keys', 'default.json'), 'utf8'));
  const { host, port, defaultDatabase } = state.postgres;
  const dbUrl = `postgresql://${logins.owner.user}:${logins.owner.password}@${host}:${port}/${defaultDatabase}`;

  const superuserSql: RunningServer['superuserSql'] = async (text, values, database = defaultDatabase) => {
    const { superuserPassword } = JSON.parse(await readFile(join(dataDir, 'keys', 'instance.json'), 'utf8'));
    return query(`postgresql://supabase_admin:${superuserPassword}@${host}:${port}/${database}`, text, values);
  };
  const end = (signal: NodeJS.Signals): Promise<Ended> => {
    child.kill(signal);
    return ended;
  };
  const stop = async (): Promise<void> => {
    await end('SIGTERM');
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
  };
  return {
    dataDir,
    pid: state.pid,
    url: state.url,
    grpcPort: state.grpcPort,
    anonKey: keys.anonKey,
    serviceRoleKey: keys.serviceRoleKey,
    publishableKey: keys.publishableKeys[0],
    secretKey: keys.secretKeys[0],
    jwtSecret: keys.jwtSecret,
    dbUrl,
    readyInMs,
    ended,
    sql: (text, values) => query(dbUrl, text, values),
    superuserSql,
    ashlar: (...line) => collect(launch(line, environment, main)),
    end,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Runs one command to its end, with nothing of this process's own configuration. */
export function runAshlar(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Ended> {
  return collect(launch(args, environment));
}

function launch(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  main: string = MAIN,
): ChildProcess {
  const { PATH = '', HOME = '' } = process.env;
  return spawn(process.execPath, [main, ...args], {
    // Away from any ashlar.toml, and from variables of whoever runs the tests.
    cwd: environment['ASHLAR_DATA'] ?? tmpdir(),
    env: { PATH, HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function collect(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

interface State {
  readonly pid: number;
  readonly url: string;
  readonly grpcPort?: number;
  readonly postgres: { readonly host: string; readonly port: number; readonly defaultDatabase: string };
}

/** The state is written once the server answers; one of an earlier run has another pid. */
async function readState(file: string, child: ChildProcess, ended: Promise<Ended>): Promise<State> {
  for (let waitedMs = 0; waitedMs < READY_WITHIN_MS; waitedMs += POLL_MS) {
    const state = await readFile(file, 'utf8').then(parseState, () => undefined);
    if (state !== undefined && state.pid === child.pid) return state;
    if (child.exitCode !== null || child.signalCode !== null) {
      const { code, stdout, stderr } = await ended;
      throw new Error(`The server ended with code ${code} before it was ready.\n${stderr}${stdout}`);
    }
    await delay(POLL_MS);
  }
  child.kill('SIGKILL');
  const { stdout, stderr } = await ended;
  throw new Error(`The server was not ready within ${READY_WITHIN_MS} ms.\n${stderr}${stdout}`);
}

function parseState(text: string): State {
  return JSON.parse(text);
}

/** `serve gateway identity --port 0` tells its state in `serve-gateway-identity-<pid>.json`. */
function stateFile(args: readonly string[], { pid }: ChildProcess): string {
  const flag = args.findIndex((argument) => argument.startsWith('-'));
  const words = flag === -1 ? args : args.slice(0, flag);
  return words[0] === 'start' ? 'server.json' : `${words.join('-')}-${pid}.json`;
}

async function query<Row extends Record<string, unknown>>(
  connectionString: string,
  text: string,
  values: readonly unknown[] | undefined,
): Promise<Row[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const result: unknown = await client.query<Row>(text, values === undefined ? undefined : [...values]);
    // Several statements in one text give several results, which the driver's types do not know.
    const results = (Array.isArray(result) ? result : [result]) as readonly { readonly rows: Row[] }[];
    return results.at(-1)?.rows ?? [];
  } finally {
    await client.end();
  }
}
