import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ignoreObservations, type Observation } from '@ashlar/telemetry';
import { createTestProject, type TestProject } from '@ashlar/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runScript } from '../session/run-script.ts';
import { maintainEvents } from './maintain-events.ts';
import { migrateDatabase, migrationStatus, type MigrationOptions } from './migrate-database.ts';
import type { SchemaOwner } from './schema-owner.ts';

let project: TestProject;
let folder: string;
let owner: SchemaOwner;

beforeEach(async () => {
  project = await createTestProject();
  folder = await mkdtemp(join(tmpdir(), 'ashlar-migrations-'));
  owner = {
    name: 'shop',
    schema: 'shop',
    owner: 'supabase_auth_admin',
    runner: 'identity',
    migrations: pathToFileURL(folder),
  };
});

afterEach(async () => {
  await project.close();
  await rm(folder, { recursive: true });
});

function options(more: Partial<MigrationOptions> = {}): MigrationOptions {
  return {
    admin: project.cluster.admin(project.target.database),
    owners: [owner],
    ownerRole: 'postgres',
    observe: ignoreObservations,
    ...more,
  };
}

const file = (name: string, sql: string): Promise<void> => writeFile(join(folder, name), sql);

test('files are applied once, in order, as their owner, and reported', async () => {
  await file('0002-second.sql', 'insert into shop.items values (1);');
  await file('0001-first.sql', 'create table shop.items (id int primary key);');
  await file('notes.txt', 'not a migration');
  const seen: Observation[] = [];
  const status = await migrateDatabase(options({ observe: (observation) => seen.push(observation) }));
  expect(status.map(({ version, name, state }) => [version, name, state])).toEqual([
    ['0001', 'first', 'applied'],
    ['0002', 'second', 'applied'],
  ]);
  expect(seen).toMatchObject([{ kind: 'migration.applied', version: '0001' }, { version: '0002' }]);
  await migrateDatabase(options());
  expect(
    await project.sql(`select tableowner from pg_tables where schemaname = 'shop' and tablename = 'items'`),
  ).toEqual([{ tableowner: 'supabase_auth_admin' }]);
  expect(await project.sql('select count(*)::int as count from shop.items')).toEqual([{ count: 1 }]);
  expect(await project.sql(`select has_schema_privilege('identity', 'shop', 'usage') as may`)).toEqual([{ may: true }]);
});

test('processes that start together apply each file once', async () => {
  await file('0001-first.sql', 'create table shop.items (id int); insert into shop.items values (1);');
  await file('0002-slow.sql', 'select pg_sleep(0.2); insert into shop.items values (2);');
  const all = await Promise.all(Array.from({ length: 5 }, () => migrateDatabase(options())));
  for (const status of all) expect(status.every(({ state }) => state === 'applied')).toBe(true);
  expect(await project.sql('select id from shop.items order by id')).toEqual([{ id: 1 }, { id: 2 }]);
});

test('a file that fails leaves nothing, names its line, and keeps the files before it', async () => {
  await file('0001-good.sql', 'create table shop.good (id int);');
  await file('0002-bad.sql', 'create table shop.half (id int);\n\nselect missing;\n');
  await expect(migrateDatabase(options())).rejects.toMatchObject({
    code: 'postgres.migration_failed',
    params: { owner: 'shop', version: '0002', reason: 'column "missing" does not exist (line 3)' },
  });
  expect(await project.sql(`select to_regclass('shop.good')::text good, to_regclass('shop.half')::text half`)).toEqual([
    { good: 'shop.good', half: null },
  ]);
  const status = await migrationStatus(options());
  expect(status.map(({ state }) => state)).toEqual(['applied', 'pending']);
  await file('0002-bad.sql', 'create table shop.half (id int);');
  expect((await migrateDatabase(options())).map(({ state }) => state)).toEqual(['applied', 'applied']);
});

test('a file changed after it was applied is refused by name', async () => {
  await file('0001-first.sql', 'create table shop.items (id int);');
  await migrateDatabase(options());
  await file('0001-first.sql', 'create table shop.items (id bigint);');
  await expect(migrateDatabase(options())).rejects.toMatchObject({
    code: 'postgres.migration_changed',
    params: { owner: 'shop', version: '0001', name: 'first' },
  });
  expect((await migrationStatus(options())).map(({ state }) => state)).toEqual(['changed']);
});

test('line ends of another system do not change a file', async () => {
  await file('0001-first.sql', 'create table shop.items (\nid int\n);');
  await migrateDatabase(options());
  await file('0001-first.sql', 'create table shop.items (\r\nid int\r\n);');
  expect((await migrateDatabase(options())).map(({ state }) => state)).toEqual(['applied']);
});

test('what a newer version of the program applied is shown and left alone', async () => {
  await file('0001-first.sql', 'create table shop.items (id int);');
  await file('0002-newer.sql', 'create table shop.more (id int);');
  await migrateDatabase(options());
  await rm(join(folder, '0002-newer.sql'));
  expect((await migrateDatabase(options())).map(({ version, state }) => [version, state])).toEqual([
    ['0001', 'applied'],
    ['0002', 'newer'],
  ]);
});

test('an owner has only its own rights unless its file asks for the administrator', async () => {
  await file('0001-too-much.sql', 'create schema elsewhere;');
  await expect(migrateDatabase(options())).rejects.toThrow(/permission denied/);
  await file(
    '0001-too-much.sql',
    '-- as: admin\ncreate schema elsewhere; alter schema elsewhere owner to :owner_role;',
  );
  await migrateDatabase(options());
  expect(
    await project.sql(`select nspowner::regrole::text as owner from pg_namespace where nspname = 'elsewhere'`),
  ).toEqual([{ owner: 'postgres' }]);
});

test('a placeholder nobody fills is refused before anything runs', async () => {
  await file('0001-unknown.sql', 'create table shop.a (id int); alter table shop.a owner to :some_role;');
  await expect(migrateDatabase(options())).rejects.toMatchObject({ code: 'postgres.migration_placeholder' });
  expect(await project.sql(`select to_regclass('shop.a') as found`)).toEqual([{ found: null }]);
});

test('names out of the pattern and repeated numbers are refused', async () => {
  await file('1-short.sql', 'select 1;');
  await expect(migrateDatabase(options())).rejects.toMatchObject({ code: 'postgres.migration_misnamed' });
  await rm(join(folder, '1-short.sql'));
  await file('0001-a.sql', 'select 1;');
  await file('0001-b.sql', 'select 1;');
  await expect(migrateDatabase(options())).rejects.toMatchObject({ code: 'postgres.migration_repeated' });
});

test('a database never migrated has only pending files', async () => {
  await file('0001-first.sql', 'create table shop.items (id int);');
  await project.sql('drop table ashlar.migrations');
  expect((await migrationStatus(options())).map(({ state, appliedAt }) => [state, appliedAt])).toEqual([
    ['pending', null],
  ]);
});

test("a project's triggers do not fire while a migration writes, and do afterwards", async () => {
  await file(
    '0001-first.sql',
    'create table shop.items (id int primary key); grant trigger on shop.items to postgres;',
  );
  await migrateDatabase(options());
  await project.sql('grant usage on schema shop to postgres');
  await runScript(
    project.target,
    `create table public.fired (who text);
     create function public.note() returns trigger language plpgsql as
       $$ begin reset role; insert into public.fired values (current_user); return null; end $$;
     grant insert on public.fired to public;
     create trigger "At once" after insert on shop.items for each row execute function public.note();
     create constraint trigger at_commit after insert on shop.items deferrable initially deferred
       for each row execute function public.note();
     alter table public.fired add unique (who)`,
  );
  await file('0002-backfill.sql', 'insert into shop.items values (1);');
  await file('0003-as-admin.sql', '-- as: admin\ninsert into shop.items values (2);');
  await migrateDatabase(options());
  expect(await project.sql('select * from public.fired')).toEqual([]);
  expect(await project.sql('select id from shop.items order by id')).toEqual([{ id: 1 }, { id: 2 }]);
  await expect(project.sql('insert into shop.items values (3)')).rejects.toMatchObject({ code: '23505' });
});

test("functions a project leaves in public never take the place of PostgreSQL's own", async () => {
  await file('0001-first.sql', 'create table shop.items (id int primary key);');
  await runScript(
    project.target,
    `create table public.called (by text);
     grant insert on public.called to public;
     create function public.pg_advisory_lock(text) returns void language sql
       as $$ insert into public.called values (session_user) $$;
     create function public.pg_advisory_xact_lock(int) returns void language sql
       as $$ insert into public.called values (session_user) $$`,
  );
  // With `public` in the path this text is no number but a call of the function above.
  await project.sql(`select pg_advisory_lock('1')`);
  expect(await project.sql('select count(*)::int as calls from public.called')).toEqual([{ calls: 1 }]);
  await project.sql('truncate public.called');

  await migrateDatabase(options());
  await maintainEvents(project.database);
  await project.database.transaction({ login: 'service', role: 'identity' }, (tx) =>
    tx.query('select pg_advisory_xact_lock(1::int4)'),
  );
  expect(await project.sql('select * from public.called')).toEqual([]);
});
