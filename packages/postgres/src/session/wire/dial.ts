import type { Socket } from 'node:net';
import { Client, type ClientConfig } from 'pg';
import type { DatabaseTarget, Entry } from '../target.ts';
import { CATALOG_ONLY } from './catalog-only.ts';
import { Connection, type BackendKey } from './connection.ts';

export interface DialOptions {
  /** Bounds everything from the first packet to the first ReadyForQuery, and once more what is set after it. */
  readonly timeoutMs: number;
  readonly maxStatements?: number;
}

interface TakeOverOptions extends DialOptions {
  /** See `Entry`. */
  readonly catalogOnly?: boolean;
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
export async function dial(target: DatabaseTarget, entry: Entry, options: DialOptions): Promise<Connection> {
  return takeOver(
    {
      host: target.host,
      port: target.port,
      database: target.database,
      ...entry.login,
      ssl: target.tls ?? false,
      application_name: `ashlar ${target.ref} ${entry.name}`,
    },
    { ...options, catalogOnly: entry.catalogOnly },
  );
}

/** As `dial`, for a login of any kind. */
export async function takeOver(config: ClientConfig, options: TakeOverOptions): Promise<Connection> {
  const client = new Client({
    ...config,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: options.timeoutMs,
    // Of what the driver itself asks before its parser is replaced.
    query_timeout: options.timeoutMs,
  });
  // The socket's own events tell our connection; the driver would otherwise throw them at the process.
  client.on('error', () => undefined);
  await client.connect();
  if (options.catalogOnly === true) await confine(client);
  // pg sets both members while it logs in; its type declarations leave them out.
  const { processID, secretKey } = client as unknown as DriverState;
  const key: BackendKey = { processId: processID, secretKey };
  // pg calls it a Duplex because tests may inject one; without such an option it is a net or TLS socket.
  const socket = client.connection.stream as Socket;
  socket.removeAllListeners('data');
  return new Connection(socket, key, options.maxStatements);
}

/** A setting and not a startup parameter, which poolers refuse or leave out without a word. */
async function confine(client: Client): Promise<void> {
  try {
    await client.query(CATALOG_ONLY);
  } catch (error) {
    client.connection.stream.destroy();
    throw error;
  }
}
