import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { createSessions, platformSchema, type Cluster, type Sessions } from '@ashlar/postgres';
import type { ProjectSettings } from '@ashlar/service';
import { ignoreObservations, type Observation } from '@ashlar/telemetry';
import { testProjectSettings, startTestCluster, type TestCluster } from '@ashlar/testing';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { noGivenKeys } from '../keys/given-keys.ts';
import { openKeyStore, type KeyStore } from '../keys/key-store.ts';
import { keepEvents } from './keep-events.ts';
import { createProjects } from './create-projects.ts';
import type { ProjectRegistry, ProjectsOptions } from './project-registry.ts';

// The control database is one per cluster, so this file has a cluster of its own.
let folder: string;
let testCluster: TestCluster;
let cluster: Cluster;
let sessions: Sessions;
let keyStore: KeyStore;
const opened: ProjectRegistry[] = [];
const observations: Observation[] = [];

const defaults: ProjectSettings = testProjectSettings({ auth: { anonymousEnabled: false } });

beforeAll(async () => {
  testCluster = await startTestCluster();
  cluster = testCluster.cluster;
  folder = await mkdtemp(join(tmpdir(), 'ashlar-control-'));
  sessions = createSessions({ observe: ignoreObservations });
  keyStore = openKeyStore({ folder: join(folder, 'keys'), now: () => new Date() });
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((projects) => projects.close()));
  observations.length = 0;
});

afterAll(async () => {
  await sessions.close();
  await testCluster.close();
  await rm(folder, { recursive: true, force: true });
});

async function openProjects(more: Partial<ProjectsOptions> = {}): Promise<ProjectRegistry> {
  const projects = await createProjects({
    cluster,
    sessions,
    keyStore,
    masterKeys: keyStore.masterKeys,
    platformPassword: 'platform of a test',
    judge: async () => undefined,
    owners: [platformSchema],
    defaults,
    given: noGivenKeys,
    observe: (observation) => observations.push(observation),
    ...more,
  });
  opened.push(projects);
  return projects;
}

async function databases(): Promise<string[]> {
  const { rows } = await sessions
    .project(cluster.control)
    .transaction({ login: 'platform', role: 'control' }, (tx) =>
      tx.query<{ datname: string }>('select datname from pg_database order by 1'),
    );
  return rows.map(({ datname }) => datname);
}

const eventually = async (holds: () => boolean): Promise<void> => {
  for (let waited = 0; !holds() && waited < 5_000; waited += 20) await delay(20);
  expect(holds()).toBe(true);
};

const eventuallyEqual = async (read: () => Promise<unknown>, wanted: unknown): Promise<void> => {
  let found = await read();
  for (let waited = 0; !isDeepStrictEqual(found, wanted) && waited < 5_000; waited += 20) {
    await delay(20);
    found = await read();
  }
  expect(found).toEqual(wanted);
};

/** As the superuser, whose settings of roles reach every database. */
async function administer(text: string, database = 'postgres'): Promise<readonly unknown[]> {
  const { host, port, user, password } = cluster.admin(database);
  const login = { user, password };
  const logins = { authenticator: login, platform: login, owner: login };
  const administration = sessions.project({ ref: `administration of ${database}`, host, port, database, logins });
  const { rows } = await administration.transaction({ login: 'owner', role: user }, (tx) => tx.query(text));
  await administration.idle();
  return rows;
}

test('the default project is there from the first start and wakes when asked for', async () => {
  const projects = await openProjects();
  expect(await projects.list()).toMatchObject([{ ref: 'default', status: 'active', databaseServer: null }]);
  expect(projects.peek('default')).toBeUndefined();
  const project = await projects.wake('default');
  expect(project).toMatchObject({ ref: 'default', settings: defaults });
  expect(projects.peek('default')).toBe(project);
  expect(await projects.list()).toMatchObject([{ ref: 'default', migrationError: null, migratedAt: expect.any(Date) }]);
});

test('those who ask while a project wakes wait for the same work', async () => {
  const projects = await openProjects();
  await projects.create('crowd');
  const all = await Promise.all(Array.from({ length: 20 }, () => projects.wake('crowd')));
  expect(new Set(all).size).toBe(1);
  expect(observations.filter(({ kind }) => kind === 'project.woken')).toHaveLength(1);
});

test('a project nobody made does not exist, whatever the ref looks like', async () => {
  const projects = await openProjects();
  for (const ref of ['nobody', 'instance', '../default', '', 'A', 'gateway']) {
    expect(await projects.wake(ref)).toBeUndefined();
  }
});

test('a created project has keys, a database and grants of its own; removing it leaves nothing', async () => {
  const projects = await openProjects();
  const { keys } = await projects.create('shop', { name: 'The shop' });
  const project = await projects.wake('shop');
  expect(project?.keys).toEqual(keys);
  const result = await project?.database.call({
    login: 'authenticator',
    role: 'anon',
    settings: [],
    readOnly: true,
    statement: { text: `select current_user || ' in ' || current_database()`, values: [] },
    connection: 'shared',
  });
  expect(result?.rows).toEqual([['anon in project_shop']]);

  await projects.remove('shop');
  expect(await projects.wake('shop')).toBeUndefined();
  expect(await databases()).not.toContain('project_shop');
  expect(await readdir(keyStore.folder)).not.toContain('shop.json');
});

test('a ref that is taken, reserved or malformed is refused', async () => {
  const projects = await openProjects();
  await projects.create('once');
  await expect(projects.create('once')).rejects.toMatchObject({ code: 'control.project_exists' });
  for (const ref of ['identity', 'instance', 'Shop', '1st', 'a'.repeat(31)]) {
    await expect(projects.create(ref)).rejects.toMatchObject({ code: 'postgres.project_ref_invalid' });
  }
});

test('the default project cannot be removed, an unknown one neither', async () => {
  const projects = await openProjects();
  await expect(projects.remove('default')).rejects.toMatchObject({ code: 'control.default_project_kept' });
  await expect(projects.remove('nobody')).rejects.toMatchObject({ code: 'control.project_unknown' });
});

test('keys given at creation are the keys of the project, and of no other', async () => {
  const projects = await openProjects();
  const publishableKey = 'sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH';
  await projects.create('given', { given: { ...noGivenKeys, publishableKey } });
  expect((await projects.wake('given'))?.keys.publishableKeys).toEqual([publishableKey]);
  expect((await projects.wake('default'))?.keys.publishableKeys).not.toContain(publishableKey);
});

test('stored settings lie over those of the instance', async () => {
  const projects = await openProjects();
  await projects.create('own-settings');
  const settings = JSON.stringify({ requireApiKey: true, rest: { maxRows: null } });
  await sessions
    .project(cluster.control)
    .transaction({ login: 'platform', role: 'control' }, (tx) =>
      tx.query(`update control.projects set settings = $1 where ref = 'own-settings'`, [settings]),
    );
  const project = await projects.wake('own-settings');
  expect(project?.settings).toEqual({ ...defaults, requireApiKey: true, rest: { ...defaults.rest, maxRows: null } });
});

test('what another process does to a project is noticed here', async () => {
  const [here, there] = [await openProjects(), await openProjects()];
  await there.create('shared');
  const before = await here.wake('shared');
  await there.reset('shared');
  await eventually(() => here.peek('shared') === undefined);
  const after = await here.wake('shared');
  expect(after?.version).toBeGreaterThan(before?.version ?? Infinity);
  expect(after?.keys).toEqual(before?.keys);
  await there.remove('shared');
  await eventually(() => here.peek('shared') === undefined);
  expect(await here.wake('shared')).toBeUndefined();
});

test('the schema of a project is forgotten with its connections', async () => {
  const projects = await openProjects();
  await projects.create('forgotten');
  const before = (await projects.wake('forgotten'))?.database;
  if (before === undefined) throw new Error('The project is not awake');
  await projects.snapshots.current(before);
  await projects.reset('forgotten');
  expect(projects.snapshots.peek(before)).toBeUndefined();
  expect((await projects.wake('forgotten'))?.database).not.toBe(before);
});

test('settings of a role for the whole server count while one project is alone on it', async () => {
  const projects = await openProjects();
  const timeoutOf = async (): Promise<unknown> => {
    const { project } = await projects.open('default');
    const { roleSettings } = await projects.snapshots.current(project.database);
    return roleSettings.get('service_role');
  };
  const others = (await projects.list()).filter(({ ref }) => ref !== 'default');
  for (const { ref } of others) await projects.remove(ref);
  await administer(`alter role service_role set statement_timeout = '17s'`);
  try {
    await eventuallyEqual(timeoutOf, [['statement_timeout', '17s']]);
    await projects.create('neighbour');
    await eventuallyEqual(timeoutOf, undefined);
  } finally {
    await administer('alter role service_role reset statement_timeout');
  }
});

test('a waking project puts its event log in order and forgets old keys of writes', async () => {
  const projects = await openProjects();
  await projects.create('diary');
  await administer(`select events.ensure_partition('2020-01-01')`, 'project_diary');
  await administer(
    `insert into ashlar.idempotency_keys (id, request_hash, status, created_at)
     values ('old', '', 201, now() - interval '25 hours'), ('new', '', 201, now())`,
    'project_diary',
  );
  await projects.wake('diary');
  await eventually(() => observations.some(({ kind }) => kind === 'events.maintained'));
  expect(observations).toContainEqual({ kind: 'events.maintained', project: 'diary', droppedDays: 1 });
  await projects.wake('diary');
  expect(observations.filter(({ kind }) => kind === 'events.unmaintained')).toEqual([]);
  const kept = await administer(`select convert_from(id, 'UTF8') as id from ashlar.idempotency_keys`, 'project_diary');
  expect(kept).toEqual([{ id: 'new' }]);
});

test('a log that is due again is put in order while its project is in use, and only then', async () => {
  const projects = await openProjects();
  const { project } = await projects.open('default');
  const seen: Observation[] = [];
  const ofProject = new Map([['default', project.database]]);
  const keeper = keepEvents({ databases: ofProject, observe: (it) => seen.push(it), dayMs: 1, roundMs: 20 });
  await eventually(() => seen.length >= 2);
  await keeper.close();
  expect(new Set(seen.map(({ kind }) => kind))).toEqual(new Set(['events.maintained']));
});

test('nobody but the platform may write messages into the log of the control database', async () => {
  await openProjects();
  const open = await administer(
    `select oid::regprocedure from pg_proc
      where proname = 'pg_logical_emit_message' and has_function_privilege('service_role', oid, 'execute')`,
    'control',
  );
  expect(open).toEqual([]);
});

test('a reset project is empty again and keeps its keys', async () => {
  const projects = await openProjects();
  await projects.create('blank');
  const run = async (text: string): Promise<unknown> =>
    (await projects.wake('blank'))?.database.transaction({ login: 'owner', role: cluster.ownerRole }, (tx) =>
      tx.query(text),
    );
  await run('create table public.notes ()');
  await projects.reset('blank');
  await run('create table public.notes ()');
});
