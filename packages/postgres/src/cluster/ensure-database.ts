import { type Client, escapeIdentifier, escapeLiteral } from 'pg';
import { clusterErrors } from './cluster-errors.ts';
import { attempt } from './ensure-roles.ts';

export interface DatabaseSpec {
  readonly database: string;
  /** Roles that may connect; nobody else may, PUBLIC least of all. */
  readonly connect: readonly string[];
  /** Roles that may connect and make nothing there, not even a temporary table. */
  readonly visit?: readonly string[];
  /** Roles that may make schemas in it. */
  readonly create: readonly string[];
  /** Settings of a role in this database; a role that has some already keeps its own. */
  readonly settings: readonly (readonly [role: string, name: string, value: string])[];
  /** Database it is copied from when it is missing, to which nobody may be connected then. Default: an empty one. */
  readonly template?: string;
}

/** Databases change hands by these; PUBLIC has none of them on a database of ours. */
type Right = 'CONNECT' | 'TEMPORARY' | 'CREATE';

/**
 * Makes the database if it is missing and gives it its rights. Between the two nobody can connect, so a crash in
 * the middle leaves it closed, not open. Rights that were taken away are given again; where nothing is missing,
 * nothing is written.
 *
 * @throws `postgres.right_missing` naming the statement an administrator has to run.
 */
export async function ensureDatabase(client: Client, spec: DatabaseSpec): Promise<void> {
  const found = await client.query<{ open: boolean }>(
    'SELECT datallowconn AS open FROM pg_database WHERE datname = $1',
    [spec.database],
  );
  const name = escapeIdentifier(spec.database);
  if (found.rowCount === 0) {
    await attempt(
      client,
      `CREATE DATABASE ${name} TEMPLATE ${escapeIdentifier(spec.template ?? 'template0')} ENCODING 'UTF8' ALLOW_CONNECTIONS false`,
      `ALTER ROLE ${escapeIdentifier(client.user ?? '')} CREATEDB`,
    );
  }
  const statements = [
    ...(await rightStatements(client, spec)),
    ...(await settingStatements(client, spec)),
    ...(found.rows[0]?.open === true ? [] : [`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`]),
  ];
  if (statements.length === 0) return;
  const all = statements.join(';\n');
  await attempt(client, all, all);
  await assertRights(client, spec);
}

async function rightStatements(client: Client, spec: DatabaseSpec): Promise<readonly string[]> {
  const { rows } = await client.query<{ public: boolean }>(
    `SELECT EXISTS (SELECT FROM aclexplode(coalesce(datacl, acldefault('d', datdba))) WHERE grantee = 0) AS public
       FROM pg_database WHERE datname = $1`,
    [spec.database],
  );
  const name = escapeIdentifier(spec.database);
  const missing = await missingRights(client, spec);
  return [
    ...(rows[0]?.public === true ? [`REVOKE CONNECT, TEMPORARY ON DATABASE ${name} FROM PUBLIC`] : []),
    // What came through PUBLIC until now does not count as missing, and would be gone after the line above.
    ...(rows[0]?.public === true ? wantedRights(spec) : missing).map(
      ({ role, right }) => `GRANT ${right} ON DATABASE ${name} TO ${escapeIdentifier(role)}`,
    ),
  ];
}

async function settingStatements(client: Client, spec: DatabaseSpec): Promise<readonly string[]> {
  const { rows } = await client.query<{ rolname: string }>(
    `SELECT r.rolname FROM pg_db_role_setting s
       JOIN pg_roles r ON r.oid = s.setrole
       JOIN pg_database d ON d.oid = s.setdatabase
      WHERE d.datname = $1`,
    [spec.database],
  );
  const set = new Set(rows.map((row) => row.rolname));
  const name = escapeIdentifier(spec.database);
  return spec.settings
    .filter(([role]) => !set.has(role))
    .map(
      ([role, setting, value]) =>
        `ALTER ROLE ${escapeIdentifier(role)} IN DATABASE ${name} SET ${setting} = ${settingValue(setting, value)}`,
    );
}

function wantedRights({
  connect,
  visit = [],
  create,
}: DatabaseSpec): readonly { readonly role: string; readonly right: Right }[] {
  const each = (roles: readonly string[], rights: readonly Right[]) =>
    roles.flatMap((role) => rights.map((right) => ({ role, right })));
  return [
    ...each(connect, ['CONNECT', 'TEMPORARY']),
    ...each(visit, ['CONNECT']),
    ...each(create, ['CREATE', 'TEMPORARY']),
  ];
}

async function missingRights(
  client: Client,
  spec: DatabaseSpec,
): Promise<readonly { readonly role: string; readonly right: Right }[]> {
  const wanted = wantedRights(spec);
  const { rows } = await client.query<{ role: string; right: Right }>(
    `SELECT role, "right" FROM unnest($2::text[], $3::text[]) AS wanted (role, "right")
      WHERE NOT has_database_privilege(role, $1, "right")`,
    [spec.database, wanted.map(({ role }) => role), wanted.map(({ right }) => right)],
  );
  return rows;
}

/** Granting what one may not grant is only a warning, so the outcome is what counts. */
async function assertRights(client: Client, spec: DatabaseSpec): Promise<void> {
  const [missing] = await missingRights(client, spec);
  if (missing === undefined) return;
  const { role, right } = missing;
  throw clusterErrors.rightMissing({
    login: client.user ?? '',
    address: `${client.host}:${client.port}`,
    attempt: `it cannot let ${role} ${right} in database ${spec.database}`,
    statement: `GRANT ${right} ON DATABASE ${escapeIdentifier(spec.database)} TO ${escapeIdentifier(role)}`,
  });
}

/** A list setting is written as a list: quoted as a whole it would be one name. */
function settingValue(setting: string, value: string): string {
  return setting === 'search_path' ? value : escapeLiteral(value);
}

/** Ends its connections and its slots, then drops it; nothing when it is not there. */
export async function dropDatabase(client: Client, database: string): Promise<void> {
  if (await closeDatabase(client, database)) {
    await client.query(`DROP DATABASE ${escapeIdentifier(database)} WITH (FORCE)`);
  }
}

/** Lets nobody in any more, and ends its connections and its slots. @returns False when it is not there. */
export async function closeDatabase(client: Client, database: string): Promise<boolean> {
  const { rows } = await client.query<{ invalid: boolean }>(
    'SELECT datconnlimit = -2 AS invalid FROM pg_database WHERE datname = $1',
    [database],
  );
  const [found] = rows;
  if (found === undefined) return false;
  // A DROP that was cut off leaves it so: nobody can enter it, and all that can be done with it is to drop it.
  if (found.invalid) return true;
  await client.query(`ALTER DATABASE ${escapeIdentifier(database)} ALLOW_CONNECTIONS false`);
  await client.query('SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1', [database]);
  await client.query('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = $1', [
    database,
  ]);
  return true;
}

/**
 * Ends what these logins have open in a database, and what we keep of its log; the database stays open to others, us
 * included: it may be the only one of its server we know.
 */
export async function closeToLogins(client: Client, database: string, logins: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ login: string }>(
    'SELECT rolname::text AS login FROM pg_roles WHERE rolname = ANY ($1)',
    [logins],
  );
  const found = rows.map(({ login }) => login);
  if (found.length > 0) {
    const names = found.map(escapeIdentifier).join(', ');
    await client.query(`REVOKE ALL ON DATABASE ${escapeIdentifier(database)} FROM ${names}`);
  }
  await client.query(
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
      WHERE datname = $1 AND usename = ANY ($2) AND pid <> pg_backend_pid()`,
    [database, found],
  );
  await client.query(
    `SELECT pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots
      WHERE database = $1 AND starts_with(slot_name, 'ashlar_') AND active`,
    [database],
  );
  await client.query(
    `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
      WHERE database = $1 AND starts_with(slot_name, 'ashlar_') AND NOT active`,
    [database],
  );
}
