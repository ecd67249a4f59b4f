import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { attachEmbeddedCluster, type Cluster, type EmbeddedAddress } from '@ashlar/postgres';
import { startTestCluster, type TestCluster } from './test-cluster.ts';

/** Where test workers ask for the run's one server; set by the runner's global setup, inherited by its workers. */
const DOOR_VARIABLE = 'ASHLAR_TEST_CLUSTER_DOOR';

/**
 * Opens the door behind which the run's one server stands. It is started when the first test file asks, so a run
 * of pure tests costs nothing.
 *
 * @returns What closes the door and stops the server, if it ever started.
 */
export async function openSharedClusterDoor(): Promise<() => Promise<void>> {
  let starting: Promise<TestCluster> | undefined;
  const server = createServer((_request, response) => {
    starting ??= startTestCluster();
    starting.then(
      ({ cluster }) => response.end(JSON.stringify(cluster.address)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server has an address with a port; only pipes have a name instead.
  process.env[DOOR_VARIABLE] = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return async () => {
    server.closeAllConnections();
    server.close();
    await (await starting?.catch(() => undefined))?.close();
  };
}

let attached: Promise<Cluster> | undefined;

/** The server all test files of this run share, attached once per worker. */
export function sharedCluster(): Promise<Cluster> {
  attached ??= attach();
  return attached;
}

async function attach(): Promise<Cluster> {
  const door = process.env[DOOR_VARIABLE];
  if (door === undefined) {
    throw new Error(`${DOOR_VARIABLE} is not set: run the tests from the workspace's root, whose setup opens it`);
  }
  const response = await fetch(door);
  if (!response.ok) throw new Error(`The tests' PostgreSQL did not start: ${await response.text()}`);
  // Written by the other end above.
  return attachEmbeddedCluster((await response.json()) as EmbeddedAddress);
}
