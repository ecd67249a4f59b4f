import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDataApp, type DataApp, type Reply } from './data-app.fixture.ts';

let app: DataApp;

beforeAll(async () => {
  app = await createDataApp(`
    create table things (id int primary key, n int);
    insert into things select g, g from generate_series(1, 5) g;
    create schema hidden;
    grant usage on schema hidden to anon, authenticated, service_role;
    create table hidden.things (id int primary key);
    grant all on hidden.things to service_role;
    create function about() returns json language sql stable as $$ select '{"about": "this"}'::json $$;
    create function refuse_all() returns void language plpgsql as $$ begin raise sqlstate 'PT403' using message = 'not today'; end $$`);
});

afterAll(() => app[Symbol.asyncDispose]());

/** As the project's owner would: `select ashlar.set_rest_option(…)`, then asks until the answer fits. */
async function setOption(option: string, value: string | null): Promise<void> {
  await app.project.database.call({
    login: 'owner',
    role: 'postgres',
    settings: [],
    readOnly: false,
    connection: 'own',
    statement: { text: 'select ashlar.set_rest_option($1, $2)', values: [option, value] },
  });
}

async function eventually(url: string, fits: (reply: Reply) => boolean, headers = {}): Promise<Reply> {
  for (let attempt = 0; attempt < 40; attempt += 1) {
    const reply = await app.ask({ url, headers });
    if (fits(reply)) return reply;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return app.ask({ url, headers });
}

test.each([
  ['db_max_rows', '2', '/things?select=id', 200, [{ id: 1 }, { id: 2 }]],
  ['db_aggregates_enabled', 'true', '/things?select=n.sum()', 200, [{ sum: 15 }]],
  ['db_root_spec', 'about', '/', 200, { about: 'this' }],
  ['openapi_mode', 'disabled', '/', 404, expect.objectContaining({ code: 'PGRST126' })],
  ['db_pre_request', 'public.refuse_all', '/things', 403, expect.objectContaining({ message: 'not today' })],
])('%s = %s is followed within two seconds, and gone when reset', async (option, value, url, status, json) => {
  const before = await app.ask({ url });
  await setOption(option, value);
  const changed = await eventually(url, (reply) => reply.text !== before.text);
  expect(changed).toMatchObject({ status, json });
  await setOption(option, null);
  expect((await eventually(url, (reply) => reply.text === before.text)).text).toBe(before.text);
});

test('other schemas are shown', async () => {
  const headers = { 'accept-profile': 'hidden' };
  expect((await app.ask({ url: '/things', headers })).status).toBe(406);
  await setOption('db_schemas', 'public, hidden');
  expect(await eventually('/things', (reply) => reply.status === 200, headers)).toMatchObject({ json: [] });
  await setOption('db_schemas', null);
});

test('a setting for the login itself is followed as PostgREST follows it', async () => {
  await app.project.sql(
    `alter role "${app.project.ref}_authenticator" set pgrst.db_plan_enabled = 'true'; notify pgrst, 'reload config'`,
  );
  const headers = { accept: 'application/vnd.pgrst.plan+json' };
  expect((await eventually('/things', (reply) => reply.status === 200, headers)).status).toBe(200);
});

test.each([
  ['jwt_secret', 'x'],
  ['db_max_rows', 'many'],
  ['db_tx_end', 'commit; drop table things'],
])('option %s = %s is refused', async (option, value) => {
  await expect(setOption(option, value)).rejects.toMatchObject({ code: '22023' });
});

test('only the owner sets options', async () => {
  const attempt = app.project.database.call({
    login: 'authenticator',
    role: 'service_role',
    settings: [],
    readOnly: false,
    connection: 'own',
    statement: { text: "select ashlar.set_rest_option('db_max_rows', '1')", values: [] },
  });
  await expect(attempt).rejects.toMatchObject({ code: '42501' });
});
