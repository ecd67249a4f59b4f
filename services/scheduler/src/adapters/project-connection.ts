import type { DatabaseTarget } from '@ashlar/postgres';
import { Client } from 'pg';
import type { SqlRole } from '../domain/job-request.ts';

const CONNECT_TIMEOUT_MS = 10_000;

export interface ConnectionTerms {
  readonly role: SqlRole;
  readonly statementTimeoutMs: number;
  /** Ends what runs. */
  readonly signal: AbortSignal;
}

/**
 * Runs with a connection of its own to a project's database, as one of its roles. A command may leave anything behind
 * on a connection, so none is used twice.
 */
export async function withProjectConnection<Result>(
  target: DatabaseTarget,
  { role, statementTimeoutMs, signal }: ConnectionTerms,
  run: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({
    ...accessOf(target, role),
    options: `-c statement_timeout=${Math.ceil(statementTimeoutMs)}${role === 'postgres' ? '' : ` -c role=${role} -c search_path=public,extensions`}`,
  });
  client.on('error', () => undefined);
  await client.connect();
  const cancel = (): void => {
    void cancelBackend(target, role, client);
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    signal.throwIfAborted();
    return await run(client);
  } finally {
    signal.removeEventListener('abort', cancel);
    await client.end().catch(() => undefined);
  }
}

function accessOf({ host, port, database, tls, logins }: DatabaseTarget, role: SqlRole) {
  return {
    host,
    port,
    database,
    ...(role === 'postgres' ? logins.owner : logins.authenticator),
    ...(tls === true ? { ssl: true } : {}),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'ashlar jobs of the project',
  };
}

/** By a second connection. Ends the session, for a command can catch that it is cancelled and go on. */
async function cancelBackend(target: DatabaseTarget, role: SqlRole, busy: Client): Promise<void> {
  // The driver knows the process it talks to, its types do not.
  const { processID } = busy as Client & { readonly processID?: number | null };
  if (processID == null) return;
  // Who has logged in may end what the login runs; what the login acts as may not.
  const client = new Client({ ...accessOf(target, role), options: '-c role=none' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select pg_catalog.pg_terminate_backend($1)', [processID]);
  } catch {
    // Its statement_timeout ends it.
  } finally {
    await client.end().catch(() => undefined);
  }
}
