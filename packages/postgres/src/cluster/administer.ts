import type { Client } from 'pg';
import type { Login } from '../session/target.ts';
import { type AdminAccess, withAdmin } from './admin-connection.ts';
import type { Capabilities } from './cluster.ts';

/** Key of the advisory lock under which roles and databases change, in the administration's own database. */
const ADMINISTRATION_LOCK = 5_417_322_001;
const LOCK_TIMEOUT_MS = 30_000;

/** How a server that hosts projects is administered. */
export interface ServerAccess {
  /** Where connections go: a socket's folder or an address. */
  readonly host: string;
  readonly port: number;
  readonly tls?: boolean;
  readonly admin: Login;
  /** A superuser can become any role; another login has to be a member of those whose schemas it migrates. */
  readonly adminIsSuperuser: boolean;
  /** Exists on every server of this kind; roles and databases are made from there. */
  readonly adminDatabase: string;
  /** From it follow the passwords of logins nobody keeps. */
  readonly platformPassword: string;
  readonly ownerRole: string;
  readonly capabilities: Capabilities;
  /** Name of a project's database. */
  readonly databaseOf: (ref: string) => string;
}

/** The administration's login, in one database. */
export function adminAccess(access: ServerAccess, database: string): AdminAccess {
  return {
    host: access.host,
    port: access.port,
    database,
    ...access.admin,
    ...(access.tls === true ? { tls: true } : {}),
  };
}

/** Several processes may start on one server; roles cannot be changed by two at once. */
export function administer<Result>(access: ServerAccess, run: (client: Client) => Promise<Result>): Promise<Result> {
  return withAdmin(adminAccess(access, access.adminDatabase), async (client) => {
    // A project may hold a lock on what is shared; then this start says so instead of waiting for ever.
    await client.query(`SET lock_timeout = '${LOCK_TIMEOUT_MS}ms'`);
    await client.query('SELECT pg_advisory_lock($1)', [ADMINISTRATION_LOCK]);
    return run(client);
  });
}
