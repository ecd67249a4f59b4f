import { administerCluster } from '../cluster/administer-cluster.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { projectDatabaseName } from '../cluster/project-ref.ts';
import { SUPERUSER } from './open-embedded-cluster.ts';

export interface AttachOptions {
  /** Folder of the running server's socket. */
  readonly socketDir: string;
  readonly port: number;
  readonly superuserPassword: string;
  readonly platformPassword: string;
}

/**
 * The embedded cluster another process runs: for commands beside a running instance. Nothing is started, watched or
 * stopped; when that process ends, so does the cluster.
 */
export async function attachEmbeddedCluster(options: AttachOptions): Promise<Cluster> {
  const administered = await administerCluster({
    kind: 'embedded',
    host: options.socketDir,
    publicHost: '127.0.0.1',
    port: options.port,
    admin: { user: SUPERUSER, password: options.superuserPassword },
    adminDatabase: 'postgres',
    platformPassword: options.platformPassword,
    ownerRole: 'postgres',
    capabilities: { eventTriggers: true, replication: true },
    databaseOf: projectDatabaseName,
    exclusive: true,
  });
  return { ...administered, ready: async () => undefined, close: async () => undefined };
}
