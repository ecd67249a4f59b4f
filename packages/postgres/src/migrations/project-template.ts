import { createHash } from 'node:crypto';
import type { Observe } from '@ashlar/telemetry';
import { type Client, escapeIdentifier, escapeLiteral } from 'pg';
import { withAdmin } from '../cluster/admin-connection.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { dropDatabase, ensureDatabase } from '../cluster/ensure-database.ts';
import { migrateDatabase } from './migrate-database.ts';
import { readMigrationFiles } from './migration-file.ts';
import type { SchemaOwner } from './schema-owner.ts';

/** Migrated and empty; new projects are copies of it. Its comment says by which files it was migrated. */
const TEMPLATE = 'ashlar_template';
/** What becomes the template when it is complete. */
const BUILDING = 'ashlar_template_building';
const TEMPLATE_LOCK = 5_417_322_003;

export interface ProjectTemplateOptions {
  readonly cluster: Pick<Cluster, 'admin' | 'control' | 'ownerRole'>;
  readonly owners: readonly SchemaOwner[];
  readonly observe: Observe;
}

/** The database to copy new projects from, or null while there is none that these owners' files made. */
export async function findProjectTemplate(options: Omit<ProjectTemplateOptions, 'observe'>): Promise<string | null> {
  const wanted = await fingerprint(options);
  return administer(options, async (client) => ((await commentOf(client)) === wanted ? TEMPLATE : null));
}

/** Makes the template unless it is there as it should be. Whoever comes meanwhile waits; a crash leaves the old one. */
export async function ensureProjectTemplate(options: ProjectTemplateOptions): Promise<void> {
  const { cluster, owners, observe } = options;
  const wanted = await fingerprint(options);
  await administer(options, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    if ((await commentOf(client)) === wanted) return;
    await dropDatabase(client, BUILDING);
    await ensureDatabase(client, { database: BUILDING, connect: [], create: [], settings: [] });
    await migrateDatabase({ admin: cluster.admin(BUILDING), owners, ownerRole: cluster.ownerRole, observe });
    const building = escapeIdentifier(BUILDING);
    await client.query(`COMMENT ON DATABASE ${building} IS ${escapeLiteral(wanted)}`);
    // What somebody is connected to cannot be copied.
    await client.query(`ALTER DATABASE ${building} ALLOW_CONNECTIONS false`);
    await dropDatabase(client, TEMPLATE);
    await client.query(`ALTER DATABASE ${building} RENAME TO ${escapeIdentifier(TEMPLATE)}`);
  });
}

function administer<Result>(
  { cluster }: Pick<ProjectTemplateOptions, 'cluster'>,
  run: (client: Client) => Promise<Result>,
): Promise<Result> {
  return withAdmin(cluster.admin(cluster.control.database), run);
}

async function commentOf(client: Client): Promise<string | null> {
  const { rows } = await client.query<{ comment: string | null }>(
    `SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = $1`,
    [TEMPLATE],
  );
  return rows[0]?.comment ?? null;
}

async function fingerprint({ cluster, owners }: Omit<ProjectTemplateOptions, 'observe'>): Promise<string> {
  const hash = createHash('sha256').update(cluster.ownerRole);
  for (const files of await Promise.all(owners.map(readMigrationFiles))) {
    for (const { owner, version, checksum } of files) hash.update(`\0${owner.name} ${version} ${checksum}`);
  }
  return hash.digest('hex');
}
