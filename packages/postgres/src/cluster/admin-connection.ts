import { Client } from 'pg';
import { CATALOG_ONLY } from '../session/wire/catalog-only.ts';

export interface AdminAccess {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly tls?: boolean;
}

const CONNECT_TIMEOUT_MS = 10_000;

/** Opens one connection for administration, gives it to `run`, and closes it whatever happens. */
export async function withAdmin<Result>(
  access: AdminAccess,
  run: (client: Client) => Promise<Result>,
): Promise<Result> {
  const { tls, ...where } = access;
  const client = new Client({
    ...where,
    ...(tls === true ? { ssl: true } : {}),
    application_name: 'ashlar admin',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // The failure of a query says the same; without a listener the event would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(CATALOG_ONLY);
    return await run(client);
  } finally {
    await client.end();
  }
}
