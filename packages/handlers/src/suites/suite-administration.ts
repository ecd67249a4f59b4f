import { AshlarError, type Suite } from '@ashlar/kernel';
import { migrateDatabase, type ProjectHost } from '@ashlar/postgres';
import type { Observe } from '@ashlar/telemetry';
import { Client, escapeIdentifier } from 'pg';
import { schemaOwnerOf } from '../suites-schema.ts';
import { suiteFingerprint } from './suite-fingerprint.ts';

export interface SuiteAdministration {
  /** The server the project lives on. */
  readonly host: Pick<ProjectHost, 'admin' | 'admitSuite' | 'databaseOf' | 'dismissSuite' | 'ownerRole'>;
  readonly observe: Observe;
  /**
   * Writes down what the suite promises, in a transaction of its own before anything else is done.
   *
   * @throws {AshlarError} When the project was promised something else.
   */
  readonly registerContracts?: (client: Client, suite: Suite) => Promise<void>;
}

export interface InstalledSuite {
  readonly name: string;
  readonly addedAt: Date;
  /** Its commands answer no more; its data is still there. */
  readonly removedAt: Date | null;
  /** Of the declaration it was last brought up to. */
  readonly fingerprint: string | null;
}

/**
 * Gives a project the suite: roles, schema, permissions, roles for people. Repeating it brings it up to date.
 *
 * @throws {AshlarError} When its contracts are refused; nothing was changed then.
 */
export async function addSuite(administration: SuiteAdministration, ref: string, suite: Suite): Promise<void> {
  const { host, registerContracts } = administration;
  if (registerContracts !== undefined) {
    await withClient(host.admin(host.databaseOf(ref)), async (client) => {
      await client.query('begin');
      await registerContracts(client, suite);
      await client.query('commit');
    });
  }
  await bringUpToDate(administration, ref, suite);
}

async function bringUpToDate({ host, observe }: SuiteAdministration, ref: string, suite: Suite): Promise<void> {
  const { name, permissions, roles, schedules } = suite;
  const fingerprint = await suiteFingerprint(suite);
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
    await client.query('select jobs.set_suite_schedules($1, $2)', [
      name,
      JSON.stringify(schedules.map((one) => ({ name: one.name, schedule: one.cron }))),
    ]);
    await client.query(
      `insert into suites.installed (name, fingerprint) values ($1, $2)
       on conflict (name) do update set removed_at = null, fingerprint = excluded.fingerprint`,
      [name, fingerprint],
    );
    await client.query('commit');
  });
}

/**
 * Brings the suites a project has up to what this version of the program knows of them. One that is as it was only has
 * its login looked after: the project may have come to another server.
 */
export async function refreshSuites(
  administration: SuiteAdministration,
  ref: string,
  suites: readonly Suite[],
): Promise<void> {
  if (suites.length === 0) return;
  const installed = await listSuites(administration, ref);
  const there = new Map(installed.filter(({ removedAt }) => removedAt === null).map((one) => [one.name, one]));
  for (const suite of suites) {
    const found = there.get(suite.name);
    if (found === undefined) continue;
    if (found.fingerprint === (await suiteFingerprint(suite))) await administration.host.admitSuite(ref, suite.name);
    else await refreshSuite(administration, ref, suite);
  }
}

/** The program that runs is what it is: contracts that are refused are told, and the suite serves nevertheless. */
async function refreshSuite(administration: SuiteAdministration, ref: string, suite: Suite): Promise<void> {
  try {
    await addSuite(administration, ref, suite);
  } catch (error) {
    if (!(error instanceof AshlarError)) throw error;
    administration.observe({ kind: 'suite.contracts-refused', project: ref, suite: suite.name, error });
    await bringUpToDate(administration, ref, suite);
  }
}

/** Its commands answer no more, its schedules and its login are gone. @param withData Drops its schema as well, for good. */
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
    await client.query(`select jobs.set_suite_schedules($1, '[]')`, [suite.name]);
    if (withData) {
      await client.query(`drop schema if exists ${escapeIdentifier(suite.schema)} cascade`);
      await client.query('delete from ashlar.migrations where owner = $1', [suite.name]);
      await client.query('delete from suites.installed where name = $1', [suite.name]);
      // Or a command repeated would be answered with what is gone.
      await client.query('delete from suites.answers where suite = $1', [suite.name]);
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
    const { rows } = await client.query<InstalledSuite>(
      'select name, added_at as "addedAt", removed_at as "removedAt", fingerprint from suites.installed order by name',
    );
    return rows;
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
