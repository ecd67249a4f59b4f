import { setTimeout as delay } from 'node:timers/promises';
import {
  createClient,
  type RealtimeChannel,
  type RealtimeChannelOptions,
  type SupabaseClient,
} from '@supabase/supabase-js';
import { startServer, type RunningServer } from '@ashlar/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

let server: RunningServer;
const clients: SupabaseClient[] = [];

beforeAll(async () => {
  server = await startServer();
  await server.sql(`
    create table members (user_id uuid, room text, primary key (user_id, room));
    grant select on members to authenticated;
    create policy listen on realtime.messages for select to authenticated
      using (exists (select from members m where m.user_id = auth.uid() and m.room = realtime.topic()));
    create policy speak on realtime.messages for insert to authenticated
      with check (extension = 'presence' or exists (
        select from members m where m.user_id = auth.uid() and m.room = realtime.topic() and m.room <> 'read-only'));`);
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.removeAllChannels()));
});

afterAll(() => server?.stop());

function connect(options: { vsn?: string; key?: string } = {}): SupabaseClient {
  const client = createClient(server.url, options.key ?? server.publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false, storageKey: `s${clients.length}` },
    realtime: { vsn: options.vsn ?? '2.0.0' },
  });
  clients.push(client);
  return client;
}

async function signUp(client: SupabaseClient, rooms: readonly string[]): Promise<string> {
  const email = `${crypto.randomUUID()}@example.org`;
  const { data, error } = await client.auth.signUp({ email, password: 'correct horse battery' });
  expect(error).toBeNull();
  const id = data.user?.id ?? '';
  for (const room of rooms) await server.sql('insert into members values ($1, $2)', [id, room]);
  await client.realtime.setAuth();
  return id;
}

/** Resolves with the state the join ended in. */
function subscribe(channel: RealtimeChannel): Promise<{ status: string; error: string | undefined }> {
  return new Promise((resolve) => {
    channel.subscribe((status, error) => resolve({ status, error: error?.message }));
  });
}

function present(key: string): RealtimeChannelOptions {
  return { config: { presence: { key, enabled: true } } };
}

interface Heard {
  event: string;
  payload: unknown;
}

function listen(channel: RealtimeChannel): Heard[] {
  const heard: Heard[] = [];
  channel.on('broadcast', { event: '*' }, ({ event, payload }) => heard.push({ event, payload }));
  return heard;
}

describe.each(['1.0.0', '2.0.0'])('over vsn %s', (vsn) => {
  test('a broadcast reaches the others and, when wanted, its sender, with an acknowledgement', async () => {
    const [one, two, three] = [connect({ vsn }), connect({ vsn: '2.0.0' }), connect({ vsn: '1.0.0' })];
    const room = `room ${vsn}`;
    const sender = one.channel(room, { config: { broadcast: { self: true, ack: true } } });
    const others = [two.channel(room), three.channel(room)];
    const heard = [sender, ...others].map(listen);
    for (const channel of [sender, ...others]) expect(await subscribe(channel)).toMatchObject({ status: 'SUBSCRIBED' });

    const message = { text: 'مرحبا "اثنان"', n: 1.5, nothing: null };
    expect(await sender.send({ type: 'broadcast', event: 'greeting', payload: message })).toBe('ok');
    await expect.poll(() => heard).toEqual(Array.from({ length: 3 }, () => [{ event: 'greeting', payload: message }]));

    const [quiet] = others;
    await quiet?.send({ type: 'broadcast', event: 'answer', payload: { x: 1 } });
    await expect.poll(() => heard.map(({ length }) => length)).toEqual([2, 1, 2]);
  });

  test('messages over HTTP reach the members of their channel', async () => {
    const client = connect({ vsn });
    const channel = client.channel(`http ${vsn}`);
    const heard = listen(channel);
    await subscribe(channel);
    const sender = connect({ vsn });
    const result = await sender.channel(`http ${vsn}`).httpSend('news', { n: 1 });
    expect(result).toEqual({ success: true });
    await expect.poll(() => heard).toEqual([{ event: 'news', payload: { n: 1 } }]);
  });

  test('members see who is present, who changes and who leaves', async () => {
    const [one, two] = [connect({ vsn }), connect({ vsn })];
    const [ada, ibn] = [one.channel(`hall ${vsn}`, present('ada')), two.channel(`hall ${vsn}`, present('ibn'))];
    for (const channel of [ada, ibn]) channel.on('presence', { event: 'sync' }, () => undefined);
    await subscribe(ada);
    expect(await ada.track({ mood: 'curious' })).toBe('ok');
    await subscribe(ibn);
    await expect.poll(() => ibn.presenceState()).toMatchObject({ ada: [{ mood: 'curious' }] });

    await ibn.track({ mood: 'busy' });
    await expect.poll(() => Object.keys(ada.presenceState()).toSorted()).toEqual(['ada', 'ibn']);
    await ibn.track({ mood: 'calm' });
    await expect.poll(() => ada.presenceState()).toMatchObject({ ibn: [{ mood: 'calm' }] });
    expect(ada.presenceState()['ibn']).toHaveLength(1);

    await ada.untrack();
    await expect.poll(() => Object.keys(ibn.presenceState())).toEqual(['ibn']);
    await two.realtime.disconnect();
    await expect.poll(() => Object.keys(ada.presenceState())).toEqual([]);
  });

  test('a private channel admits whom the policies admit, and is not the public one of its name', async () => {
    const [member, stranger, outsider] = [connect({ vsn }), connect({ vsn }), connect({ vsn })];
    await signUp(member, ['vault']);
    await signUp(stranger, []);
    const inside = member.channel('vault', { config: { private: true, broadcast: { self: true } } });
    const heard = listen(inside);
    expect(await subscribe(inside)).toMatchObject({ status: 'SUBSCRIBED' });

    const refused = await subscribe(stranger.channel('vault', { config: { private: true } }));
    expect(refused.status).toBe('CHANNEL_ERROR');
    expect(refused.error).toContain('You do not have permissions to read from this Channel topic: vault');
    expect((await subscribe(outsider.channel('vault', { config: { private: true } }))).status).toBe('CHANNEL_ERROR');

    // The client knows one channel per name, so the public one takes another client.
    const publicTwin = connect({ vsn }).channel('vault', { config: { broadcast: { ack: true } } });
    await subscribe(publicTwin);
    expect(await publicTwin.send({ type: 'broadcast', event: 'forged', payload: {} })).toBe('ok');
    const forger = connect({ vsn }).channel('vault', { config: { private: true } });
    await expect(() => forger.httpSend('forged', {})).rejects.toThrow('Unauthorized');
    await inside.send({ type: 'broadcast', event: 'secret', payload: { n: 1 } });
    await expect.poll(() => heard).toEqual([{ event: 'secret', payload: { n: 1 } }]);
  });

  test('what was stored in a private channel is replayed to a member who joins late', async () => {
    const member = connect({ vsn });
    await signUp(member, ['archive']);
    for (const n of [1, 2, 3]) await server.sql(`select realtime.send($1, 'news', 'archive')`, [{ n }]);
    const late = member.channel('archive', {
      config: { private: true, broadcast: { replay: { since: Date.now() - 600_000, limit: 2 } } },
    });
    const replayed: unknown[] = [];
    // The log may tell of them as well, after the join; that is no replay.
    late.on('broadcast', { event: 'news' }, ({ payload, meta }) => {
      if (meta?.replayed === true) replayed.push(payload['n']);
    });
    expect(await subscribe(late)).toMatchObject({ status: 'SUBSCRIBED' });
    await expect.poll(() => replayed, { timeout: 30_000 }).toEqual([2, 3]);
  });
});

test('who may listen but not speak is not heard and gets no acknowledgement', async () => {
  const [reader, other] = [connect(), connect()];
  await signUp(reader, ['read-only']);
  await signUp(other, ['read-only']);
  const config = { config: { private: true, broadcast: { ack: true } } };
  const mute = reader.channel('read-only', config);
  const listener = other.channel('read-only', config);
  const heard = listen(listener);
  listener.on('presence', { event: 'sync' }, () => undefined);
  expect(await subscribe(mute)).toMatchObject({ status: 'SUBSCRIBED' });
  await subscribe(listener);
  expect(await mute.send({ type: 'broadcast', event: 'x', payload: {} }, { timeout: 500 })).toBe('timed out');
  expect(await mute.track({ here: true })).toBe('ok');
  await expect.poll(() => Object.keys(listener.presenceState())).toHaveLength(1);
  expect(heard).toEqual([]);
});

test('a member who is removed receives nothing a second later', async () => {
  const [kept, removed] = [connect(), connect()];
  await signUp(kept, ['club']);
  const id = await signUp(removed, ['club']);
  const config = { config: { private: true } };
  const [speaker, listener] = [kept.channel('club', config), removed.channel('club', config)];
  const heard = listen(listener);
  await subscribe(speaker);
  await subscribe(listener);
  await speaker.send({ type: 'broadcast', event: 'one', payload: {} });
  await expect.poll(() => heard).toHaveLength(1);
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  listener.on('system', {}, () => resolve());

  await server.sql('delete from members where user_id = $1', [id]);
  await delay(1_000);
  for (let n = 0; n < 20; n += 1) {
    await speaker.send({ type: 'broadcast', event: 'late', payload: { n } });
    await delay(20);
  }
  await closed;
  expect(heard).toHaveLength(1);
});

test('a token refreshed on an open channel keeps it, and another user loses it', async () => {
  const client = connect();
  await signUp(client, ['lounge']);
  const channel = client.channel('lounge', { config: { private: true, broadcast: { self: true } } });
  const heard = listen(channel);
  await subscribe(channel);
  await client.auth.refreshSession();
  await client.realtime.setAuth();
  await channel.send({ type: 'broadcast', event: 'again', payload: {} });
  await expect.poll(() => heard).toHaveLength(1);

  const { promise: closed, resolve } = Promise.withResolvers<string>();
  channel.on('system', {}, ({ message }: { message: string }) => resolve(message));
  const stranger = connect();
  await signUp(stranger, []);
  const { data } = await stranger.auth.getSession();
  await client.realtime.setAuth(data.session?.access_token ?? '');
  expect(await closed).toContain('You do not have permissions');
});

test('a session that is ended elsewhere ends its channels, public ones too', async () => {
  const [client, bystander] = [connect(), connect()];
  await signUp(client, ['library']);
  const ended = [client.channel('library', { config: { private: true } }), client.channel('open to all')].map(
    async (channel) => {
      const { promise, resolve } = Promise.withResolvers<string>();
      channel.on('system', {}, ({ message }: { message: string }) => resolve(message));
      expect(await subscribe(channel)).toMatchObject({ status: 'SUBSCRIBED' });
      return promise;
    },
  );
  const other = bystander.channel('open to all');
  await subscribe(other);
  const { data } = await client.auth.getSession();
  await fetch(`${server.url}/auth/v1/logout`, {
    method: 'POST',
    headers: { apikey: server.publishableKey, authorization: `Bearer ${data.session?.access_token}` },
  });
  expect(await Promise.all(ended)).toEqual(Array(2).fill('JWT revoked: its session has ended'));
  expect(other.state).toBe('joined');
});

test('bytes travel as bytes', async () => {
  const [one, two] = [connect(), connect()];
  const [sender, receiver] = [one.channel('bytes'), two.channel('bytes')];
  const heard = listen(receiver);
  await subscribe(sender);
  await subscribe(receiver);
  const bytes = new Uint8Array([0, 255, 7, 128]).buffer;
  await sender.send({ type: 'broadcast', event: 'raw', payload: bytes });
  await expect.poll(() => heard).toHaveLength(1);
  expect(heard[0]?.payload).toEqual(bytes);
});

test('two hundred clients hear every message once and in order', async () => {
  const listeners = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const client = connect();
      const channel = client.channel('stadium');
      const heard = listen(channel);
      const { status } = await subscribe(channel);
      return { status, heard };
    }),
  );
  expect(listeners.every(({ status }) => status === 'SUBSCRIBED')).toBe(true);
  const speaker = connect().channel('stadium', { config: { broadcast: { ack: true } } });
  await subscribe(speaker);
  for (let n = 0; n < 20; n += 1) {
    expect(await speaker.send({ type: 'broadcast', event: 'n', payload: { n } })).toBe('ok');
  }
  const wanted = Array.from({ length: 20 }, (_, n) => ({ event: 'n', payload: { n } }));
  await expect.poll(() => listeners.every(({ heard }) => heard.length >= 20), { timeout: 10_000 }).toBe(true);
  for (const { heard } of listeners) expect(heard).toEqual(wanted);
}, 60_000);
