import { type RunningServer, startServer } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, type Answer, PASSWORD, setUp, signIn } from './control-client.fixture.ts';

const PATIENCE_MS = 60_000;
let server: RunningServer;
let owner: Awaited<ReturnType<typeof setUp>>;
let other: string;
let viewer: string;

beforeAll(async () => {
  server = await startServer();
  owner = await setUp(server);
  const people = ['developer', 'viewer'].map(async (role) => {
    const email = `${role}@example.org`;
    const path = `/organisations/${owner.organisation}/invitations`;
    const { body } = await ask(server, 'POST', path, { bearer: owner.bearer, body: { email, role } });
    await ask(server, 'POST', '/invitations/accept', { body: { token: body.token, password: PASSWORD } });
    return signIn(server, email);
  });
  [other = '', viewer = ''] = await Promise.all(people);
}, 180_000);
afterAll(() => server?.stop());

const at = (path: string, body?: unknown, method = 'POST', bearer = owner.bearer): Promise<Answer> =>
  ask(server, method, `/projects/default${path}`, { bearer, body });

type Init = Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> };

const raw = (path: string, init: Init = {}, bearer = owner.bearer): Promise<Response> =>
  fetch(`${server.url}/control/v1/projects/default${path}`, {
    ...init,
    headers: { authorization: `Bearer ${bearer}`, ...init.headers },
  });

async function upload(text: string): Promise<string> {
  const bytes = Buffer.from(text);
  const { body } = await at('/imports', { name: 'people.csv', size: bytes.length });
  for (let offset = 0; offset < bytes.length; offset += body.piece_bytes) {
    const piece = bytes.subarray(offset, offset + body.piece_bytes);
    const headers = { 'content-type': 'application/octet-stream' };
    // oxlint-disable-next-line no-await-in-loop -- pieces follow one another
    const answer = await raw(`/imports/${body.id}?offset=${offset}`, { method: 'PUT', headers, body: piece });
    expect(answer.status).toBe(200);
  }
  return body.id;
}

/** The last line of a load. */
async function load(id: string, body: object): Promise<Answer['body']> {
  const headers = { 'content-type': 'application/json' };
  const answer = await raw(`/imports/${id}/load`, { method: 'POST', headers, body: JSON.stringify(body) });
  return JSON.parse((await answer.text()).trim().split('\n').at(-1) ?? 'null');
}

const rows = async (sql: string): Promise<unknown> => (await at('/sql', { sql })).body.results?.[0]?.rows ?? null;

const CREATE = {
  columns: [
    { name: 'id', type: 'integer' },
    { name: 'name', type: 'text' },
  ],
  primaryKey: ['id'],
};
const MAPPING = [
  { source: 0, column: 'id' },
  { source: 1, column: 'name' },
];

test('a file becomes a table, and rows that will not do keep it from being one until they are left out', async () => {
  const id = await upload(`id,name\n${Array.from({ length: 3_000 }, (_, n) => `${n},Name ${n}`).join('\n')}\nx,Bad\n`);
  const found = await at(`/imports/${id}/examine`, {});
  expect(found).toMatchObject({
    status: 200,
    body: { rows: 3_001, columns: [{ name: 'id', type: 'text' }, { name: 'name' }] },
  });
  const people = { table: 'people', create: CREATE, mapping: MAPPING };
  const tried = await load(id, { ...people, dry_run: true });
  expect(tried.done).toMatchObject({ read: 3_001, loaded: 3_000, faulty: 1, committed: false });
  expect(await rows('select count(*) from people')).toBeNull();
  const refused = await load(id, people);
  expect(refused.done).toMatchObject({
    loaded: 0,
    faulty: 1,
    committed: false,
    faults: [{ row: 3_002, column: 'id' }],
  });
  expect(await rows('select count(*) from people')).toBeNull();
  const faults = await (await raw(`/imports/${id}/faults`)).text();
  expect(faults).toBe('row,error,id,name\r\n3002,"id: invalid input syntax for type integer: ""x""",x,Bad\r\n');
  const loaded = await load(id, { ...people, skip_faulty: true });
  expect(loaded.done).toMatchObject({ loaded: 3_000, faulty: 1, committed: true });
  expect(await rows('select count(*), sum(id) from people')).toEqual([['3000', '4498500']]);
  const migrations = await at('/meta/migrations', undefined, 'GET');
  expect(migrations.body[0]).toMatchObject({ name: 'create_table' });
});

test('who goes away in the middle leaves nothing behind', async () => {
  const lines = Array.from({ length: 60_000 }, (_, n) => `${n},${'x'.repeat(100)}`);
  const id = await upload(`id,name\n${lines.join('\n')}\n`);
  await at(`/imports/${id}/examine`, {});
  const stop = new AbortController();
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ table: 'half', create: CREATE, mapping: MAPPING });
  const answer = await raw(`/imports/${id}/load`, { method: 'POST', headers, body, signal: stop.signal });
  const reader = answer.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  expect(
    JSON.parse(
      Buffer.from(value ?? [])
        .toString()
        .split('\n')[0] ?? '',
    ),
  ).toHaveProperty('progress.read');
  stop.abort();
  const idle = `select count(*) from pg_stat_activity where query ilike '%half%' and state <> 'idle' and pid <> pg_backend_pid()`;
  await expect.poll(() => rows(idle), { timeout: PATIENCE_MS }).toEqual([['0']]);
  expect(await rows('select count(*) from half')).toBeNull();
  // The file is still there: it is loaded without sending it again.
  await expect.poll(async () => (await load(id, JSON.parse(body))).done?.loaded, { timeout: PATIENCE_MS }).toBe(60_000);
});

test('a piece that comes twice is taken once, and one that comes too early is sent back', async () => {
  const { body } = await at('/imports', { name: 'x.csv', size: 10 });
  const put = async (offset: number, text: string): Promise<number> => {
    const headers = { 'content-type': 'application/octet-stream' };
    return (await raw(`/imports/${body.id}?offset=${offset}`, { method: 'PUT', headers, body: text })).status;
  };
  expect([await put(0, 'a,b\n'), await put(0, 'a,b\n'), await put(6, 'zzzz')]).toEqual([200, 200, 409]);
  expect((await at(`/imports/${body.id}/examine`, {})).body.code).toBe('control.import_place');
  expect([await put(4, '1,2\n3,4\n5,6\n'), await put(4, '1,2\n3\n')]).toEqual([413, 200]);
  expect((await at(`/imports/${body.id}/examine`, {})).body).toMatchObject({ rows: 2, faulty: 1 });
  expect((await at('/imports', { name: 'x.csv', size: 2 ** 40 })).status).toBe(413);
});

test('nobody but its owner reaches an uploaded file, and a viewer sends none', async () => {
  const id = await upload('id,name\n1,x\n');
  expect((await at(`/imports/${id}/examine`, {}, 'POST', other)).body.code).toBe('control.import_unknown');
  expect((await at(`/imports/${id}`, undefined, 'DELETE', other)).status).toBe(404);
  expect((await at('/imports', { name: 'x', size: 1 }, 'POST', viewer)).body.code).toBe('control.forbidden');
  expect((await at(`/imports/${id}/examine`, {}, 'POST', viewer)).status).toBe(403);
  expect((await at(`/imports/${id}`, undefined, 'DELETE')).status).toBe(204);
  expect((await at(`/imports/${id}/examine`, {})).status).toBe(404);
});

test('what a viewer may read is saved as a file, once for each time it was asked for', async () => {
  const sql = `select id, name from people where id < 3 order by id desc`;
  const { body } = await at('/exports', { sql, format: 'csv', name: "people's" }, 'POST', viewer);
  expect((await raw(`/exports/${body.id}`)).status).toBe(404);
  const file = await raw(`/exports/${body.id}`, {}, viewer);
  expect(file.headers.get('content-disposition')).toBe(`attachment; filename*=UTF-8''people%27s.csv`);
  expect(await file.text()).toBe('id,name\r\n2,Name 2\r\n1,Name 1\r\n0,Name 0\r\n');
  expect((await raw(`/exports/${body.id}`, {}, viewer)).status).toBe(404);
});

const code = async (sql: string): Promise<unknown> => {
  const { body } = await at('/exports', { sql, format: 'json', name: 'x' }, 'POST', viewer);
  if (body.code !== undefined) return body.code;
  const file = await raw(`/exports/${body.id}`, {}, viewer);
  return [file.status, JSON.parse(await file.text()).code];
};

test('an export reads, and nothing else', async () => {
  expect(await code('delete from people')).toBe('control.sql_not_reading');
  expect(await code('select 1; select 2')).toBe('control.sql_too_many');
  expect(await code('with gone as (delete from people returning 1) select * from gone')).toEqual([
    422,
    'control.sql_refused',
  ]);
  expect(await code('select encrypted_password from auth.users')).toEqual([422, 'control.sql_refused']);
  expect(await rows('select count(*) from people')).toEqual([['3000']]);
});

test('a result larger than any answer is saved whole', async () => {
  const sql = `select n as id, repeat('x', 200) as say from generate_series(1, 100000) n`;
  const { body } = await at('/exports', { sql, format: 'json', name: 'many' });
  const found = JSON.parse(await (await raw(`/exports/${body.id}`)).text());
  expect([found.length, found.at(-1).id]).toEqual([100_000, 100_000]);
});

test("views of a table are one's own until they are shared, which takes the role developer", async () => {
  const view = { schema: 'public', table: 'people', name: 'By name', definition: { sort: ['name.asc'] } };
  const names = async (bearer: string): Promise<unknown> => {
    const { body } = await at('/table-views?schema=public&table=people', undefined, 'GET', bearer);
    return body.map((one: { name: string; own: boolean; default: boolean }) => [one.name, one.own, one.default]);
  };
  const own = await at('/table-views', view, 'POST', viewer);
  expect(own).toMatchObject({ status: 201, body: { name: 'By name', own: true, shared: false, version: 1 } });
  const { id } = own.body;
  expect([await names(viewer), await names(other)]).toEqual([[['By name', true, false]], []]);
  expect((await at(`/table-views/${id}`, { version: 1, name: 'Mine' }, 'PATCH', other)).body.code).toBe(
    'control.view_unknown',
  );
  expect((await at(`/table-views/${id}`, undefined, 'DELETE', other)).status).toBe(404);
  expect((await at(`/table-views/${id}`, { version: 1, shared: true }, 'PATCH', viewer)).body.code).toBe(
    'control.forbidden',
  );
  expect((await at('/table-views', { ...view, shared: true }, 'POST', viewer)).status).toBe(403);

  const shared = await at('/table-views', { ...view, name: 'All', shared: true }, 'POST', other);
  const path = `/table-views/${shared.body.id}`;
  expect((await at(path, { version: 1, default: true }, 'PATCH', other)).body).toMatchObject({
    default: true,
    version: 2,
  });
  expect((await at(path, { version: 1, name: 'x' }, 'PATCH')).body.code).toBe('control.view_changed');
  expect((await at(path, { version: 2, name: 'x' }, 'PATCH', viewer)).status).toBe(403);
  const next = await at('/table-views', { ...view, name: 'Next', shared: true });
  await at(`/table-views/${next.body.id}`, { version: 1, default: true }, 'PATCH');
  expect(await names(viewer)).toEqual([
    ['All', false, false],
    ['By name', true, false],
    ['Next', false, true],
  ]);
  expect((await at(path, undefined, 'DELETE', viewer)).status).toBe(403);
  expect((await at(path, undefined, 'DELETE')).status).toBe(204);
});

test('who looks at a published table hears which rows others change, and of no other table', async () => {
  await at('/sql', {
    as: 'owner',
    sql: `create table seen (id int primary key, say text); create table other (id int primary key);
    alter publication supabase_realtime add table seen, other`,
  });
  const words: unknown[] = [];
  const stop = new AbortController();
  const path = `/changes?schema=public&table=seen&key=${encodeURIComponent('["id"]')}`;
  const answer = await raw(path, { signal: stop.signal }, viewer);
  const listening = (async () => {
    let rest = '';
    for await (const chunk of answer.body ?? []) {
      const lines = (rest + Buffer.from(chunk).toString()).split('\n');
      rest = lines.pop() ?? '';
      words.push(...lines.map((line) => JSON.parse(line)));
    }
  })().catch(() => undefined);
  await expect.poll(() => words, { timeout: PATIENCE_MS }).toEqual([{ live: true }]);
  const change = (sql: string): Promise<unknown> => at('/sql', { as: 'owner', sql });
  await change(`insert into other values (9); insert into seen values (1, 'a'), (2, 'b')`);
  const told = (): unknown =>
    words.flatMap((word) => (typeof word === 'object' && word !== null && 'changes' in word ? word.changes : []));
  const both = [
    { kind: 'insert', key: ['1'] },
    { kind: 'insert', key: ['2'] },
  ];
  await expect.poll(told, { timeout: PATIENCE_MS }).toEqual(both);
  await change(`update seen set id = 3 where id = 2; delete from seen where id = 1`);
  const rest = [
    { kind: 'delete', key: ['2'] },
    { kind: 'update', key: ['3'] },
    { kind: 'delete', key: ['1'] },
  ];
  await expect.poll(told, { timeout: PATIENCE_MS }).toEqual([...both, ...rest]);
  await change('truncate seen');
  await expect.poll(() => words.at(-1), { timeout: PATIENCE_MS }).toEqual({ changes: [], more: true });
  stop.abort();
  await listening;
  const quiet = await raw(path.replace('seen', 'people'), {}, viewer);
  expect(await quiet.text()).toBe('{"live":false}\n');
  const closed = await raw(path.replace('public', 'auth').replace('seen', 'users'), {}, viewer);
  expect(await closed.text()).toBe('{"live":false}\n');
});
