import type { DatabaseTarget } from '@ashlar/postgres';
import pg from 'pg';
import { schedulerSchema } from './scheduler-schema.ts';

/** One fetches, one notes what ended; the others add jobs and read for the API. */
const MAX_CONNECTIONS = 6;
const CONNECT_TIMEOUT_MS = 5_000;
/** Adding and finishing jobs takes milliseconds; what takes this long is stuck. */
const STATEMENT_TIMEOUT_MS = 15_000;

/** Connections to the control database that act as the owner of the jobs. */
export function openPool(target: DatabaseTarget): pg.Pool {
  const pool = new pg.Pool({
    ...accessOf(target),
    max: MAX_CONNECTIONS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    allowExitOnIdle: true,
  });
  // A lost connection also rejects the query in flight, which is where it is handled.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** How to reach the control database as the owner of the jobs. */
export function accessOf({ host, port, database, logins, tls }: DatabaseTarget): pg.ClientConfig {
  return {
    host,
    port,
    database,
    ...logins.platform,
    ...(tls === true ? { ssl: true } : {}),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'ashlar jobs',
    options: `-c role=${schedulerSchema.owner} -c search_path=`,
  };
}
