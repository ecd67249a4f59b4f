import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DOOR_VARIABLE, type Shared } from './ask-door.ts';
import { startServer } from './server.ts';
import { startTestCluster } from './test-cluster.ts';

/** What workers are told of it, and how it ends. */
interface Kept {
  readonly told: unknown;
  readonly close: () => Promise<void>;
}

const MAKERS: Readonly<Record<Shared, () => Promise<Kept>>> = { cluster: makeCluster, instance: makeInstance };

/**
 * Opens the door behind which the run's shared things stand. Each is made when the first test file asks, so a run
 * of pure tests costs nothing.
 *
 * @returns What closes the door and ends what was made.
 */
export async function openRunDoor(): Promise<() => Promise<void>> {
  const made = new Map<Shared, Promise<Kept>>();
  const server = createServer((request, response) => {
    // Asked by `askDoor` alone.
    const what = request.url?.slice(1) as Shared;
    const making = made.get(what) ?? MAKERS[what]();
    made.set(what, making);
    making.then(
      ({ told }) => response.end(JSON.stringify(told)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server has an address with a port; only pipes have a name instead.
  process.env[DOOR_VARIABLE] = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return async () => {
    server.closeAllConnections();
    server.close();
    for (const making of made.values()) await (await making.catch(() => undefined))?.close();
  };
}

async function makeCluster(): Promise<Kept> {
  const { cluster, close } = await startTestCluster();
  return { told: cluster.address, close };
}

async function makeInstance(): Promise<Kept> {
  const folder = await mkdtemp(join(tmpdir(), 'ashlar-instance-'));
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const { end } = await startServer({ dataDir: folder });
    const { code, stderr } = await end('SIGTERM');
    if (code !== 0) throw new Error(`It ended with code ${code}.\n${stderr}`);
  } catch (error) {
    await close();
    throw error;
  }
  return { told: folder, close };
}
