import type { Suite } from '@ashlar/kernel';
import { migrateDatabase, type ProjectHost } from '@ashlar/postgres';
import type { Observe } from '@ashlar/telemetry';
import { Client, escapeIdentifier } from 'pg';
import { schemaOwnerOf } from '../suites-schema.ts';

export interface SuiteAdministration {
  /** The server the project lives on. */
  readonly host: Pick<ProjectHost, 'admin' | 'admitSuite' | 'databaseOf' | 'dismissSuite' | 'ownerRole'>;
  readonly observe: Observe;
}

export interface InstalledSuite {
  readonly name: string;
  readonly addedAt: Date;
  /** Its commands answer no more; its data is still there. */
  readonly removedAt: Date | null;
}

/** Gives a project the suite: roles, schema, permissions, roles for people. Repeating it brings it up to date. */
export async function addSuite({ host, observe }: SuiteAdministration, ref: string, suite: Suite): Promise<void> {
  const { name, permissions, roles } = suite;
  await host.admitSuite(ref, name);
  const admin = host.admin(host.databaseOf(ref));
  await migrateDatabase({ admin, owners: [schemaOwnerOf(suite)], ownerRole: host.ownerRole, observe });
  await withClient(admin, async (client) => {
    await client.query('begin');
    await client.query(
      `insert into auth.permissions (key, title)
       select key, title from jsonb_to_recordset($1) as p (key text, title text)
       on conflict (key) do update set title = excluded.title`,
      [JSON.stringify(Object.entries(permissions).map(([key, title]) => ({ key, title })))],
    );
    await client.query(
      `insert into auth.organisation_roles (org_id, key, name, permissions, denials)
       select null, r.key, r.name, r.permissions, r.denials
         from jsonb_to_recordset($1) as r (key text, name jsonb, permissions text[], denials text[])
       on conflict (org_id, key) do update
         set name = excluded.name, permissions = excluded.permissions, denials = excluded.denials`,
      [JSON.stringify(roles.map((role) => ({ denials: [], ...role })))],
    );
    await client.query(
      `insert into suites.installed (name) values ($1) on conflict (name) do update set removed_at = null`,
      [name],
    );
    await client.query('commit');
  });
}

/** Brings the suites a project has up to what this version of the program knows of them. */
export async function refreshSuites(
  administration: SuiteAdministration,
  ref: string,
  suites: readonly Suite[],
): Promise<void> {
  if (suites.length === 0) return;
  const installed = await listSuites(administration, ref);
  const names = new Set(installed.filter(({ removedAt }) => removedAt === null).map(({ name }) => name));
  for (const suite of suites) if (names.has(suite.name)) await addSuite(administration, ref, suite);
}

/** Its commands answer no more and its login is gone. @param withData Drops its schema as well, for good. */
export async function removeSuite(
  { host }: SuiteAdministration,
  ref: string,
  suite: Suite,
  { withData }: { readonly withData: boolean },
): Promise<void> {
  await withClient(host.admin(host.databaseOf(ref)), async (client) => {
    await client.query('begin');
    await client.query('update suites.installed set removed_at = now() where name = $1 and removed_at is null', [
      suite.name,
    ]);
    if (withData) {
      await client.query(`drop schema if exists ${escapeIdentifier(suite.schema)} cascade`);
      await client.query('delete from ashlar.migrations where owner = $1', [suite.name]);
      await client.query('delete from suites.installed where name = $1', [suite.name]);
      await client.query(`delete from auth.organisation_roles where org_id is null and key = any ($1)`, [
        suite.roles.map(({ key }) => key),
      ]);
      await client.query('delete from auth.permissions where key = any ($1)', [Object.keys(suite.permissions)]);
    }
    await client.query('commit');
  });
  await host.dismissSuite(ref, suite.name);
}

/** Suites a project has or had. */
export function listSuites(
  { host }: Pick<SuiteAdministration, 'host'>,
  ref: string,
): Promise<readonly InstalledSuite[]> {
  return withClient(host.admin(host.databaseOf(ref)), async (client) => {
    const { rows } = await client.query<{ name: string; added_at: Date; removed_at: Date | null }>(
      'select name, added_at, removed_at from suites.installed order by name',
    );
    return rows.map(({ name, added_at, removed_at }) => ({ name, addedAt: added_at, removedAt: removed_at }));
  });
}

/** No names but PostgreSQL's own are looked for: a project's functions are none of this login's business. */
async function withClient<Result>(
  admin: ReturnType<ProjectHost['admin']>,
  run: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ application_name: 'ashlar suites', connectionTimeoutMillis: 10_000, ...admin });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(`set search_path = ''`);
    return await run(client);
  } finally {
    await client.end();
  }
}
