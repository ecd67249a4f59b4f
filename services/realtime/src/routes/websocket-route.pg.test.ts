import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRealtimeFixture, type RawClient, type RealtimeFixture } from '../realtime-fixture.ts';

let realtime: RealtimeFixture;

beforeAll(async () => {
  realtime = await createRealtimeFixture({
    connections: 12,
    channels: 3,
    payloadBytes: 1_100_000,
    presenceBytes: 1_000,
    frames: { perSecond: 10, burst: 60 },
    unreadBytes: 4 * 1024 * 1024,
  });
});

afterAll(() => realtime?.[Symbol.asyncDispose]());

const joinFrame = (topic: string, ref = '1', payload: object = {}): unknown[] => [ref, ref, topic, 'phx_join', payload];

async function enter(client: RawClient, topic: string, payload: object = {}): Promise<void> {
  client.send(joinFrame(topic, '1', payload));
  expect((await client.heard('phx_reply', '1'))[4]).toMatchObject({ status: 'ok' });
}

async function leave(client: RawClient): Promise<void> {
  client.socket.close();
  await client.closed;
}

describe('a handshake', () => {
  test.each([
    ['without a key', '?vsn=2.0.0', 401, 'API key is missing'],
    ['with a text that is no token', '?apikey=nonsense', 401, 'The token provided is not a valid JWT'],
    ['of an unknown version', '?apikey=x&vsn=3.0.0', 400, 'The version vsn has to be 1.0.0 or 2.0.0'],
  ])('%s is refused', async (_name, query, status, error) => {
    expect(await realtime.refusal(query)).toMatchObject({ status, body: { error } });
  });

  test('with a token that is forged, over, endless or without a role is refused', async () => {
    const now = Math.floor(realtime.clock.nowMs / 1000);
    const cases: [string, string][] = [
      [`${realtime.token({})}x`, 'Failed to validate JWT signature'],
      [realtime.token({ exp: now - 7 }), 'Token has expired 7 seconds ago'],
      [realtime.token({ exp: undefined }), 'Fields `role` and `exp` are required in JWT'],
      [realtime.token({ role: undefined }), 'Fields `role` and `exp` are required in JWT'],
    ];
    for (const [token, error] of cases) {
      expect(await realtime.refusal(`?apikey=${token}`)).toMatchObject({ status: 401, body: { error } });
    }
  });

  test('takes the key from a header too', async () => {
    const refused = await realtime.refusal('?vsn=9', { 'x-api-key': realtime.token({}) });
    expect(refused.status).toBe(400);
  });

  test('beyond the connections of a project is refused until one has gone', async () => {
    const clients = await Promise.all(Array.from({ length: 12 }, () => realtime.connect()));
    const query = `?apikey=${realtime.token({})}`;
    expect(await realtime.refusal(query)).toMatchObject({ status: 429, body: { error: 'Too many connected users' } });
    await Promise.all(clients.map(leave));
    await leave(await realtime.connect());
  });
});

describe('frames', () => {
  test('heartbeats, leaves and strange topics are answered', async () => {
    const client = await realtime.connect();
    client.send([null, '1', 'phoenix', 'heartbeat', {}], [null, '2', 'realtime:nowhere', 'broadcast', {}]);
    expect(await client.heard('phx_reply', '1')).toEqual([null, '1', 'phoenix', 'phx_reply', OK]);
    expect((await client.heard('phx_reply', '2'))[4]).toEqual(failed('unmatched topic'));
    client.send(joinFrame('realtime:room', '3'), ['3', '4', 'realtime:room', 'phx_leave', {}]);
    expect(await client.heard('phx_reply', '4')).toEqual(['3', '4', 'realtime:room', 'phx_reply', OK]);
    expect(await client.heard('phx_close')).toEqual(['3', '3', 'realtime:room', 'phx_close', {}]);
    await leave(client);
  });

  test('a second join replaces the first', async () => {
    const client = await realtime.connect();
    client.send(joinFrame('realtime:room', '1'));
    await client.heard('phx_reply', '1');
    client.send(joinFrame('realtime:room', '2'));
    expect((await client.heard('phx_close'))[0]).toBe('1');
    expect((await client.heard('phx_reply', '2'))[4]).toMatchObject({ status: 'ok' });
    client.send(['2', '3', 'realtime:room', 'presence', { event: 'untrack' }]);
    expect((await client.heard('phx_reply', '3'))[4]).toEqual(OK);
    await leave(client);
  });

  test.each([
    ['realtime:', {}, 'TopicNameRequired: You must provide a topic name'],
    ['realtime:realtime', {}, 'TopicNameRequired: You must provide a topic name'],
    ['elsewhere', {}, 'TopicNameRequired: You must provide a topic name'],
    ['realtime:a', { access_token: 'x.y.z' }, 'JwtSignatureError: Failed to validate JWT signature'],
    ['realtime:a', { access_token: 'nonsense' }, 'MalformedJWT: The token provided is not a valid JWT'],
    ['realtime:a', { config: { postgres_changes: [{ event: 'DROP' }] } }, 'UnknownErrorOnChannel: An entry'],
    [
      'realtime:a',
      { config: { broadcast: { replay: { since: 1 } } } },
      'UnableToReplayMessages: Replay is not allowed',
    ],
    [
      'realtime:a',
      { config: { private: 'true', broadcast: { replay: { since: 'x' } } } },
      'UnableToReplayMessages: Replay params are not valid',
    ],
    [
      'realtime:a',
      { config: { postgres_changes: [{ event: '*' }], postgres_changes_options: { wait: true } } },
      'RealtimeDisabledForConfiguration: ',
    ],
  ])('a join of %s with %j says why not', async (topic, payload, reason) => {
    const client = await realtime.connect();
    client.send(joinFrame(topic, '1', payload));
    expect((await client.heard('phx_reply', '1'))[4]).toMatchObject({
      status: 'error',
      response: { reason: expect.stringContaining(reason) },
    });
    await leave(client);
  });

  test('a connection has a bounded number of channels', async () => {
    const client = await realtime.connect();
    client.send(...['a', 'b', 'c', 'd'].map((name, at) => joinFrame(`realtime:${name}`, String(at))));
    expect((await client.heard('phx_reply', '3'))[4]).toEqual(failed('ChannelRateLimitReached: Too many channels'));
    expect((await client.heard('phx_reply', '2'))[4]).toMatchObject({ status: 'ok' });
    await leave(client);
  });

  test('subscriptions are repeated with an id, which is the same every time', async () => {
    const entries = [{ event: '*', schema: 'public', table: 'todos', filter: 'id=eq.1' }, { event: 'INSERT' }];
    const ids: unknown[] = [];
    for (let round = 0; round < 2; round += 1) {
      const client = await realtime.connect({ query: 'vsn=1.0.0' });
      const payload = { config: { postgres_changes: entries } };
      client.send({ topic: 'realtime:t', event: 'phx_join', payload, ref: '1', join_ref: '1' });
      const { response } = (await client.heard('phx_reply', '1'))[4] as { response: { postgres_changes: object[] } };
      expect(response.postgres_changes).toEqual(entries.map((entry) => ({ id: expect.any(Number), ...entry })));
      ids.push(response.postgres_changes);
      await leave(client);
    }
    expect(ids[0]).toEqual(ids[1]);
  });

  test.each<[string, string | Buffer]>([
    ['text that is no JSON', '{"topic":'],
    ['an object where arrays are spoken', '{"topic":"phoenix"}'],
    ['a binary frame cut short', Buffer.from([3, 9, 9])],
    ['nesting without end', '['.repeat(100_000)],
  ])('%s closes the connection', async (_name, frame) => {
    const client = await realtime.connect();
    client.send(frame);
    expect(await client.closed).toBe(1007);
  });

  test('a frame beyond the largest closes the connection', async () => {
    const client = await realtime.connect();
    client.send(randomBytes(1_200_000));
    expect(await client.closed).toBe(1009);
  });

  test('a flood closes the connection', async () => {
    const client = await realtime.connect();
    for (let n = 0; n < 200; n += 1) client.send([null, String(n), 'phoenix', 'heartbeat', {}]);
    expect(await client.closed).toBe(1008);
  });
});

describe('messages', () => {
  test('a payload of a megabyte reaches the others', async () => {
    const [one, two] = [await realtime.connect(), await realtime.connect()];
    await enter(one, 'realtime:large');
    await enter(two, 'realtime:large');
    const text = 'é'.repeat(500_000);
    one.send(['1', null, 'realtime:large', 'broadcast', { type: 'broadcast', event: 'big', payload: { text } }]);
    expect(await two.heard('broadcast')).toEqual([
      null,
      null,
      'realtime:large',
      'broadcast',
      { type: 'broadcast', event: 'big', payload: { text } },
    ]);
    expect(one.frames.some((frame) => Array.isArray(frame) && frame[3] === 'broadcast')).toBe(false);
    await Promise.all([one, two].map(leave));
  });

  test.each([
    ['of another type', { type: 'other', event: 'x' }, 'A broadcast is'],
    ['without the name of an event', { type: 'broadcast', event: 7 }, 'A broadcast is'],
    ['without a payload', null, 'A broadcast is'],
    [
      'that is too large',
      { type: 'broadcast', event: 'x', payload: 'y'.repeat(1_100_001) },
      'at most 1100000 are accepted',
    ],
  ])('a broadcast %s is refused', async (_name, payload, reason) => {
    const client = await realtime.connect();
    await enter(client, 'realtime:strict');
    client.send(['1', '2', 'realtime:strict', 'broadcast', payload]);
    expect((await client.heard('phx_reply', '2'))[4]).toMatchObject({
      status: 'error',
      response: { reason: expect.stringContaining(reason) },
    });
    await leave(client);
  });

  test('presence takes objects of a bounded size, a bounded number of times', async () => {
    const client = await realtime.connect();
    await enter(client, 'realtime:p');
    client.send(
      track('2', 'text'),
      track('3', { text: 'x'.repeat(1_000) }),
      track('4', { n: 1 }),
      track('5', { n: 2 }),
    );
    expect((await client.heard('phx_reply', '2'))[4]).toMatchObject({ status: 'error' });
    expect((await client.heard('phx_reply', '3'))[4]).toMatchObject({ status: 'error' });
    expect((await client.heard('phx_reply', '5'))[4]).toEqual(OK);
    client.send(track('6', { n: 3 }), track('7', { n: 4 }));
    expect((await client.heard('system'))[4]).toMatchObject({ message: 'Client presence rate limit exceeded' });
    await client.heard('phx_close');
    await leave(client);
  });

  test('a client that does not read is cut off, and the others go on', async () => {
    const [speaker, reader, deaf] = [await realtime.connect(), await realtime.connect(), await realtime.connect()];
    for (const client of [speaker, reader, deaf]) await enter(client, 'realtime:crowd');
    deaf.socket.pause();
    const frame = [
      '1',
      null,
      'realtime:crowd',
      'broadcast',
      { type: 'broadcast', event: 'x', payload: { text: 'x'.repeat(1_000_000) } },
    ];
    const count = (): number => reader.frames.filter((one) => Array.isArray(one) && one[3] === 'broadcast').length;
    for (let n = 1; n <= 30; n += 1) {
      speaker.send(frame);
      await expect.poll(count, { interval: 5 }).toBe(n);
    }
    deaf.socket.resume();
    expect(await deaf.closed).toBe(1006);
    expect(deaf.frames.length).toBeLessThan(30);
    await Promise.all([speaker, reader].map(leave));
  });

  test('a client that is silent for too long is cut off', async () => {
    const [silent, alive] = [await realtime.connect(), await realtime.connect()];
    realtime.clock.nowMs += 60_000;
    alive.send([null, '1', 'phoenix', 'heartbeat', {}]);
    await alive.heard('phx_reply', '1');
    realtime.clock.nowMs += 30_000;
    expect(await silent.closed).toBe(1006);
    expect(alive.socket.readyState).toBe(alive.socket.OPEN);
    await leave(alive);
  });

  test('a channel ends with its token, the connection does not', async () => {
    const client = await realtime.connect();
    const token = realtime.token({ exp: Math.floor(realtime.clock.nowMs / 1000) + 10 });
    await enter(client, 'realtime:short', { access_token: token });
    realtime.clock.nowMs += 11_000;
    expect((await client.heard('system'))[4]).toMatchObject({
      extension: 'system',
      status: 'error',
      message: 'Token has expired 1 seconds ago',
      channel: 'short',
    });
    expect(await client.heard('phx_close')).toEqual(['1', '1', 'realtime:short', 'phx_close', {}]);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    await leave(client);
  });

  test('a channel ends within seconds when its token is revoked, unless it has got another', async () => {
    const [client, other] = [await realtime.connect(), await realtime.connect()];
    const [token, next] = [realtime.token({ sub: 'a' }), realtime.token({ sub: 'a', n: 2 })];
    await enter(client, 'realtime:r', { access_token: token });
    await enter(other, 'realtime:r', { access_token: token });
    other.send(['1', '9', 'realtime:r', 'access_token', { access_token: next }]);
    other.send([null, '10', 'phoenix', 'heartbeat', {}]);
    await other.heard('phx_reply', '10');
    realtime.revoked.add(token);
    await client.heard('phx_close');
    other.send(['1', '11', 'realtime:r', 'presence', { event: 'untrack' }]);
    expect((await other.heard('phx_reply', '11'))[4]).toEqual(OK);
    await Promise.all([client, other].map(leave));
  });
});

const OK = { status: 'ok', response: {} };

function failed(reason: string): object {
  return { status: 'error', response: { reason } };
}

function track(ref: string, payload: unknown): unknown[] {
  return ['1', ref, 'realtime:p', 'presence', { type: 'presence', event: 'track', payload }];
}
