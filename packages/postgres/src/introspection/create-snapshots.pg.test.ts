import { setTimeout as sleep } from 'node:timers/promises';
import { createTestProject, type TestProject } from '@ashlar/testing';
import type { Observation } from '@ashlar/telemetry';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSnapshots, type Snapshots } from './create-snapshots.ts';
import { createSessions } from '../session/sessions.ts';
import { relationKey } from './snapshot.ts';

let project: TestProject;
let snapshots: Snapshots;
let observed: Observation[];

beforeEach(async () => {
  project = await createTestProject();
  observed = [];
  snapshots = createSnapshots({ observe });
});

afterEach(async () => {
  await snapshots.close();
  await project.close();
});

const observe = (observation: Observation): unknown => observed.push(observation);
const loads = (): number => observed.filter(({ kind }) => kind === 'snapshot.loaded').length;
const knows = (table: string): boolean =>
  snapshots.peek(project.database)?.relations.has(relationKey('public', table)) ?? false;

test('nothing is loaded until someone asks, and many who ask at once wait for one load', async () => {
  expect(snapshots.peek(project.database)).toBeUndefined();
  const asked = await Promise.all(Array.from({ length: 20 }, () => snapshots.current(project.database)));
  expect(new Set(asked).size).toBe(1);
  expect(loads()).toBe(1);
});

test('a table made after the first load is known soon, and earlier requests keep what they had', async () => {
  const before = await snapshots.current(project.database);
  await project.sql('create table public.late (id integer primary key)');
  await expect.poll(() => knows('late'), { interval: 10 }).toBe(true);
  const after = await snapshots.current(project.database);
  expect(after.version).toBeGreaterThan(before.version);
  expect(before.relations.has(relationKey('public', 'late'))).toBe(false);
});

test('a table dropped is forgotten', async () => {
  await project.sql('create table public.gone (id integer primary key)');
  await snapshots.current(project.database);
  expect(knows('gone')).toBe(true);
  await project.sql('drop table public.gone');
  await expect.poll(() => knows('gone'), { interval: 10 }).toBe(false);
});

test('settings are read again on the notice of a changed configuration', async () => {
  const role = `${project.ref}_authenticator`;
  await snapshots.current(project.database);
  await project.sql(`alter role ${role} in database ${project.target.database} set pgrst.db_max_rows = '7'`);
  await project.sql(`notify pgrst, 'reload config'`);
  const settings = (): unknown => snapshots.peek(project.database)?.roleSettings.get(role);
  await expect.poll(settings, { interval: 10 }).toContainEqual(['pgrst.db_max_rows', '7']);
});

test('a storm of DDL costs a few loads, and the last change is in', async () => {
  await snapshots.current(project.database);
  for (let table = 1; table <= 100; table += 1) await project.sql(`create table public.storm_${table} (id integer)`);
  await expect.poll(() => knows('storm_100'), { interval: 10 }).toBe(true);
  expect(loads()).toBeLessThan(20);
});

test('a request that beats the notice gets a fresh snapshot, but not at any rate', async () => {
  await snapshots.current(project.database);
  await sleep(1_100);
  await project.sql('create table public.raced (id integer)');
  const fresh = await snapshots.refreshIfOlderThan(project.database, 100);
  expect(fresh.relations.has(relationKey('public', 'raced'))).toBe(true);
  await sleep(300);
  const settled = loads();
  for (let request = 0; request < 50; request += 1) await snapshots.refreshIfOlderThan(project.database, 60_000);
  expect(loads()).toBe(settled);
});

test('while the database is away the last snapshot stands, and changes made meanwhile come with its return', async () => {
  const before = await snapshots.current(project.database);
  await project.sql('create table public.before_outage (id integer)');
  await expect.poll(() => knows('before_outage')).toBe(true);
  const { database } = project.target;
  await using elsewhere = await createTestProject();
  await elsewhere.sql(`alter database ${database} allow_connections false`);
  await project.sql('create table public.during_outage (id integer)');
  await elsewhere.sql(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}' and usename <> 'supabase_admin'`,
  );
  await sleep(500);
  expect(knows('before_outage')).toBe(true);
  await snapshots.refreshIfOlderThan(project.database, 0);
  expect(knows('before_outage')).toBe(true);
  await elsewhere.sql(`alter database ${database} allow_connections true`);
  await expect.poll(() => knows('during_outage'), { timeout: 10_000 }).toBe(true);
  expect(before.relations.has(relationKey('public', 'before_outage'))).toBe(false);
});

test('what is released is loaded anew', async () => {
  const first = await snapshots.current(project.database);
  await snapshots.release(project.database);
  expect(snapshots.peek(project.database)).toBeUndefined();
  const second = await snapshots.current(project.database);
  expect(second.version).toBeGreaterThan(first.version);
});

test('without event triggers a change is found by comparing the catalogue', async () => {
  await project.sql('drop event trigger ashlar_announce_ddl; drop event trigger ashlar_announce_drop');
  const comparing = createSnapshots({ observe, eventTriggers: () => false });
  await comparing.current(project.database);
  // The first comparison must have seen the catalogue before it changes.
  await sleep(2_500);
  await project.sql('create table public.unannounced (id integer)');
  const found = (): boolean | undefined =>
    comparing.peek(project.database)?.relations.has(relationKey('public', 'unannounced'));
  await expect.poll(found).toBe(true);
  await comparing.close();
});

test.each([{ eventTriggers: true }, { eventTriggers: false }])(
  'a project whose schema is followed goes idle all the same, with $eventTriggers for event triggers',
  async ({ eventTriggers }) => {
    // Long enough for a comparison of the catalogue, which must not count as use.
    const sessions = createSessions({ observe, bounds: { idleMs: 2_500 } });
    const following = createSnapshots({ observe, eventTriggers: () => eventTriggers });
    const before = await backends();
    const database = sessions.project(project.target);
    await following.current(database);
    expect(await backends()).toBeGreaterThan(before);
    await expect.poll(backends).toBe(before);
    await sleep(2_500);
    expect(await backends()).toBe(before);
    // Waking, it looks for what changed while nobody listened.
    const loadsBefore = loads();
    await database.transaction({ login: 'owner', role: 'postgres' }, (tx) => tx.query('create table public.late ()'));
    await expect.poll(() => following.peek(database)?.relations.has(relationKey('public', 'late'))).toBe(true);
    expect(loads()).toBeGreaterThan(loadsBefore);
    await following.close();
    await sessions.close();
  },
  20_000,
);

async function backends(): Promise<number> {
  const rows = await project.sql<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  );
  return rows[0]?.count ?? 0;
}
