import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient, type RealtimeChannel } from '@supabase/supabase-js';
import { findNatsServer, type RunningServer, startNatsServer, startServer, startTestCluster } from '@ashlar/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GATEWAY, serviceNames } from './composition.ts';

/** Six seconds of silence and what a busy machine adds. */
const GONE_WITHIN_MS = 30_000;
const PATIENCE_MS = 20_000;

describe.skipIf(findNatsServer() === null)('two processes that serve realtime, over NATS', () => {
  const closing = new AsyncDisposableStack();
  let here: RunningServer;
  let there: RunningServer;

  beforeAll(async () => {
    const cluster = await startTestCluster();
    closing.defer(() => cluster.close());
    const nats = await startNatsServer();
    closing.defer(() => nats.kill());
    const dataDir = await mkdtemp(join(tmpdir(), 'ashlar-rooms-'));
    closing.defer(() => rm(dataDir, { recursive: true, force: true }));
    const { password, port, user } = cluster.cluster.admin('postgres');
    // Nobody asks for the other services.
    const others = serviceNames.filter((name) => name !== GATEWAY && name !== 'realtime');
    const environment = {
      ...Object.fromEntries(others.map((name) => [`ASHLAR_UPSTREAM_${name.toUpperCase()}`, 'http://127.0.0.1:9'])),
      ASHLAR_DATABASE_URL: `postgresql://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`,
      NATS_URL: nats.url,
    };
    const serve = async (): Promise<RunningServer> => {
      const server = await startServer({ dataDir, args: ['serve', GATEWAY, 'realtime'], environment });
      closing.defer(() => server.stop());
      return server;
    };
    [here, there] = await Promise.all([serve(), serve()]);
  }, 120_000);

  afterAll(() => closing.disposeAsync(), 60_000);

  async function enter(
    server: RunningServer,
    presenceKey: string,
    { key = server.anonKey, topic = 'room', isPrivate = false } = {},
  ): Promise<{ channel: RealtimeChannel; heard: unknown[] }> {
    const client = createClient(server.url, key, { auth: { persistSession: false } });
    const channel = client.channel(topic, { config: { private: isPrivate, presence: { key: presenceKey } } });
    const heard: unknown[] = [];
    channel.on('broadcast', { event: 'hello' }, ({ payload }) => heard.push(payload));
    channel.on('presence', { event: 'sync' }, () => undefined);
    const status = await new Promise((resolve) => channel.subscribe(resolve));
    expect(status).toBe('SUBSCRIBED');
    closing.defer(async () => void (await client.removeAllChannels()));
    return { channel, heard };
  }

  /** What a client is told of the table `notes`, from now on. */
  async function listen(server: RunningServer, key: string): Promise<unknown[]> {
    const client = createClient(server.url, key, { auth: { persistSession: false } });
    closing.defer(async () => void (await client.removeAllChannels()));
    const heard: unknown[] = [];
    const ready = Promise.withResolvers<void>();
    client
      .channel('notes')
      .on<{ id: number }>('postgres_changes', { event: '*', schema: 'public', table: 'notes' }, (change) =>
        heard.push([change.eventType, (change.eventType === 'DELETE' ? change.old : change.new).id]),
      )
      .on('system', {}, () => ready.resolve())
      .subscribe();
    await ready.promise;
    return heard;
  }

  test(
    'tell a member who lost the right to a private channel nothing a second later',
    { timeout: 120_000 },
    async () => {
      await here.sql(`
      create table guests (room text);
      insert into guests values ('club');
      grant select on guests to anon;
      create policy listen on realtime.messages for select to anon
        using (exists (select from guests where room = realtime.topic()));`);
      const club = { topic: 'club', isPrivate: true };
      const [ada, ibn] = [
        await enter(here, 'ada', { ...club, key: here.serviceRoleKey }),
        await enter(there, 'ibn', club),
      ];
      await ada.channel.track({ at: 1 });
      await expect.poll(() => ibn.channel.presenceState()['ada'], { timeout: PATIENCE_MS }).toMatchObject([{ at: 1 }]);
      await ada.channel.send({ type: 'broadcast', event: 'hello', payload: { n: 1 } });
      await expect.poll(() => ibn.heard, { timeout: PATIENCE_MS }).toEqual([{ n: 1 }]);
      const { promise: closed, resolve } = Promise.withResolvers<void>();
      ibn.channel.on('system', {}, () => resolve());
      await here.sql('delete from guests');
      await delay(1_000);
      await ada.channel.track({ at: 2 });
      for (let n = 2; n < 10; n += 1) await ada.channel.send({ type: 'broadcast', event: 'hello', payload: { n } });
      await closed;
      expect(ibn.heard).toEqual([{ n: 1 }]);
      expect(ibn.channel.presenceState()['ada']).toMatchObject([{ at: 1 }]);
    },
  );

  test('tell changes of tables that one of them reads, each to whom it may', { timeout: 120_000 }, async () => {
    await here.sql(`
      create table notes (id int primary key, open bool);
      alter table notes enable row level security, replica identity full;
      create policy all_see_open on notes to anon using (open);
      grant select on notes to anon;
      alter publication supabase_realtime add table notes`);
    const [openHere, allHere] = [await listen(here, here.anonKey), await listen(here, here.serviceRoleKey)];
    const [openThere, allThere] = [await listen(there, there.anonKey), await listen(there, there.serviceRoleKey)];
    await expect
      .poll(() => here.sql(`select from pg_replication_slots where active and database = current_database()`), {
        timeout: PATIENCE_MS,
      })
      .toHaveLength(1);
    const told: unknown[] = [];
    for (const [event, statement] of [
      ['INSERT', 'insert into notes values (1, true), (2, false)'],
      ['UPDATE', 'update notes set open = open'],
      ['DELETE', 'delete from notes'],
    ] as const) {
      await here.sql(statement);
      told.push([event, 1], [event, 2]);
      const open = told.filter((one) => Array.isArray(one) && one[1] === 1);
      for (const heard of [allHere, allThere]) await expect.poll(() => heard, { timeout: PATIENCE_MS }).toEqual(told);
      for (const heard of [openHere, openThere]) await expect.poll(() => heard, { timeout: PATIENCE_MS }).toEqual(open);
    }
  });

  test('hear and see each other, until one of them is killed', { timeout: 120_000 }, async () => {
    const [ada, ibn] = await Promise.all([enter(here, 'ada'), enter(there, 'ibn')]);
    await Promise.all([ada.channel.track({ at: 1 }), ibn.channel.track({ at: 2 })]);
    for (const { channel } of [ada, ibn]) {
      await expect
        .poll(() => Object.keys(channel.presenceState()).toSorted(), { timeout: PATIENCE_MS })
        .toEqual(['ada', 'ibn']);
    }
    await ada.channel.send({ type: 'broadcast', event: 'hello', payload: { by: 'websocket' } });
    const said = await fetch(`${here.url}/realtime/v1/api/broadcast`, {
      method: 'POST',
      headers: { apikey: here.anonKey, 'content-type': 'application/json' },
      body: JSON.stringify({ messages: [{ topic: 'room', event: 'hello', payload: { by: 'http' } }] }),
    });
    expect(said.status).toBe(202);
    await expect.poll(() => ibn.heard, { timeout: PATIENCE_MS }).toEqual([{ by: 'websocket' }, { by: 'http' }]);
    expect(ada.heard).toEqual([{ by: 'http' }]);
    // What comes from the log is heard by each process itself, and not a second time from the other.
    await here.sql(`select realtime.send('{"by": "sql"}', 'hello', 'room', false)`);
    await expect.poll(() => [ada.heard.length, ibn.heard.length], { timeout: PATIENCE_MS }).toEqual([2, 3]);
    await there.end('SIGKILL');
    await expect.poll(() => Object.keys(ada.channel.presenceState()), { timeout: GONE_WITHIN_MS }).toEqual(['ada']);
    expect(ada.heard).toHaveLength(2);
  });
});
