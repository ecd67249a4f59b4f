import { type AdminAccess } from '../cluster/admin-connection.ts';
import type { StatementResult } from '../session/call.ts';
import type { Connection } from '../session/wire/connection.ts';
import { takeOver } from '../session/wire/dial.ts';
import { ScriptExchange } from '../session/wire/script-exchange.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** How long a command may take that waits for nobody. */
const PATIENCE_MS = 10_000;
/**
 * After this long without a sign of life the server ends a reader, so that another may take its place. It asks after
 * half of it.
 */
const SENDER_TIMEOUT_MS = 3_000;

/**
 * Opens a connection that understands SQL and the commands of replication alike.
 *
 * @param access A login with REPLICATION.
 */
export function dialLog(access: AdminAccess, project: string): Promise<Connection> {
  const { tls, ...where } = access;
  const config = {
    ...where,
    ssl: tls ?? false,
    application_name: `ashlar ${project} log`,
    // The driver passes it on to the server, and its types do not know it.
    replication: 'database',
    // The log writes times in the time zone of its reader.
    options: `-c wal_sender_timeout=${SENDER_TIMEOUT_MS} -c timezone=UTC -c statement_timeout=0`,
  };
  return takeOver(config, { timeoutMs: CONNECT_TIMEOUT_MS });
}

/** Runs one command; the rows of its result, by column name. */
export async function runCommand(
  connection: Connection,
  sql: string,
  patienceMs: number | undefined = PATIENCE_MS,
): Promise<readonly Readonly<Record<string, string | null>>[]> {
  const results = await new ScriptExchange(connection, sql, patienceMs).results;
  return results.flatMap(toObjects);
}

/** A command that waits for running transactions has no bound but the connection's end. */
export const NO_PATIENCE_LIMIT: number = Number.POSITIVE_INFINITY;

function toObjects({ fields, rows }: StatementResult): readonly Readonly<Record<string, string | null>>[] {
  return rows.map((row) => Object.fromEntries(fields.map(({ name }, index) => [name, row[index] ?? null])));
}
