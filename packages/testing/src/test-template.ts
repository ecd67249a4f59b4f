import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { type Cluster, migrateDatabase, type SchemaOwner } from '@ashlar/postgres';
import { ignoreObservations } from '@ashlar/telemetry';
import { Client, escapeIdentifier } from 'pg';

/** Workers that want the same template wait for the first of them under this lock. */
const TEMPLATE_LOCK = 5_417_322_002;

/**
 * The name of a database migrated by exactly these owners and files; made once per run, cloned by every test file.
 *
 * @param admin A superuser's connection to the database `postgres`.
 */
export async function ensureTemplate(cluster: Cluster, admin: Client, owners: readonly SchemaOwner[]): Promise<string> {
  const template = `template_${await fingerprint(owners)}`;
  await admin.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    const found = await admin.query<{ datistemplate: boolean }>(
      'SELECT datistemplate FROM pg_database WHERE datname = $1',
      [template],
    );
    if (found.rows[0]?.datistemplate === true) return template;
    const name = escapeIdentifier(template);
    // Not yet a template: a migration failed half-way.
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await admin.query(`CREATE DATABASE ${name} TEMPLATE template0`);
    await migrateDatabase({
      admin: cluster.admin(template),
      owners,
      ownerRole: cluster.ownerRole,
      observe: ignoreObservations,
    });
    await admin.query(`ALTER DATABASE ${name} IS_TEMPLATE true`);
    return template;
  } finally {
    await admin.query('SELECT pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
}

async function fingerprint(owners: readonly SchemaOwner[]): Promise<string> {
  const hash = createHash('sha256');
  for (const owner of owners) {
    const folder = owner.migrations.href.endsWith('/') ? owner.migrations : new URL(`${owner.migrations.href}/`);
    for (const file of (await readdir(folder)).toSorted()) {
      hash.update(`${owner.name}\0${file}\0`).update(await readFile(new URL(file, folder)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}
