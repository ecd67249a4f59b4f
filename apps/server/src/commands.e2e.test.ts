import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@supabase/supabase-js';
import { runAshlar, startServer, type Ended, type RunningServer } from '@ashlar/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let server: RunningServer;
let folder: string;

beforeAll(async () => {
  server = await startServer();
  folder = await mkdtemp(join(tmpdir(), 'ashlar-commands-'));
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function ok(...line: string[]): Promise<string> {
  const { code, stdout, stderr } = await server.ashlar(...line);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return stdout;
}

const failure = (...line: string[]): Promise<Ended> => server.ashlar(...line);

describe('usage', () => {
  test('a wrong command line is exit code 2 and says what was found and wanted', async () => {
    expect(await failure('frob')).toMatchObject({ code: 2, stderr: expect.stringContaining('Found "frob", wanted') });
    expect(await failure('project')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('create, list, remove'),
    });
    expect(await failure('start', '--prot', '1')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("'--prot'"),
    });
    expect(await failure('stop', 'now')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Found "now", wanted none'),
    });
    expect(await failure('status', '-o', 'xml')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--output: found "xml", wanted one of text, json, env'),
    });
  });
});

describe('status', () => {
  test('as JSON it has every address and key', async () => {
    const status = JSON.parse(await ok('status', '-o', 'json'));
    expect(status).toEqual({
      apiUrl: server.url,
      dbUrl: server.dbUrl,
      anonKey: server.anonKey,
      serviceRoleKey: server.serviceRoleKey,
      publishableKey: server.publishableKey,
      secretKey: server.secretKey,
      jwtSecret: server.jwtSecret,
      dataDir: server.dataDir,
      pid: server.pid,
      version: expect.any(String),
    });
  });

  test('as environment and as text it says the same', async () => {
    const environment = await ok('status', '-o', 'env');
    expect(environment).toContain(`API_URL="${server.url}"\n`);
    expect(environment).toContain(`SERVICE_ROLE_KEY="${server.serviceRoleKey}"\n`);
    expect(await ok('status')).toContain(` Publishable key: ${server.publishableKey}\n`);
  });

  test('of an instance that does not run it is exit code 1', async () => {
    const nowhere = join(folder, 'nowhere');
    const { code, stderr } = await runAshlar(['status', '--data', nowhere], {});
    expect(code).toBe(1);
    expect(stderr).toContain(`Ashlar is not running on ${nowhere}`);
  });
});

describe('sql', () => {
  test('runs as the owner of the project, and a new table answers over REST at once', async () => {
    expect(await ok('sql', 'select current_user as me')).toBe(' me\n----------\n postgres\n(1 row)\n');
    await ok('sql', 'create table notes (id int primary key, body text); insert into notes values (1, null)');
    const { data } = await createClient(server.url, server.anonKey).from('notes').select();
    expect(data).toEqual([{ id: 1, body: null }]);
  });

  test('as JSON each result is one line', async () => {
    const lines = await ok('sql', '-o', 'json', `select 1 as a; select 'x' as b, true as c`);
    expect(lines).toBe('[{"a":1}]\n[{"b":"x","c":true}]\n');
  });

  test('a mistake is shown where it is, and nothing of the script stays', async () => {
    const file = join(folder, 'mistake.sql');
    await writeFile(file, 'create table never ();\nselect * frm never;');
    const { code, stderr } = await failure('sql', '-f', file);
    expect(code).toBe(1);
    expect(stderr).toContain('syntax error at or near "frm" (42601)\nline 2: select * frm never;\n                 ^');
    expect(await ok('sql', '-o', 'json', `select to_regclass('never') as never`)).toBe('[{"never":null}]\n');
  });

  test('the owner is no superuser', async () => {
    const { code, stderr } = await failure('sql', `copy (select 1) to program 'true'`);
    expect(code).toBe(1);
    expect(stderr).toContain('(42501)');
  });
});

describe('migrations', () => {
  test('are written, applied once, shown, and applied anew by a reset with the seed', async () => {
    const supabase = join(folder, 'supabase');
    const migrations = join(supabase, 'migrations');
    await mkdir(migrations, { recursive: true });
    await writeFile(join(migrations, '20260101000000_todos.sql'), 'create table todos (id int primary key, n int);');
    await writeFile(join(migrations, '20260102000000_index.sql'), 'create index concurrently todos_n on todos (n);');
    await writeFile(join(supabase, 'seed.sql'), 'insert into todos values (1, 1), (2, 2);');
    const dir = ['--dir', migrations];

    expect(await ok('migration', 'up', ...dir)).toBe(
      'Applied 20260101000000_todos.sql\nApplied 20260102000000_index.sql\n',
    );
    expect(await ok('migration', 'up', ...dir)).toContain('Nothing to apply');
    const recorded = await server.sql('select version, name, statements from supabase_migrations.schema_migrations');
    expect(recorded[0]).toEqual({
      version: '20260101000000',
      name: 'todos',
      statements: ['create table todos (id int primary key, n int)'],
    });

    await writeFile(join(migrations, '20260103000000_bad.sql'), 'create table half ();\nselect nope;');
    const bad = await failure('migration', 'up', ...dir);
    expect(bad.code).toBe(1);
    expect(bad.stderr).toContain('20260103000000_bad.sql: column "nope" does not exist (42703)');
    expect(bad.stderr).toContain('Nothing of it was kept');
    expect(
      JSON.parse(await ok('migration', 'status', '-o', 'json', ...dir)).map(({ state }: { state: string }) => state),
    ).toEqual(['applied', 'applied', 'pending']);

    await rm(join(migrations, '20260103000000_bad.sql'));
    const path = (await ok('migration', 'new', 'next_step', ...dir)).trim();
    expect(path).toMatch(/\d{14}_next_step\.sql$/);
    await server.sql('insert into todos values (9, 9)');
    const unsure = await failure('db', 'reset', ...dir);
    expect(unsure).toMatchObject({ code: 1, stderr: expect.stringContaining('Nothing was changed') });
    expect(await ok('db', 'reset', '--yes', ...dir)).toContain('Ran seed.sql');

    const { data } = await createClient(server.url, server.serviceRoleKey).from('todos').select('id').order('id');
    expect(data).toEqual([{ id: 1 }, { id: 2 }]);
  });
});

describe('types', () => {
  test('describe the schema, to standard output or a file', async () => {
    await ok('sql', 'create table typed (id int primary key, label text)');
    const file = join(folder, 'database.ts');
    await ok('gen', 'types', '--out', file);
    const types = await readFile(file, 'utf8');
    expect(types).toContain('export type Database = {');
    expect(types).toContain('label: string | null;');
    expect(await ok('gen', 'types', '--schema', 'public')).toContain('typed: {');
  });
});

describe('projects', () => {
  test('each has users, rows and keys of its own, under its own path', async () => {
    await ok('project', 'create', 'shop', '--name', 'The shop');
    expect(JSON.parse(await ok('project', 'list', '-o', 'json'))).toMatchObject([
      { ref: 'default', status: 'active' },
      { ref: 'shop', name: 'The shop', status: 'active' },
    ]);
    const shop = JSON.parse(await ok('status', '--project', 'shop', '-o', 'json'));
    expect(shop.apiUrl).toBe(`${server.url}/p/shop`);
    await ok('sql', '--project', 'shop', 'create table wares (id int primary key); insert into wares values (7)');

    const client = createClient(shop.apiUrl, shop.publishableKey, { auth: { persistSession: false } });
    const { data: signUp } = await client.auth.signUp({ email: 'ada@example.org', password: 'correct horse' });
    expect(signUp.user?.email).toBe('ada@example.org');
    expect((await client.from('wares').select()).data).toEqual([{ id: 7 }]);

    const elsewhere = createClient(server.url, server.publishableKey, { auth: { persistSession: false } });
    const signIn = await elsewhere.auth.signInWithPassword({ email: 'ada@example.org', password: 'correct horse' });
    expect(signIn.error?.code).toBe('invalid_credentials');
    expect((await elsewhere.from('wares').select()).error?.code).toBe('PGRST205');

    const wrongKey = createClient(server.url, shop.anonKey, { auth: { persistSession: false } });
    expect((await wrongKey.from('notes').select()).error?.code).toBe('PGRST301');

    await ok('project', 'remove', 'shop', '--yes');
    expect((await fetch(`${shop.apiUrl}/rest/v1/wares`)).status).toBe(404);
  });

  test('a project takes the demo keys public test suites use', async () => {
    const jwtSecret = 'super-secret-jwt-token-with-at-least-32-characters-long';
    const publishableKey = 'sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH';
    const secretKey = 'sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz';
    const keys = ['--jwt-secret', jwtSecret, '--publishable-key', publishableKey, '--secret-key', secretKey];
    await ok('project', 'create', 'demo', ...keys);
    const demo = JSON.parse(await ok('status', '--project', 'demo', '-o', 'json'));
    expect(demo).toMatchObject({ jwtSecret, publishableKey, secretKey });
    const client = createClient(demo.apiUrl, demo.secretKey, { auth: { persistSession: false } });
    expect((await client.auth.admin.listUsers()).data.users).toEqual([]);
  });
});

test('a project does not take the keys the environment gives the default one', async () => {
  const environment = {
    ASHLAR_DATA: server.dataDir,
    ASHLAR_JWT_SECRET: 'a secret of the default project alone, 32 long',
  };
  expect(await runAshlar(['project', 'create', 'apart'], environment)).toMatchObject({ code: 0, stderr: '' });
  const apart = JSON.parse(await ok('status', '--project', 'apart', '-o', 'json'));
  expect(apart.jwtSecret).not.toBe(environment.ASHLAR_JWT_SECRET);
});

describe('backup and restore', () => {
  test('a copy of the running instance starts elsewhere with its rows and keys', async () => {
    await server.sql('create table kept (id int primary key); insert into kept values (1), (2)');
    const file = join(folder, 'backup.tgz');
    expect(await ok('backup', file)).toContain(`Wrote ${file}`);
    const copy = join(folder, 'copy');
    const restored = await runAshlar(['restore', file, '--data', copy], {});
    expect(restored).toMatchObject({ code: 0, stderr: '' });
    expect((await runAshlar(['restore', file, '--data', copy], {})).code).toBe(1);

    await using second = await startServer({ dataDir: copy });
    expect(second.anonKey).toBe(server.anonKey);
    expect(await second.sql('select id from kept order by id')).toEqual([{ id: 1 }, { id: 2 }]);
  });
});
