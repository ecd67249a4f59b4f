import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  findNatsServer,
  type NatsServer,
  proofSize,
  type RunningServer,
  startNatsServer,
  startServer,
  startTestCluster,
  type TestCluster,
} from '@ashlar/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { Probe, PROBED_SERVER } from './fixtures/probe.ts';

// A PostgreSQL "somebody else runs", and two processes of one instance whose services want events.
const PATIENCE_MS = 30_000;
/** Promised on a machine of one's own; the short run shares two cores with other tests. */
const TAKEOVER_MS = proofSize('stream-faults', { short: 20_000, full: 5_000 });

let cluster: TestCluster;
let dataDir: string;
let admin: Client;
let probe: Probe;
let nats: NatsServer | null = null;
let environment: Readonly<Record<string, string>>;
const running = new Map<string, RunningServer>();

beforeAll(async () => {
  cluster = await startTestCluster();
  if (findNatsServer() !== null) nats = await startNatsServer();
  dataDir = await mkdtemp(join(tmpdir(), 'ashlar-processes-'));
  const access = cluster.cluster.admin('postgres');
  environment = {
    ASHLAR_DATABASE_URL: `postgresql://${access.user}:${encodeURIComponent(access.password)}@127.0.0.1:${access.port}/postgres`,
  };
  admin = new Client(access);
  await admin.connect();
  probe = new Probe(
    async (text, values) => (await admin.query(text, values === undefined ? undefined : [...values])).rows,
  );
});
afterAll(async () => {
  await Promise.all([...running.values()].map((server) => server.stop()));
  await admin.end();
  await nats?.close();
  await cluster.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function serve(service: string): Promise<void> {
  running.set(service, await startServer({ dataDir, args: ['serve', service], main: PROBED_SERVER, environment }));
}

test(
  'each process handles what its own services want, whichever of them reads the log',
  { timeout: 120_000 },
  async () => {
    await Promise.all([serve('identity'), serve('storage')]);
    await probe.begin();
    await probe.emit(40);
    await probe.expectAllOnce();
    for (let round = 0; round < 5; round += 1) await probe.emit(1);
    await probe.expectAllOnce();
    expect(await probe.slots()).toBe(1);
  },
);

test(
  'a process whose project rests is woken by events that another one reads',
  { timeout: PATIENCE_MS * 3 },
  async () => {
    await running.get('storage')?.end('SIGTERM');
    environment = { ...environment, ASHLAR_PROJECT_IDLE_SECONDS: '1' };
    await serve('storage');
    await expect
      .poll(
        async () => (await admin.query(`select from pg_stat_activity where usename like '%_storage'`)).rows.length,
        {
          timeout: PATIENCE_MS,
        },
      )
      .toBe(0);
    await probe.emit(7);
    await probe.expectAllOnce();
  },
);

test(
  'when the reading process dies, the other takes over within five seconds, and none is lost',
  { timeout: 180_000 },
  async () => {
    // From here on with NATS where there is one; until the second has begun anew, only one of them hears over it.
    const { ASHLAR_PROJECT_IDLE_SECONDS: _short, ...others } = environment;
    environment = nats === null ? others : { ...others, ASHLAR_NATS_URL: nats.url };
    for (const service of ['identity', 'storage']) {
      await probe.emit(50);
      await running.get(service)?.end('SIGKILL');
      await probe.emit(20);
      const readers = async (): Promise<number> =>
        (await admin.query(`select from pg_replication_slots where slot_name ~ '^ashlar_[0-9]+$' and active`)).rows
          .length;
      await expect.poll(readers, { timeout: TAKEOVER_MS }).toBe(1);
      await serve(service);
      await probe.emit(5);
      await probe.expectAllOnce();
    }
  },
);

test.skipIf(findNatsServer() === null)(
  'with NATS events go to the other process over JetStream, and neither its end nor the loss of all it held loses one',
  { timeout: PATIENCE_MS * 4 },
  async () => {
    if (nats === null) throw new Error('It was there a moment ago');
    const connection = await connect({ servers: nats.url });
    onTestFinished(() => connection.close());
    const manager = await jetstreamManager(connection);
    const kept = async (): Promise<number> => {
      const streams = await manager.streams.list().next();
      return streams.reduce((sum, { state }) => sum + state.messages, 0);
    };
    await expect
      .poll(
        async () => {
          await probe.emit(1);
          return kept();
        },
        { timeout: PATIENCE_MS },
      )
      .toBeGreaterThan(0);
    const before = await kept();
    for (let round = 0; round < 20; round += 1) await probe.emit(1);
    await probe.expectAllOnce();
    expect(await kept()).toBeGreaterThan(before);

    await nats.kill();
    await probe.emit(30);
    await probe.expectAllOnce();
    await nats.empty();
    await nats.start();
    for (let round = 0; round < 10; round += 1) await probe.emit(3);
    await probe.expectAllOnce();
  },
);
