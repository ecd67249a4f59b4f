import { Client } from 'pg';
import { sessionErrors } from '../session/errors.ts';
import type { DatabaseTarget, Login } from '../session/target.ts';

const CONNECT_TIMEOUT_MS = 10_000;

/** A connection for free SQL, to be closed afterwards. @throws {AshlarError} `postgres.unavailable`. */
export async function connectConsole(target: DatabaseTarget, login: Login): Promise<Client> {
  const client = new Client({
    host: target.host,
    port: target.port,
    database: target.database,
    ...login,
    ...(target.tls === true ? { ssl: true } : {}),
    application_name: `ashlar ${target.ref} console`,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // What is under way says the same; without a listener the event would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw sessionErrors.unavailable({ database: target.database, reason }, { cause });
  }
  return client;
}
