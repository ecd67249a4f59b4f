import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

/** A real nats-server of its own. */
export interface NatsServer extends AsyncDisposable {
  readonly url: string;
  /** Starts it again, on the same port, after `kill`. */
  start(): Promise<void>;
  /** Ends it at once. What JetStream has stored stays. */
  kill(): Promise<void>;
  /** Removes what JetStream has stored; to be called when it does not run. */
  empty(): Promise<void>;
  /** Ends it for good. */
  close(): Promise<void>;
}

const NAME = 'nats-server';
const READY_WITHIN_MS = 15_000;

/** Where the server's program is; null when this machine has none, and tests that need it are skipped. */
export function findNatsServer(): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/bin'];
  for (const folder of folders) {
    const file = join(folder, NAME);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      continue;
    }
  }
  return null;
}

/** @throws When there is no program, or it does not become ready. */
export async function startNatsServer(): Promise<NatsServer> {
  const program = findNatsServer();
  if (program === null) throw new Error(`There is no ${NAME} on this machine`);
  const port = await freePort();
  const storeDir = await mkdtemp(join(tmpdir(), 'ashlar-nats-'));
  let child: ChildProcess | null = null;

  const start = async (): Promise<void> => {
    const started = spawn(program, ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', storeDir], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child = started;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => reject(new Error(`${NAME} was not ready in time`)), READY_WITHIN_MS);
    started.once('error', reject);
    started.once('exit', (code) => reject(new Error(`${NAME} ended with code ${code}`)));
    if (started.stderr !== null) {
      createInterface({ input: started.stderr }).on('line', (line) => {
        if (line.includes('Server is ready')) resolve();
      });
    }
    try {
      await promise;
    } finally {
      clearTimeout(timer);
    }
  };
  const kill = async (): Promise<void> => {
    const ending = child;
    child = null;
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    ending.once('exit', () => resolve());
    ending.kill('SIGKILL');
    await promise;
  };
  const empty = (): Promise<void> => rm(storeDir, { recursive: true, force: true });
  const close = async (): Promise<void> => {
    await kill();
    await empty();
  };
  await start();
  return { url: `nats://127.0.0.1:${port}`, start, kill, empty, close, [Symbol.asyncDispose]: close };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server has an address with a port; only pipes have a name instead.
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
