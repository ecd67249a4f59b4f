import { ignoreObservations } from '@ashlar/telemetry';
import { createTestProject, type TestProject } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runScript } from './run-script.ts';
import { createSessions } from './sessions.ts';
import { watchSchema } from './watch-schema.ts';

let project: TestProject;

beforeAll(async () => {
  project = await createTestProject();
});

afterAll(() => project.close());

const listeners = (): Promise<{ pid: number }[]> =>
  project.sql<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database() and query ilike 'listen%'`,
  );

test('subscribers hear their channel only, until they stop', async () => {
  const heard: string[] = [];
  const one = await project.database.listen('one', ({ payload }) => heard.push(`one ${payload}`));
  const quoted = await project.database.listen('Two "2"', ({ payload }) => heard.push(`two ${payload}`));
  await project.sql(`select pg_notify('one', 'a'), pg_notify('Two "2"', 'b'), pg_notify('other', 'c')`);
  await expect.poll(() => heard).toEqual(['one a', 'two b']);
  expect(await listeners()).toHaveLength(1);
  await one.stop();
  await project.sql(`select pg_notify('one', 'd'), pg_notify('Two "2"', 'e')`);
  await expect.poll(() => heard).toEqual(['one a', 'two b', 'two e']);
  await quoted.stop();
  await expect.poll(listeners).toEqual([]);
});

test('after a lost connection subscribers are told and hear again', async () => {
  const heard: string[] = [];
  const subscription = await project.database.listen(
    'kept',
    ({ payload }) => heard.push(payload),
    () => heard.push('reconnected'),
  );
  const [listener] = await listeners();
  await project.sql('select pg_terminate_backend($1)', [listener?.pid]);
  await expect.poll(() => heard).toEqual(['reconnected']);
  await project.sql(`notify kept, 'again'`);
  await expect.poll(() => heard).toEqual(['reconnected', 'again']);
  await subscription.stop();
});

test('a subscription sleeps with its project and is told when it wakes', async () => {
  const heard: string[] = [];
  const subscription = await project.database.listen(
    'sleepy',
    ({ payload }) => heard.push(payload),
    () => heard.push('reconnected'),
  );
  await project.database.idle();
  expect(await listeners()).toEqual([]);
  await project.sql(`notify sleepy, 'missed'`);
  await project.database.transaction({ login: 'owner', role: 'postgres' }, (tx) => tx.query('select 1'));
  await expect.poll(() => heard).toEqual(['reconnected']);
  await subscription.stop();
});

test('DDL and NOTIFY reach who watches the schema', async () => {
  const changes: string[] = [];
  const watch = await watchSchema({
    database: project.database,
    eventTriggers: true,
    onChange: (what) => changes.push(what),
    observe: ignoreObservations,
  });
  await runScript(project.target, 'create table public.watched (id int)');
  await expect.poll(() => changes).toEqual(['schema']);
  await runScript(project.target, `notify pgrst, 'reload config'`);
  await expect.poll(() => changes).toEqual(['schema', 'config']);
  await watch.stop();
});

test('without event triggers a change is found by comparing the catalogue', async () => {
  await project.sql(`
    create function public.watched_too() returns int language sql as 'select 1';
    alter event trigger ashlar_announce_ddl disable;
    alter event trigger ashlar_announce_drop disable;`);
  // The project's own sessions have awoken to the DDL above; these see only what comes.
  const sessions = createSessions({ observe: ignoreObservations });
  const database = sessions.project(project.target);
  let changes = 0;
  const watch = await watchSchema({
    database,
    eventTriggers: false,
    onChange: () => changes++,
    observe: ignoreObservations,
    intervalMs: 20,
  });
  for (const sql of [
    'create table public.compared (id int primary key)',
    'alter table public.compared add label text',
    `comment on column public.compared.label is 'shown'`,
    'alter table public.compared alter label set not null',
    `create or replace function public.watched_too() returns int language sql as 'select 2'`,
    'create view public.compared_view as select id from public.compared',
    'create or replace view public.compared_view as select id, label from public.compared',
    'drop table public.compared cascade',
  ]) {
    const before = changes;
    await project.sql(sql);
    await expect.poll(() => changes, { message: sql }).toBe(before + 1);
  }
  const quiet = changes;
  await project.sql('create table pg_temp.unseen (id int); insert into pg_temp.unseen values (1); analyze');
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(changes).toBe(quiet);
  await watch.stop();
  await sessions.close();
});
