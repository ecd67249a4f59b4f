import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRealtimeFixture, type RawClient, type RealtimeFixture } from './realtime-fixture.ts';

let realtime: RealtimeFixture;

beforeAll(async () => {
  realtime = await createRealtimeFixture({ heldMessages: 20 });
  // As the project's owner, who has to be able to write policies.
  await realtime.project.database.transaction({ login: 'owner', role: 'none' }, async (tx) => {
    await tx.query('create table public.members (name text, room text)');
    await tx.query('grant select on public.members to authenticated');
    await tx.query(`create function public.who() returns text language sql stable
      as $$ select current_setting('request.jwt.claims', true)::jsonb ->> 'sub' $$`);
    await tx.query(`create policy listen on realtime.messages for select to authenticated using (
      case public.who() when 'bomb' then 1 / (length(public.who()) - 4) = 0 when 'slow' then pg_sleep(5) is null
      else extension = 'broadcast' and topic = realtime.topic() and exists (
        select from public.members m where m.name = public.who() and m.room = realtime.topic()) end)`);
    await tx.query(`create policy speak on realtime.messages for insert to authenticated
      with check (public.who() = 'ada' and extension = 'broadcast')`);
  });
  await realtime.project.sql(`insert into members select name, 'club' from unnest(array['ada', 'ibn', 'eve']) name`);
});

afterAll(() => realtime?.[Symbol.asyncDispose]());

const config = { private: true, broadcast: { ack: true }, presence: { enabled: true } };

async function enter(name: string, topic = 'realtime:club', more: object = {}): Promise<RawClient> {
  const client = await realtime.connect({ key: realtime.token({ sub: name }) });
  client.send(['1', '1', topic, 'phx_join', { config: { ...config, ...more } }]);
  return client;
}

function broadcastsOf({ frames }: RawClient): unknown[] {
  return frames.flatMap((frame) => (Array.isArray(frame) && frame[3] === 'broadcast' ? [frame[4]] : []));
}

const say = (event: string, ref = '2'): unknown[] => [
  '1',
  ref,
  'realtime:club',
  'broadcast',
  { type: 'broadcast', event, payload: {} },
];

test('a policy that raises or takes too long refuses its caller and nobody else', async () => {
  const names = ['bomb', 'ada', 'slow', 'ibn', 'nobody'];
  const clients = await Promise.all(names.map((name) => enter(name)));
  const replies = await Promise.all(clients.map((client) => client.heard('phx_reply', '1')));
  const statuses = replies.map((reply) => (reply[4] as { status: string }).status);
  expect(statuses).toEqual(['error', 'ok', 'error', 'ok', 'error']);
  expect(replies[4]?.[4]).toEqual({
    status: 'error',
    response: { reason: 'Unauthorized: You do not have permissions to read from this Channel topic: club' },
  });
  const left = await realtime.project.sql('select from realtime.messages');
  expect(left).toEqual([]);
  for (const { socket } of clients) socket.close();
});

test('who may not write is not heard, and without a right to presence nobody is shown', async () => {
  const [ada, ibn] = [await enter('ada'), await enter('ibn')];
  for (const client of [ada, ibn]) await client.heard('phx_reply', '1');
  ibn.send(say('forged'));
  ibn.send(['1', '3', 'realtime:club', 'presence', { event: 'track', payload: { here: true } }]);
  expect((await ibn.heard('phx_reply', '3'))[4]).toMatchObject({ status: 'error' });
  ada.send(say('real'));
  expect((await ada.heard('phx_reply', '2'))[4]).toEqual({ status: 'ok', response: {} });
  await ibn.heard('broadcast');
  expect(broadcastsOf(ibn)).toEqual([{ type: 'broadcast', event: 'real', payload: {} }]);
  expect(broadcastsOf(ada)).toEqual([]);
  expect([...ada.frames, ...ibn.frames].some((frame) => Array.isArray(frame) && frame[3] === 'presence_state')).toBe(
    false,
  );
  for (const { socket } of [ada, ibn]) socket.close();
});

test('rights are asked again before what comes later is delivered, and order holds meanwhile', async () => {
  const [ada, ibn, eve] = [await enter('ada'), await enter('ibn'), await enter('eve')];
  for (const client of [ada, ibn, eve]) await client.heard('phx_reply', '1');
  await realtime.project.sql(`delete from members where name = 'eve'`);
  realtime.clock.nowMs += 1_000;
  for (const event of ['a', 'b', 'c']) ada.send(say(event, event));
  await ada.heard('phx_reply', 'c');
  expect((await eve.heard('system'))[4]).toMatchObject({ extension: 'system', status: 'error', channel: 'club' });
  await eve.heard('phx_close');
  await expect.poll(() => broadcastsOf(ibn)).toHaveLength(3);
  expect(broadcastsOf(ibn)).toMatchObject([{ event: 'a' }, { event: 'b' }, { event: 'c' }]);
  expect(broadcastsOf(eve)).toEqual([]);
  for (const { socket } of [ada, ibn, eve]) socket.close();
  await realtime.project.sql(`insert into members values ('eve', 'club')`);
});

test('another token on an open channel changes what its client may do', async () => {
  const [ada, ibn] = [await enter('ada'), await enter('ibn')];
  for (const client of [ada, ibn]) await client.heard('phx_reply', '1');
  const [asAda, asNobody] = ['ada', 'nobody'].map((sub) => realtime.token({ sub, n: 2 }));
  ibn.send(['1', null, 'realtime:club', 'access_token', { access_token: asAda }], say('as ada'));
  expect((await ibn.heard('phx_reply', '2'))[4]).toEqual({ status: 'ok', response: {} });
  expect((await ada.heard('broadcast'))[4]).toMatchObject({ event: 'as ada' });
  ibn.send(['1', null, 'realtime:club', 'access_token', { access_token: 'sb_publishable_x' }]);
  ibn.send(['1', null, 'realtime:club', 'access_token', { access_token: asNobody }]);
  await ibn.heard('phx_close');
  for (const { socket } of [ada, ibn]) socket.close();
});

test('stored messages are replayed to who joins late, oldest first', async () => {
  const { database } = realtime.project;
  await database.transaction({ login: 'owner', role: 'none' }, async (tx) => {
    await tx.query(`select realtime.send('{"n":0}', 'old', 'club')`);
    await tx.query(`update realtime.messages set inserted_at = inserted_at - interval '1 hour' where event = 'old'
      and (inserted_at - interval '1 hour')::date = inserted_at::date`);
    await tx.query(`select realtime.send('{"n":9}', 'elsewhere', 'other room')`);
    await tx.query(`select realtime.send('{"n":8}', 'public', 'club', false)`);
  });
  for (const n of [1, 2, 3]) {
    await database.transaction({ login: 'owner', role: 'none' }, (tx) =>
      tx.query(`select realtime.send(jsonb_build_object('n', $1::int), 'news', 'club')`, [n]),
    );
  }
  const ada = await enter('ada', 'realtime:club', { broadcast: { replay: { since: Date.now() - 60_000, limit: 2 } } });
  // The log may tell of them after she came in; what is told so is no replay.
  const replayed = () => broadcastsOf(ada).filter((message) => JSON.stringify(message).includes('"replayed":true'));
  await expect.poll(replayed).toHaveLength(2);
  await delay(50);
  expect(replayed()).toMatchObject([
    { event: 'news', payload: { n: 2, id: expect.any(String) }, meta: { replayed: true, id: expect.any(String) } },
    { event: 'news', payload: { n: 3 }, meta: { replayed: true } },
  ]);
  ada.socket.close();
});

test('a message that cannot be stored is a warning and leaves the transaction whole', async () => {
  const { database } = realtime.project;
  const settings = [['request.jwt.claims', '{"sub":"ibn"}']] as const;
  await database.transaction({ login: 'authenticator', role: 'authenticated', settings }, async (tx) => {
    await tx.query(`select realtime.send('{}', 'forged', 'club')`);
    await tx.query('select 1');
  });
  expect(await realtime.project.sql(`select from realtime.messages where event = 'forged'`)).toEqual([]);
  const allowed = [['request.jwt.claims', '{"sub":"ada"}']] as const;
  await database.transaction({ login: 'authenticator', role: 'authenticated', settings: allowed }, (tx) =>
    tx.query(`select realtime.send('[1]', 'allowed', 'club')`),
  );
  const [row] = await realtime.project.sql(`select payload, private from realtime.messages where event = 'allowed'`);
  expect(row).toEqual({ payload: [1], private: true });
});

test('a trigger tells a channel of changed rows', async () => {
  const { database } = realtime.project;
  await database.transaction({ login: 'owner', role: 'none' }, async (tx) => {
    await tx.query('create table public.orders (id int primary key, state text)');
    await tx.query(`create function public.tell() returns trigger language plpgsql as $$ begin
      perform realtime.broadcast_changes('orders', tg_op, tg_op, tg_table_name, tg_table_schema, new, old);
      return null; end $$`);
    await tx.query(
      'create trigger tell after insert or update or delete on public.orders for each row execute function public.tell()',
    );
    await tx.query(`insert into public.orders values (1, 'new')`);
    await tx.query(`update public.orders set state = 'paid'`);
    await tx.query('delete from public.orders');
  });
  const rows = await realtime.project.sql<{ payload: object }>(
    `select payload from realtime.messages where topic = 'orders' order by payload ->> 'operation' desc`,
  );
  const id = expect.any(String);
  const table = { schema: 'public', table: 'orders' };
  expect(rows.map(({ payload }) => payload)).toEqual([
    { ...table, id, operation: 'UPDATE', record: { id: 1, state: 'paid' }, old_record: { id: 1, state: 'new' } },
    { ...table, id, operation: 'INSERT', record: { id: 1, state: 'new' }, old_record: null },
    { ...table, id, operation: 'DELETE', record: null, old_record: { id: 1, state: 'paid' } },
  ]);
});

test('what SQL sends reaches the room it names once it is committed, and only there', async () => {
  const ada = await enter('ada', 'realtime:club', { broadcast: { replication_ready: true } });
  const outside = await realtime.connect();
  outside.send(['1', '1', 'realtime:club', 'phx_join', {}]);
  await outside.heard('phx_reply', '1');
  expect((await ada.heard('system'))[4]).toEqual({
    extension: 'system',
    status: 'ok',
    message: 'Replication connection established',
    channel: 'club',
  });
  const { sql } = realtime.project;
  await sql(`begin; select realtime.send('{"n": 0}', 'undone', 'club'); rollback`);
  await sql(`select realtime.send('{"n": 1}', 'done', 'club'), realtime.send('[2]', 'list', 'club'),
    realtime.send_binary(decode('00ff', 'hex'), 'bytes', 'club'), realtime.send('{"n": 3}', 'public', 'club', false)`);
  await expect
    .poll(() => ada.frames.filter((frame) => Buffer.isBuffer(frame) && frame.includes('bytes')))
    .toHaveLength(1);
  const id = expect.any(String);
  // What earlier tests sent may still have been on its way.
  const sent = broadcastsOf(ada).filter((one) => ['undone', 'done', 'list'].includes((one as { event: string }).event));
  expect(sent).toEqual([
    { type: 'broadcast', event: 'done', payload: { n: 1, id }, meta: { id } },
    { type: 'broadcast', event: 'list', payload: [2], meta: { id } },
  ]);
  expect(ada.frames.findLast((frame) => Buffer.isBuffer(frame))?.subarray(-2)).toEqual(Buffer.from([0, 255]));
  await expect.poll(() => broadcastsOf(outside).at(-1)).toMatchObject({ event: 'public', payload: { n: 3 } });
  expect(broadcastsOf(outside)).not.toContainEqual(expect.objectContaining({ event: 'done' }));
  for (const { socket } of [ada, outside]) socket.close();
});

test('nobody but the service makes or reads what is behind the policies', async () => {
  const { database } = realtime.project;
  const as = (role: string, sql: string): Promise<unknown> =>
    database.transaction({ login: 'authenticator', role }, (tx) => tx.query(sql));
  await expect(as('authenticated', 'select realtime.maintain()')).rejects.toMatchObject({ code: '42501' });
  await expect(as('anon', `select realtime.recent_messages('club', '2020-01-01', 5)`)).rejects.toMatchObject({
    code: '42501',
  });
  await expect(as('anon', `select realtime.ensure_partition('2020-01-01')`)).rejects.toMatchObject({ code: '22023' });
  const [partition] = await realtime.project.sql<{ name: string }>(
    `select relname as name from pg_class where relname ~ '^messages_\\d' and relkind = 'r' limit 1`,
  );
  await expect(as('service_role', `select from realtime.${partition?.name}`)).rejects.toMatchObject({ code: '42501' });
  await expect(as('authenticated', 'create table realtime.mine ()')).rejects.toMatchObject({ code: '42501' });
});

test('broadcasts over HTTP obey the policies', async () => {
  const ada = await enter('ada');
  await ada.heard('phx_reply', '1');
  const message = { topic: 'club', event: 'http', payload: { n: 1 }, private: true };
  const [speaker, listener] = ['ada', 'ibn'].map((sub) => ({ token: realtime.token({ sub }) }));
  expect(await realtime.post('/api/broadcast', { messages: [message] }, listener)).toEqual({ status: 202, body: null });
  const single = '/api/broadcast/club/events/single?private=true';
  expect(await realtime.post(single, {}, listener)).toMatchObject({ status: 403, body: { message: 'Unauthorized' } });
  expect(await realtime.post('/api/broadcast', { messages: [message] }, speaker)).toMatchObject({ status: 202 });
  expect(await realtime.post(single, { n: 2 }, speaker)).toMatchObject({ status: 202 });
  await expect.poll(() => broadcastsOf(ada)).toHaveLength(2);
  expect(broadcastsOf(ada)).toMatchObject([
    { event: 'http', payload: { n: 1 } },
    { event: 'single', payload: { n: 2 } },
  ]);
  ada.socket.close();
});

test.each([
  ['no list', {}, 422],
  ['an empty list', { messages: [] }, 422],
  ['no JSON', '{', 422],
  ['a message without its event', { messages: [{ topic: 't', payload: {} }] }, 422],
  ['a hundred and one messages', { messages: Array.from({ length: 101 }, () => ({})) }, 422],
])('a batch with %s is refused', async (_name, body, status) => {
  expect((await realtime.post('/api/broadcast', body)).status).toBe(status);
});

test('a single broadcast names its form, and a bad token is refused', async () => {
  const path = '/api/broadcast/t/events/e';
  expect((await realtime.post(path, 'text', { type: 'text/plain' })).status).toBe(415);
  expect((await realtime.post(path, '')).status).toBe(422);
  expect((await realtime.post(path, '{')).status).toBe(422);
  expect((await realtime.post(path, new Uint8Array(4), { type: 'application/octet-stream' })).status).toBe(202);
  const refusal = { reason: 'token-expired', message: 'JWT expired' } as const;
  expect(await realtime.post(path, {}, { refusal })).toMatchObject({ status: 401, body: { message: 'Unauthorized' } });
});

test('a storm of private joins is let in without an error', async () => {
  const topics = Array.from({ length: 60 }, (_, at) => `realtime:storm-${at}`);
  await realtime.project.sql(`insert into members select 'ada', 'storm-' || n from generate_series(0, 59) n`);
  const clients = await Promise.all(
    Array.from({ length: 20 }, () => realtime.connect({ key: realtime.token({ sub: 'ada' }) })),
  );
  for (const client of clients)
    client.send(...topics.map((topic, at) => ['1', String(at), topic, 'phx_join', { config }]));
  for (const client of clients) {
    for (const at of topics.keys()) {
      expect((await client.heard('phx_reply', String(at)))[4]).toMatchObject({ status: 'ok' });
    }
  }
  for (const { socket } of clients) socket.close();
});
