import { type Client, escapeIdentifier, escapeLiteral } from 'pg';
import { clusterErrors } from './cluster-errors.ts';
import { attempt } from './ensure-roles.ts';

export interface DatabaseSpec {
  readonly database: string;
  /** Roles that may connect; nobody else may, PUBLIC least of all. */
  readonly connect: readonly string[];
  /** Roles that may make schemas in it. */
  readonly create: readonly string[];
  /** Settings of a role in this database; a role that has some already keeps its own. */
  readonly settings: readonly (readonly [role: string, name: string, value: string])[];
}

/**
 * Makes the database if it is missing and gives it its rights. Between the two nobody can connect, so a crash in
 * the middle leaves it closed, not open. The rights are given again every time: `DROP OWNED` in one database
 * revokes what the role was granted on all of them.
 */
export async function ensureDatabase(client: Client, spec: DatabaseSpec): Promise<void> {
  const found = await client.query<{ open: boolean }>(
    'SELECT datallowconn AS open FROM pg_database WHERE datname = $1',
    [spec.database],
  );
  const name = escapeIdentifier(spec.database);
  if (found.rowCount === 0) {
    const creation = `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`;
    await attempt(
      client,
      `${creation} ALLOW_CONNECTIONS false`,
      `ALTER ROLE ${escapeIdentifier(client.user ?? '')} CREATEDB`,
    );
  }
  const { rows } = await client.query<{ rolname: string }>(
    `SELECT r.rolname FROM pg_db_role_setting s
       JOIN pg_roles r ON r.oid = s.setrole
       JOIN pg_database d ON d.oid = s.setdatabase
      WHERE d.datname = $1`,
    [spec.database],
  );
  const set = new Set(rows.map((row) => row.rolname));
  const statements = [
    `REVOKE CONNECT, TEMPORARY ON DATABASE ${name} FROM PUBLIC`,
    `GRANT CONNECT, TEMPORARY ON DATABASE ${name} TO ${spec.connect.map(escapeIdentifier).join(', ')}`,
    `GRANT CREATE, TEMPORARY ON DATABASE ${name} TO ${spec.create.map(escapeIdentifier).join(', ')}`,
    ...spec.settings
      .filter(([role]) => !set.has(role))
      .map(
        ([role, setting, value]) =>
          `ALTER ROLE ${escapeIdentifier(role)} IN DATABASE ${name} SET ${setting} = ${settingValue(setting, value)}`,
      ),
    ...(found.rows[0]?.open === true ? [] : [`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`]),
  ];
  const all = statements.join(';\n');
  await attempt(client, all, all);
  await assertRights(client, spec);
}

/** Granting what one may not grant is only a warning, so the outcome is what counts. */
async function assertRights(client: Client, { database, connect, create }: DatabaseSpec): Promise<void> {
  const { rows } = await client.query<{ role: string; right: string }>(
    `SELECT role, "right" FROM (
       SELECT unnest($2::text[]) AS role, 'CONNECT' AS "right" UNION ALL SELECT unnest($3::text[]), 'CREATE'
     ) wanted WHERE NOT has_database_privilege(role, $1, "right")`,
    [database, connect, create],
  );
  const missing = rows[0];
  if (missing === undefined) return;
  throw clusterErrors.rightMissing({
    login: client.user ?? '',
    address: `${client.host}:${client.port}`,
    attempt: `it cannot let ${missing.role} ${missing.right.toLowerCase()} in database ${database}`,
    statement: `GRANT ${missing.right} ON DATABASE ${escapeIdentifier(database)} TO ${escapeIdentifier(missing.role)}`,
  });
}

/** A list setting is written as a list: quoted as a whole it would be one name. */
function settingValue(setting: string, value: string): string {
  return setting === 'search_path' ? value : escapeLiteral(value);
}

/** Ends its connections and its slots, then drops it; nothing when it is not there. */
export async function dropDatabase(client: Client, database: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
  if (rowCount === 0) return;
  const name = escapeIdentifier(database);
  await client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  await client.query('SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1', [database]);
  await client.query('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = $1', [
    database,
  ]);
  await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
}
