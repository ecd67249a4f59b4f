import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRealtimeFixture, type RawClient, type RealtimeFixture } from '../realtime-fixture.ts';

let realtime: RealtimeFixture;

beforeAll(async () => {
  realtime = await createRealtimeFixture({ keptChanges: { changes: 60, size: 1_000_000 }, lingerMs: 200 });
  await sql(`
    create table todos (id int8 primary key, task text, done bool, tags text[], extra jsonb, at timestamptz, price numeric);
    create table own (id int primary key, owner text, secret text);
    create table keyless (id int);
    create table hidden (id int primary key);
    alter table own enable row level security;
    alter table own replica identity full;
    alter table keyless replica identity full;
    create policy mine on own using (owner = current_setting('request.jwt.claims', true)::jsonb ->> 'sub');
    grant select on todos, keyless to anon, authenticated, service_role;
    grant select (id, owner), update on own to authenticated;
    grant select on own to service_role;
    alter publication supabase_realtime add table todos, own, keyless`);
});

afterAll(() => realtime?.[Symbol.asyncDispose]());

const sql = (text: string): Promise<unknown> => realtime.project.sql(text);

async function enter(
  changes: readonly object[],
  { key = realtime.token({ role: 'anon' }), options = {}, query = 'vsn=2.0.0' } = {},
): Promise<RawClient> {
  const client = await realtime.connect({ key, query });
  const payload = { config: { postgres_changes: changes, postgres_changes_options: options } };
  if (query === 'vsn=2.0.0') client.send(['1', '1', 'realtime:t', 'phx_join', payload]);
  else client.send({ topic: 'realtime:t', event: 'phx_join', payload, ref: '1', join_ref: '1' });
  return client;
}

async function subscribed(changes: readonly object[], options: Parameters<typeof enter>[1] = {}): Promise<RawClient> {
  const client = await enter(changes, options);
  expect((await client.heard('system'))[4]).toMatchObject({ status: 'ok', message: 'Subscribed to PostgreSQL' });
  return client;
}

interface Told {
  readonly ids: readonly number[];
  readonly position?: string;
  readonly data: Readonly<Record<string, unknown>> & { readonly record?: Record<string, unknown> };
}

function told({ frames }: RawClient): Told[] {
  return frames.flatMap((frame) => (Array.isArray(frame) && frame[3] === 'postgres_changes' ? [frame[4] as Told] : []));
}

const ALL = { event: '*', schema: 'public', table: 'todos' };

test('a change is told as it is written on the wire, in both versions', async () => {
  const clients = [await subscribed([ALL]), await subscribed([ALL], { query: 'vsn=1.0.0' })] as const;
  await sql(`insert into todos values (9007199254740993, 'a "b"', true, '{x,"y z",null}', '{"k": [1]}',
    '2024-01-02 03:04:05.678+00', 1.50)`);
  await sql(`update todos set done = false`);
  await sql(`delete from todos`);
  await expect.poll(() => told(clients[0])).toHaveLength(3);
  const columns = ['int8', 'text', 'bool', '_text', 'jsonb', 'timestamptz', 'numeric'].map((type, index) => ({
    name: ['id', 'task', 'done', 'tags', 'extra', 'at', 'price'][index],
    type,
  }));
  const record = {
    id: 9007199254740992,
    task: 'a "b"',
    done: true,
    tags: ['x', 'y z', null],
    extra: { k: [1] },
    at: '2024-01-02T03:04:05.678+00:00',
    price: 1.5,
  };
  const head = {
    schema: 'public',
    table: 'todos',
    commit_timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    columns,
    errors: null,
  };
  const key = { id: record.id };
  const wanted = [
    { ids: [expect.any(Number)], data: { ...head, type: 'INSERT', record } },
    {
      ids: [expect.any(Number)],
      data: { ...head, type: 'UPDATE', record: { ...record, done: false }, old_record: {} },
    },
    { ids: [expect.any(Number)], data: { ...head, type: 'DELETE', old_record: key } },
  ];
  expect(told(clients[0])).toEqual(wanted);
  await expect.poll(() => clients[1].frames.length).toBeGreaterThan(4);
  const objects = clients[1].frames.filter((frame) => (frame as { event: string }).event === 'postgres_changes');
  expect(objects.map((frame) => (frame as { payload: unknown }).payload)).toEqual(wanted);
  for (const { socket } of clients) socket.close();
});

test('filters decide as SQL does, one frame names all that match, and columns can be chosen', async () => {
  const filters = [
    'id=eq.1',
    'id=gt.1,id=lte.3',
    'task=in.(one,"a,b")',
    'task=like.t%',
    'task=not.match.^t',
    'price=eq.1.0',
    'done=is.true',
    'task=isdistinct.one',
    'done=not.is.null',
    'at=lt.2024-01-01',
  ];
  const entries = filters.map((filter) => ({ ...ALL, filter }));
  const client = await subscribed([...entries, { ...ALL, event: 'INSERT', select: ['task'] }]);
  const reply = (await client.heard('phx_reply', '1'))[4] as { response: { postgres_changes: { id: number }[] } };
  const ids = reply.response.postgres_changes.map(({ id }) => id);
  await sql(`insert into todos (id, task, done, price, at) values
    (1, 'one', true, 1.00, '2023-12-31'), (2, 'two', null, null, null), (3, 'a,b', false, 2, '2025-01-01')`);
  await expect.poll(() => told(client)).toHaveLength(3);
  const matching = told(client).map((one) => one.ids.map((id) => filters[ids.indexOf(id)] ?? 'select'));
  expect(matching).toEqual([
    [
      'id=eq.1',
      'task=in.(one,"a,b")',
      'task=not.match.^t',
      'price=eq.1.0',
      'done=is.true',
      'done=not.is.null',
      'at=lt.2024-01-01',
      'select',
    ],
    ['id=gt.1,id=lte.3', 'task=like.t%', 'task=isdistinct.one', 'select'],
    [
      'id=gt.1,id=lte.3',
      'task=in.(one,"a,b")',
      'task=not.match.^t',
      'task=isdistinct.one',
      'done=not.is.null',
      'select',
    ],
  ]);
  await sql('delete from todos');
  client.socket.close();
  const narrow = await subscribed([{ ...ALL, event: 'INSERT', select: ['task'] }]);
  await sql(`insert into todos (id, task, done) values (5, 'five', true)`);
  await expect.poll(() => told(narrow)).toMatchObject([{ data: { record: { id: 5, task: 'five' } } }]);
  expect(Object.keys(told(narrow)[0]?.data.record ?? {})).toEqual(['id', 'task']);
  await sql('delete from todos');
  narrow.socket.close();
});

test.each([
  [{ event: '*', schema: 'public', table: 'hidden' }, 'Unable to subscribe to changes with given parameters.'],
  [{ event: '*', schema: 'nowhere' }, 'table: *, filters: [], select: nil]'],
  [{ ...ALL, filter: 'nothing=eq.1' }, 'invalid column for filter nothing'],
  [{ ...ALL, filter: 'id=eq.one' }, 'Error parsing `filter` params: invalid input syntax for type bigint'],
  [{ ...ALL, filter: 'id=near.1' }, 'Error parsing `filter` params: ["id=near.1"]'],
  [{ ...ALL, filter: 'task=match.(' }, 'Error parsing `filter` params: invalid regular expression'],
  [{ ...ALL, select: ['nothing'] }, 'invalid column for select nothing'],
  [{ event: '*', schema: '*', filter: 'id=eq.1' }, 'A filter or a selection of columns needs one schema and table'],
  [{ event: '*', schema: 'public', table: 'own', filter: 'secret=eq.x' }, 'invalid column for filter secret'],
])('what cannot be subscribed to is said, and the channel stays: %j', async (entry, message) => {
  const client = await enter([entry], { key: realtime.token({ sub: 'ada' }) });
  expect((await client.heard('phx_reply', '1'))[4]).toMatchObject({ status: 'ok' });
  const system = (await client.heard('system'))[4];
  expect(system).toMatchObject({
    extension: 'postgres_changes',
    status: 'error',
    message: expect.stringContaining(message),
  });
  client.socket.close();
  const waiting = await enter([entry], { key: realtime.token({ sub: 'ada' }), options: { wait: true } });
  expect((await waiting.heard('phx_reply', '1'))[4]).toMatchObject({ status: 'error' });
  waiting.socket.close();
});

test('who may not read, and tables without a key, are told only that something happened', async () => {
  const [anon, ada] = [
    await subscribed([{ event: '*', schema: '*', table: '*' }], { options: { wait: true } }),
    await subscribed([{ event: '*', schema: 'public', table: 'own' }], { key: realtime.token({ sub: 'ada' }) }),
  ];
  await sql(
    `insert into own values (1, 'ada', 's'), (2, 'ibn', 's'); insert into keyless values (7); delete from keyless`,
  );
  await expect.poll(() => told(anon)).toHaveLength(4);
  expect(told(anon).map(({ data }) => [data['table'], data.record ?? data['old_record'], data['errors']])).toEqual([
    ['own', {}, ['Error 401: Unauthorized']],
    ['own', {}, ['Error 401: Unauthorized']],
    ['keyless', {}, ['Error 400: Bad Request, no primary key']],
    ['keyless', { id: 7 }, null],
  ]);
  await sql(`update own set secret = 't' where id = 1`);
  await expect.poll(() => told(ada)).toHaveLength(2);
  await sql('delete from own');
  await expect.poll(() => told(ada)).toHaveLength(3);
  expect(told(ada).map(({ data }) => [data['type'], data.record, data['old_record']])).toEqual([
    ['INSERT', { id: 1, owner: 'ada' }, undefined],
    ['UPDATE', { id: 1, owner: 'ada' }, { id: 1 }],
    ['DELETE', undefined, { id: 1 }],
  ]);
  for (const { socket } of [anon, ada]) socket.close();
});

test('another token on an open channel is another person from the next change on', async () => {
  const ada = await subscribed([{ event: 'INSERT', schema: 'public', table: 'own' }], {
    key: realtime.token({ sub: 'ada' }),
  });
  await sql(`insert into own values (11, 'ada'), (12, 'ibn')`);
  await expect.poll(() => told(ada)).toHaveLength(1);
  ada.send(
    ['1', null, 'realtime:t', 'access_token', { access_token: realtime.token({ sub: 'ibn' }) }],
    [null, '9', 'phoenix', 'heartbeat', {}],
  );
  await ada.heard('phx_reply', '9');
  await sql(`insert into own values (13, 'ada'), (14, 'ibn')`);
  await expect.poll(() => told(ada)).toHaveLength(2);
  expect(told(ada).map(({ data }) => data.record?.['id'])).toEqual([11, 14]);
  await sql('delete from own');
  ada.socket.close();
});

test('who comes back with a position gets what was missed, in order, or hears that it is gone', async () => {
  const first = await subscribed([ALL], { options: { resume: true } });
  await sql(`insert into todos (id) values (1)`);
  await expect.poll(() => told(first)).toHaveLength(1);
  const [{ position = '' } = {}] = told(first);
  first.socket.close();
  await sql(`insert into todos (id) values (2), (3); insert into todos (id) values (4)`);
  const second = await enter([ALL], { options: { resume: position } });
  await expect.poll(() => told(second).map(({ data }) => data.record?.['id'])).toEqual([2, 3, 4]);
  await sql(`insert into todos (id) values (5)`);
  await expect.poll(() => told(second).map(({ data }) => data.record?.['id'])).toEqual([2, 3, 4, 5]);

  await sql(`insert into todos (id) select n from generate_series(100, 180) n`);
  const GAP = 'Changes may have been missed: read the tables anew';
  await expect
    .poll(() => second.frames.map((frame) => (frame as { 4: { message?: string } })[4].message))
    .toContain(GAP);
  for (const resume of [position, '0/1.0', 'nonsense']) {
    const late = await enter([ALL], { options: { resume } });
    expect((await late.heard('system'))[4]).toMatchObject({
      extension: 'postgres_changes',
      status: 'error',
      message: GAP,
    });
    late.socket.close();
  }
  second.socket.close();
  await sql('delete from todos');
});

test('changes of the schema are followed while the stream runs', async () => {
  await sql(`create table shifting (id int primary key, a text); alter table shifting enable row level security;
    alter table shifting replica identity full; create policy all_rows on shifting using (true);
    grant select on shifting to authenticated; alter publication supabase_realtime add table shifting`);
  const changes = [{ event: '*', schema: 'public', table: 'shifting' }];
  await new Promise((resolve) => setTimeout(resolve, 10));
  realtime.clock.nowMs += 1_000;
  const client = await subscribed(changes, { key: realtime.token({ sub: 'ada' }) });
  const heard = (): unknown[] => told(client).map(({ data }) => data.record ?? data['old_record']);
  await sql(`insert into shifting values (1, 'x')`);
  await sql(`alter table shifting add b int default 4; insert into shifting values (2, 'y', 5)`);
  await expect.poll(heard).toEqual([
    { id: 1, a: 'x' },
    { id: 2, a: 'y', b: 5 },
  ]);
  await sql(`drop policy all_rows on shifting; create policy small on shifting using (id < 4);
    insert into shifting values (5, 'z', 5), (3, 'z', 5)`);
  await sql(`delete from shifting where id in (5, 2)`);
  await expect.poll(heard).toHaveLength(4);
  expect(heard().slice(2)).toEqual([{ id: 3, a: 'z', b: 5 }, { id: 2 }]);
  await sql(`revoke select on shifting from authenticated; grant select (id, b) on shifting to authenticated;
    update shifting set b = 6 where id = 3`);
  await expect.poll(heard).toHaveLength(5);
  expect(heard()[4]).toEqual({ id: 3, b: 6 });
  await sql(`alter table shifting drop b; drop table shifting; insert into todos (id) values (77); delete from todos`);
  expect(client.socket.readyState).toBe(client.socket.OPEN);
  client.socket.close();
});
