import type { Observe } from '@ashlar/telemetry';
import { escapeIdentifier } from 'pg';
import { type AdminAccess, withAdmin } from '../cluster/admin-connection.ts';
import { administerCluster } from '../cluster/administer-cluster.ts';
import { clusterErrors } from '../cluster/cluster-errors.ts';
import type { Capabilities, Cluster } from '../cluster/cluster.ts';
import { projectDatabaseName } from '../cluster/project-ref.ts';
import { waitForServer } from '../cluster/wait-for-server.ts';
import { parseDatabaseUrl } from './database-url.ts';
import { inspectServer, type ServerFacts } from './inspect-server.ts';
import { refuseTooOld } from './refuse-unfit.ts';

export interface ExternalClusterOptions {
  /** Its database becomes the default project's; its login administers the server. */
  readonly url: string;
  readonly platformPassword: string;
  /** Ref of the project that lives in the URL's own database. */
  readonly defaultRef: string;
  readonly observe: Observe;
  readonly signal?: AbortSignal;
}

/**
 * Uses a PostgreSQL that somebody else runs. What its login may not do is named: with the statement that gives the
 * right where the platform cannot do without, as a `feature.off` observation where it can.
 *
 * @throws `postgres.database_url_invalid`, `postgres.server_unreachable`, `postgres.server_too_old` or
 *   `postgres.right_missing`.
 */
export async function openExternalCluster(options: ExternalClusterOptions): Promise<Cluster> {
  const { observe, defaultRef } = options;
  const door = parseDatabaseUrl(options.url);
  const address = `${door.host}:${door.port}`;
  options.signal?.throwIfAborted();
  const facts = await connectAndInspect(door, address);
  refuseTooOld(facts, address);
  const capabilities = findCapabilities(facts, door.user, observe);
  const cluster = await administerCluster({
    kind: 'external',
    host: door.host,
    publicHost: door.host,
    port: door.port,
    ...(door.tls === true ? { tls: true } : {}),
    admin: { user: door.user, password: door.password },
    adminIsSuperuser: facts.superuser,
    adminDatabase: door.database,
    platformPassword: options.platformPassword,
    ownerRole: facts.postgresRoleTaken ? 'project_owner' : 'postgres',
    capabilities,
    databaseOf: (ref) => (ref === defaultRef ? door.database : projectDatabaseName(ref)),
    exclusive: false,
  });
  return { ...cluster, ready: (signal) => waitForServer(door, signal), close: async () => undefined };
}

/** @throws `postgres.server_unreachable`. */
export async function connectAndInspect(door: AdminAccess, address: string): Promise<ServerFacts> {
  try {
    return await withAdmin(door, inspectServer);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw clusterErrors.serverUnreachable({ address, reason }, { cause: error });
  }
}

function findCapabilities(facts: ServerFacts, login: string, observe: Observe): Capabilities {
  if (!facts.eventTriggers) {
    observe({
      kind: 'feature.off',
      feature: 'event triggers',
      reason: `the login ${login} may not make event triggers, so changes of the schema are noticed within 2 s`,
      remedy: 'use a superuser, or the role your provider gives this right to, in DATABASE_URL',
    });
  }
  const replication = facts.replication && facts.walLevel === 'logical';
  if (!replication) {
    observe({
      kind: 'feature.off',
      feature: 'change stream',
      reason: facts.replication
        ? `wal_level is ${facts.walLevel}, wanted logical`
        : `the login ${login} has no REPLICATION`,
      remedy: facts.replication
        ? `ALTER SYSTEM SET wal_level = 'logical', then restart the server`
        : `ALTER ROLE ${escapeIdentifier(login)} REPLICATION`,
    });
  }
  return { eventTriggers: facts.eventTriggers, replication };
}
