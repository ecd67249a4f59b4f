import { type RunningServer, startServer } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, type Answer, setUp } from './control-client.fixture.ts';

let server: RunningServer;
let owner: Awaited<ReturnType<typeof setUp>>;

beforeAll(async () => {
  server = await startServer();
  owner = await setUp(server);
});

afterAll(() => server?.stop());

const send = (method: string, path: string, body?: unknown): Promise<Answer> =>
  ask(server, method, `/projects/default${path}`, { bearer: owner.bearer, body });

const column = (name: string, type: string): unknown => ({ name, type });

test('every operation there is comes with the schema of its input', async () => {
  const { body } = await ask(server, 'GET', '/meta/operations');
  expect(body.operations.length).toBeGreaterThan(30);
  for (const { name, input } of body.operations) expect(input, name).toMatchObject({ type: 'object' });
});

test('a table is previewed, made as it was shown, seen in the structure and kept as a migration', async () => {
  const asked = {
    operation: 'create-table',
    input: { table: 'notes', columns: [column('id', 'bigint'), column('owner_id', 'uuid')], rowSecurity: false },
  };
  const preview = await send('POST', '/meta/preview', asked);
  expect(preview).toMatchObject({ status: 200, body: { losses: [], obstacles: [] } });
  expect(preview.body.statements.join()).toContain('"notes"');
  const expected: string[] = preview.body.statements;

  const other = await send('POST', '/meta/apply', { operations: [asked], expected: ['drop schema public cascade'] });
  expect(other).toMatchObject({ status: 409, body: { code: 'control.meta_preview_outdated' } });
  const applied = await send('POST', '/meta/apply', { operations: [asked], expected });
  expect(applied).toMatchObject({ status: 200, body: { statements: expected } });

  const tables = await send('GET', '/meta/structure/tables?schemas=public');
  expect(tables.body.map(({ name }: { name: string }) => name)).toContain('notes');
  expect(tables.body.every(({ schema }: { schema: string }) => schema === 'public')).toBe(true);
  expect(Object.keys((await send('GET', '/meta/structure')).body)).toContain('policies');

  const migrations = await send('GET', '/meta/migrations');
  expect(migrations.body[0]).toEqual({ version: applied.body.version, name: applied.body.name });
  const file = await fetch(`${server.url}/api/v1/control/projects/default/meta/migrations/${applied.body.version}`, {
    headers: { authorization: `Bearer ${owner.bearer}` },
  });
  expect(file.headers.get('content-disposition')).toContain(`${applied.body.version}_create_table.sql`);
  expect(await file.text()).toBe(`${expected.join(';\n\n')};\n`);
  expect(await send('GET', '/meta/migrations/1')).toMatchObject({ status: 404 });

  const { body: entries } = await ask(server, 'GET', `/organisations/${owner.organisation}/audit`, {
    bearer: owner.bearer,
  });
  const actions = entries.map(({ action }: { action: string }) => action);
  expect(actions.slice(0, 3)).toEqual(['structure.changed', 'structure.change', 'structure.change']);
});

test.each([
  [400, 'control.meta_operation_unknown', { operation: 'drop-everything', input: {} }],
  [400, 'control.meta_input_invalid', { operation: 'create-table', input: { name: 7 } }],
  [404, 'control.meta_object_unknown', { operation: 'drop-table', input: { table: 'absent' } }],
  [400, 'control.input_wrong', { operation: 'create-table', input: {}, also: 1 }],
])('what cannot be planned is refused with %i %s', async (status, code, asked) => {
  expect(await send('POST', '/meta/preview', asked)).toMatchObject({ status, body: { code } });
});

test('advice names what is wrong with the table that was made', async () => {
  const { body } = await send('GET', '/advice');
  const about = body.filter(({ object }: { object: string }) => object === 'public.notes');
  expect(about.map(({ severity }: { severity: string }) => severity)).toContain('error');
});

test('why a row, a file and a topic can be seen is explained', async () => {
  const mine = '11111111-1111-1111-1111-111111111111';
  await server.superuserSql(`
    alter table public.notes enable row level security;
    create policy mine on public.notes for select to authenticated using (owner_id = (select auth.uid()));
    insert into public.notes values (1, '${mine}'), (2, gen_random_uuid());
    create policy listen on realtime.messages for select to authenticated using (realtime.topic() = 'room:1')`);
  const as = { role: 'authenticated', claims: { sub: mine }, command: 'select' };
  const about = async (question: unknown): Promise<unknown> => {
    const { status, body } = await send('POST', '/visibility', { ...as, ...(question as object) });
    return status === 200 ? [body.allowed, body.because.reason] : [status, body.code];
  };
  expect(await about({ table: 'notes', key: { id: 1 } })).toEqual([true, 'permitted']);
  expect(await about({ table: 'notes', key: { id: 2 } })).toEqual([false, 'none-permits']);
  expect(await about({ table: 'notes', key: { id: 3 } })).toEqual([false, 'row-missing']);
  expect(await about({ object: { bucket: 'none', name: 'a.txt' } })).toEqual([false, 'row-missing']);
  expect(await about({ object: { bucket: 'none', name: 'a.txt' }, command: 'insert' })).toEqual([false, 'no-policy']);
  expect(await about({ topic: 'room:1' })).toEqual([true, 'permitted']);
  expect(await about({ topic: 'room:2' })).toEqual([false, 'none-permits']);
  expect(await about({ topic: 'room:1', command: 'insert' })).toEqual([false, 'no-policy']);
  expect(await about({ table: 'notes', key: { id: 1 }, role: 'postgres' })).toEqual([400, 'control.input_wrong']);
});
