import type { Socket } from 'node:net';
import { Client } from 'pg';
import type { LoginKind } from '../call.ts';
import type { DatabaseTarget } from '../target.ts';
import { Connection, type BackendKey } from './connection.ts';

export interface DialOptions {
  /** Bounds everything from the first packet to the first ReadyForQuery. */
  readonly timeoutMs: number;
  readonly maxStatements?: number;
}

/** What the driver knows after login and does not declare. */
interface DriverState {
  readonly processID: number;
  readonly secretKey: number;
}

/**
 * Opens one connection. The driver does what is delicate and rare (TLS, SCRAM, the startup dialogue); then its
 * parser is taken off the socket and ours put in its place, which pipelines several steps under one Sync and
 * leaves rows as the text they came as.
 */
export async function dial(target: DatabaseTarget, login: LoginKind, options: DialOptions): Promise<Connection> {
  const client = new Client({
    host: target.host,
    port: target.port,
    database: target.database,
    ...target.logins[login],
    ssl: target.tls ?? false,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: options.timeoutMs,
    application_name: `ashlar ${target.ref} ${login}`,
  });
  // The socket's own events tell our connection; the driver would otherwise throw them at the process.
  client.on('error', () => undefined);
  await client.connect();
  // pg sets both members while it logs in; its type declarations leave them out.
  const { processID, secretKey } = client as unknown as DriverState;
  const key: BackendKey = { processId: processID, secretKey };
  // pg calls it a Duplex because tests may inject one; without such an option it is a net or TLS socket.
  const socket = client.connection.stream as Socket;
  socket.removeAllListeners('data');
  return new Connection(socket, key, options.maxStatements);
}
