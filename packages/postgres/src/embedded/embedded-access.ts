import type { ClusterAccess } from '../cluster/administer-cluster.ts';
import { projectDatabaseName } from '../cluster/project-ref.ts';

/** The bootstrap superuser of the embedded server. */
export const SUPERUSER = 'supabase_admin';

export interface EmbeddedAddress {
  /** Absolute path of the folder of the server's socket. */
  readonly socketDir: string;
  /** Also listens on 127.0.0.1. */
  readonly port: number;
  readonly superuserPassword: string;
  readonly platformPassword: string;
}

/** How an embedded server is administered, by the process that runs it and by any other. */
export function embeddedAccess(address: EmbeddedAddress): ClusterAccess {
  return {
    kind: 'embedded',
    host: address.socketDir,
    publicHost: '127.0.0.1',
    port: address.port,
    admin: { user: SUPERUSER, password: address.superuserPassword },
    adminIsSuperuser: true,
    adminDatabase: 'postgres',
    platformPassword: address.platformPassword,
    ownerRole: 'postgres',
    capabilities: { eventTriggers: true, replication: true },
    databaseOf: projectDatabaseName,
    exclusive: true,
  };
}
