import { administerCluster } from '../cluster/administer-cluster.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { waitForServer } from '../cluster/wait-for-server.ts';
import { embeddedAccess, type EmbeddedAddress } from './embedded-access.ts';

/**
 * The embedded cluster another process runs: for commands and workers beside a running instance. Nothing is
 * started, watched or stopped; when that process ends, so does the cluster.
 *
 * @throws `postgres.server_unreachable` when nobody answers within a minute.
 */
export async function attachEmbeddedCluster(address: EmbeddedAddress, signal?: AbortSignal): Promise<Cluster> {
  const access = embeddedAccess(address);
  const door = { host: access.host, port: access.port, database: access.adminDatabase, ...access.admin };
  await waitForServer(door, signal);
  const cluster = await administerCluster(access);
  return { ...cluster, ready: (waiting) => waitForServer(door, waiting), close: async () => undefined };
}
