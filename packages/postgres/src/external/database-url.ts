import type { AdminAccess } from '../cluster/admin-connection.ts';
import { clusterErrors } from '../cluster/cluster-errors.ts';

const DEFAULT_PORT = 5432;

/**
 * Reads `postgres://user:password@host:port/database?sslmode=…`. A `host` in the query that is a path names the
 * folder of a socket. Of `sslmode` only whether it asks for TLS matters: certificates are always verified then.
 *
 * @throws `postgres.database_url_invalid`; the message never repeats the URL, which holds a password.
 */
export function parseDatabaseUrl(text: string): AdminAccess {
  if (!URL.canParse(text)) throw clusterErrors.databaseUrlInvalid({ reason: 'it is no URL' });
  const url = new URL(text);
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') {
    throw clusterErrors.databaseUrlInvalid({ reason: `it begins with ${url.protocol}` });
  }
  const database = decodeURIComponent(url.pathname.slice(1));
  const user = decodeURIComponent(url.username);
  if (database === '' || user === '') {
    throw clusterErrors.databaseUrlInvalid({ reason: database === '' ? 'it names no database' : 'it names no user' });
  }
  const host = url.searchParams.get('host') ?? decodeURIComponent(url.hostname);
  const tls = ['require', 'verify-ca', 'verify-full'].includes(url.searchParams.get('sslmode') ?? '');
  return {
    // An IPv6 address stands in brackets in a URL and without them everywhere else.
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    database,
    user,
    password: decodeURIComponent(url.password),
    ...(tls ? { tls } : {}),
  };
}
