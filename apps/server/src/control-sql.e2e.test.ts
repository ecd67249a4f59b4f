import { type RunningServer, startServer } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, type Answer, PASSWORD, setUp, signIn } from './control-client.fixture.ts';

const SLEEPING = `select from pg_stat_activity where query = 'select pg_sleep(60)' and state = 'active'`;
const ADA = '11111111-1111-1111-1111-111111111111';

let server: RunningServer;
let owner: Awaited<ReturnType<typeof setUp>>;
let viewer: string;

beforeAll(async () => {
  server = await startServer();
  owner = await setUp(server);
  const invitation = await ask(server, 'POST', `/organisations/${owner.organisation}/invitations`, {
    bearer: owner.bearer,
    body: { email: 'viewer@example.org', role: 'viewer' },
  });
  await ask(server, 'POST', '/invitations/accept', { body: { token: invitation.body.token, password: PASSWORD } });
  viewer = await signIn(server, 'viewer@example.org');
  const made = await sql({
    as: 'owner',
    sql: `create table public.notes (id int primary key, owner_id uuid, body text);
      alter table public.notes enable row level security;
      create policy mine on public.notes to authenticated using (owner_id = (select auth.uid()));
      insert into public.notes values (1, '${ADA}', 'hers'), (2, gen_random_uuid(), 'another''s')`,
  });
  expect(made).toMatchObject({ status: 200, body: { committed: true } });
}, 180_000);

afterAll(() => server?.stop());

const sql = (body: unknown, bearer = owner.bearer): Promise<Answer> =>
  ask(server, 'POST', '/projects/default/sql', { bearer, body });

const ids = async (view: object, bearer?: string): Promise<unknown> => {
  const { status, body } = await sql({ sql: 'select id from notes order by id', ...view }, bearer);
  return status === 200 ? body.results[0].rows.flat() : body.error.sqlstate;
};

test('each view sees what its role may see', async () => {
  expect(await ids({ as: 'owner' })).toEqual(['1', '2']);
  expect(await ids({ as: 'service_role' })).toEqual(['1', '2']);
  expect(await ids({ as: 'anon' })).toEqual([]);
  expect(await ids({ as: 'authenticated', claims: { sub: ADA } })).toEqual(['1']);
  expect(await ids({ as: 'authenticated', claims: {} })).toEqual([]);
  expect(await ids({}, viewer)).toEqual(['1', '2']);
});

test('a viewer reads, and nothing else', async () => {
  expect(await sql({ sql: 'delete from notes' }, viewer)).toMatchObject({
    status: 403,
    body: { code: 'control.sql_not_reading' },
  });
  expect(await sql({ sql: 'with gone as (delete from notes returning 1) table gone' }, viewer)).toMatchObject({
    status: 422,
    body: { code: 'control.sql_refused', error: { sqlstate: expect.stringMatching(/^(42501|25006)$/) } },
  });
  expect(await sql({ sql: 'select encrypted_password from auth.users' }, viewer)).toMatchObject({
    status: 422,
    body: { error: { sqlstate: '42501' } },
  });
  expect(await sql({ sql: 'select 1', as: 'anon' }, viewer)).toMatchObject({ status: 403 });
});

test('what fails says where, and undoes all of it; what is tried out or explained is undone too', async () => {
  const failed = await sql({ as: 'owner', sql: `insert into notes values (3) /* 🌍 */; select nothing from notes` });
  expect(failed).toMatchObject({
    status: 422,
    body: { code: 'control.sql_refused', committed: false, results: [{ command: 'INSERT', row_count: 1 }] },
  });
  expect(failed.body.error).toMatchObject({ statement: 1, sqlstate: '42703', position: 8, start: 38 });
  const explained = await sql({ as: 'owner', explain: 'analyze', sql: `insert into notes values (4)` });
  expect(explained).toMatchObject({ status: 200, body: { committed: false } });
  expect(JSON.parse(explained.body.results[0].rows[0][0])[0]).toHaveProperty('Execution Time');
  const wrong = await sql({ as: 'owner', explain: 'plan', sql: `select nothing from notes` });
  expect(wrong.body.error.position).toBe(8);
  await sql({ as: 'owner', rollback: true, sql: `insert into notes values (5)` });
  expect((await sql({ sql: 'select count(*) from notes' })).body.results[0].rows).toEqual([['2']]);
});

test('a result is cut where it was asked to be, with names and types of its columns', async () => {
  const { body } = await sql({ sql: 'select n, n * 1.5 as more from generate_series(1, 10) n', max_rows: 2 });
  expect(body.results[0]).toMatchObject({
    columns: [
      { name: 'n', type: 'integer' },
      { name: 'more', type: 'numeric' },
    ],
    rows: [
      ['1', '1.5'],
      ['2', '3.0'],
    ],
    cut: true,
  });
});

const cancel = (bearer: string): Promise<Answer> => ask(server, 'DELETE', '/projects/default/sql/slow', { bearer });

test('a run is cancelled by who began it, and ends by itself when its time is over', async () => {
  const running = sql({ id: 'slow', as: 'owner', sql: 'select pg_sleep(60)', timeout_ms: 60_000 });
  await expect
    .poll(
      async () =>
        (await server.superuserSql(`select from pg_stat_activity where query = 'select pg_sleep(60)'`)).length,
    )
    .toBe(1);
  expect(await cancel(viewer)).toMatchObject({ status: 404, body: { code: 'control.sql_unknown' } });
  expect((await cancel(owner.bearer)).status).toBe(204);
  expect(await running).toMatchObject({ status: 409, body: { code: 'control.sql_canceled' } });
  expect(await sql({ sql: 'select pg_sleep(60)', timeout_ms: 100 })).toMatchObject({
    status: 504,
    body: { code: 'control.sql_timeout' },
  });
});

test('nobody runs more than three at once', async () => {
  const slow = [1, 2, 3].map((n) => sql({ id: `held-${n}`, sql: 'select pg_sleep(60)' }, viewer));
  await expect.poll(async () => (await server.superuserSql(SLEEPING)).length, { timeout: 20_000 }).toBe(3);
  expect(await sql({ sql: 'select 1' }, viewer)).toMatchObject({ status: 429, body: { code: 'control.sql_busy' } });
  for (const n of [1, 2, 3]) {
    const path = `/projects/default/sql/held-${n}`;
    expect((await ask(server, 'DELETE', path, { bearer: viewer })).status).toBe(204);
  }
  expect((await Promise.all(slow)).map(({ status }) => status)).toEqual([409, 409, 409]);
});

test('every run is in the log, without the texts in it', async () => {
  expect((await sql({ as: 'owner', sql: `select 'a password'` })).status).toBe(200);
  const { body } = await ask(server, 'GET', `/organisations/${owner.organisation}/audit?action=sql.run&limit=1`, {
    bearer: owner.bearer,
  });
  expect(body[0]).toMatchObject({ project_ref: 'default', detail: { as: 'owner', sql: `select '…'` } });
});

const queries = (bearer: string): Promise<Answer> => ask(server, 'GET', '/projects/default/queries', { bearer });
const save = (bearer: string, body: object): Promise<Answer> =>
  ask(server, 'POST', '/projects/default/queries', { bearer, body });
const remove = (bearer: string, which: string): Promise<Answer> =>
  ask(server, 'DELETE', `/projects/default/queries/${which}`, { bearer });

test('saved queries are private until somebody who may shares them', async () => {
  const mine = await save(owner.bearer, { name: 'Notes', sql: 'select * from notes' });
  expect(mine).toMatchObject({
    status: 201,
    body: { shared: false, own: true, version: 1, owner: 'owner@example.org' },
  });
  expect((await queries(viewer)).body).toEqual([]);
  const { id } = mine.body;
  const change = (bearer: string, body: object): Promise<Answer> =>
    ask(server, 'PUT', `/projects/default/queries/${id}`, { bearer, body });
  const shared = { name: 'Notes of all', sql: 'select 1', shared: true, version: 1 };
  expect(await change(owner.bearer, shared)).toMatchObject({ status: 200, body: { version: 2, name: 'Notes of all' } });
  expect(await change(owner.bearer, shared)).toMatchObject({
    status: 412,
    body: { code: 'control.saved_query_changed' },
  });
  expect((await queries(viewer)).body).toMatchObject([{ id, name: 'Notes of all', own: false }]);

  expect(await save(viewer, { ...shared, version: undefined })).toMatchObject({ status: 403 });
  expect(await change(viewer, { ...shared, shared: false, version: 2 })).toMatchObject({ status: 404 });
  const theirs = await save(viewer, { name: 'Only mine', sql: 'select 2' });
  expect(theirs.status).toBe(201);
  expect((await queries(owner.bearer)).body).toHaveLength(1);
  expect(await remove(owner.bearer, theirs.body.id)).toMatchObject({ status: 404 });
  expect(await remove(viewer, id)).toMatchObject({ status: 404 });
  expect((await remove(viewer, theirs.body.id)).status).toBe(204);
  expect((await remove(owner.bearer, id)).status).toBe(204);
  expect((await queries(viewer)).body).toEqual([]);
});

const rows = async (body: object, bearer = owner.bearer): Promise<Answer> =>
  ask(server, 'POST', '/projects/default/visibility/rows', { bearer, body });

test('rows are explained as if a policy that is being written were there', async () => {
  const question = { role: 'authenticated', claims: { sub: ADA }, command: 'select', table: 'notes' };
  const draft = { name: 'all', command: 'select', using: 'true' };
  expect((await rows(question)).body).toMatchObject([{ allowed: true }, { allowed: false }]);
  expect((await rows({ ...question, draft })).body).toMatchObject([{ allowed: true }, { allowed: true }]);
  expect(await rows({ ...question, draft: { ...draft, using: 'true); drop table notes; --' } })).toMatchObject({
    status: 400,
    body: { code: 'control.input_wrong' },
  });
  expect((await rows(question, viewer)).status).toBe(403);
  expect(await ids({})).toHaveLength(2);
});
