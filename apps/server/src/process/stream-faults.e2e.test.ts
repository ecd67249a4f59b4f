import { readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  findNatsServer,
  makeInstanceFolder,
  type NatsServer,
  proofSize,
  type RunningServer,
  startNatsServer,
  startServer,
} from '@ashlar/testing';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { GATEWAY, serviceNames } from '../composition.ts';
import { LiveCopy } from './fixtures/live-copy.ts';
import { Probe, PROBED_SERVER, PROBES } from './fixtures/probe.ts';

const ROUNDS = proofSize('stream-faults', { short: 4, full: 20 });
const WRITERS = proofSize('stream-faults', { short: 4, full: 16 });
const PATIENCE_MS = 120_000;
const SEED = 20_261_121;

interface Written {
  /** Ids of events whose transaction the database has acknowledged. */
  readonly committed: Set<string>;
  /** Ids of events whose transaction was rolled back. */
  readonly undone: Set<string>;
}

/** Emits numbered events of one subject, with a row for each, until told to stop; every third transaction is rolled back. */
async function write(dbUrl: () => string, subject: string, written: Written, stop: AbortSignal): Promise<void> {
  for (let n = 0; !stop.aborted;) {
    const client = new Client(dbUrl());
    client.on('error', () => undefined);
    try {
      await client.connect();
      while (!stop.aborted) {
        n += 1;
        await client.query('begin');
        const { rows } = await client.query<{ id: string }>(
          `insert into public.facts select events.emit('app.thing.happened', $1, jsonb_build_object('n', $2::int))
           returning id::text`,
          [subject, n],
        );
        await client.query(n % 3 === 0 ? 'rollback' : 'commit');
        (n % 3 === 0 ? written.undone : written.committed).add(rows[0]?.id ?? '');
        await delay(5);
      }
    } catch {
      await delay(50);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

async function postmasterPid(dataDir: string): Promise<number> {
  const [pid] = (await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
  return Number(pid);
}

/** Backends outlive a killed postmaster for a moment and still acknowledge; only a new one lets anybody in. */
async function killPostmaster(dataDir: string, answers: () => Promise<unknown>): Promise<void> {
  const killed = await postmasterPid(dataDir);
  process.kill(killed, 'SIGKILL');
  const isBack = async (): Promise<boolean> => {
    try {
      if ((await postmasterPid(dataDir)) === killed) return false;
      await answers();
      return true;
    } catch {
      return false;
    }
  };
  await expect.poll(isBack, { timeout: PATIENCE_MS }).toBe(true);
}

/** A port nobody else has a moment ago: both processes know PostgreSQL by it, over all its lives. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const SERVED_BESIDE = ['realtime', 'identity', 'storage'];

/** A second process of the instance, on the same PostgreSQL, with realtime for its clients and a part of the services. */
async function startBeside(dataDir: string, dbUrl: string, natsUrl: string): Promise<RunningServer> {
  const { superuserPassword } = JSON.parse(await readFile(join(dataDir, 'keys', 'instance.json'), 'utf8'));
  const others = serviceNames.filter((name) => name !== GATEWAY && !SERVED_BESIDE.includes(name));
  return startServer({
    dataDir,
    main: PROBED_SERVER,
    args: ['serve', GATEWAY, ...SERVED_BESIDE],
    environment: {
      // Nobody asks for these.
      ...Object.fromEntries(others.map((name) => [`ASHLAR_UPSTREAM_${name.toUpperCase()}`, 'http://127.0.0.1:9'])),
      ASHLAR_DATABASE_URL: Object.assign(new URL(dbUrl), { username: 'supabase_admin', password: superuserPassword })
        .href,
      NATS_URL: natsUrl,
    },
  });
}

/** The same moments and victims in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

test.skipIf(findNatsServer() === null)(
  'whatever of two processes, PostgreSQL and NATS is killed, what is committed reaches every consumer once, and nothing else does',
  { timeout: 3_600_000 },
  async () => {
    const dataDir = await makeInstanceFolder();
    const nats: NatsServer = await startNatsServer();
    const start = (): Promise<RunningServer> =>
      startServer({
        dataDir,
        main: PROBED_SERVER,
        environment: { NATS_URL: nats.url, ASHLAR_DB_PORT: String(dbPort) },
      });
    const dbPort = await freePort();
    let server = await start();
    let beside: RunningServer | null = null;
    const probe = new Probe((text, values) => server.superuserSql(text, values));
    const [copy, copyBeside] = [new LiveCopy(), new LiveCopy()];
    const stop = new AbortController();
    const written: Written = { committed: new Set(), undone: new Set() };
    let writers: readonly Promise<void>[] = [];
    onTestFinished(async () => {
      stop.abort();
      await Promise.all(writers);
      await Promise.all([copy.leave(), copyBeside.leave()]);
      await beside?.stop();
      await server.stop();
      await nats.close();
      await rm(dataDir, { recursive: true, force: true });
    });
    beside = await startBeside(dataDir, server.dbUrl, nats.url);
    await probe.begin();
    await copy.begin(server);
    await copyBeside.follow(beside);
    writers = Array.from({ length: WRITERS }, (_, index) =>
      write(() => server.dbUrl, `s-${index}`, written, stop.signal),
    );
    const random = seeded(SEED);
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = written.committed.size;
      await delay(200 + random() * 600);
      // The first rounds kill one of each, so that a short run proves what matters most.
      const victim = round < 4 ? round : Math.floor(random() * 4);
      if (victim === 0) {
        await Promise.all([server.end('SIGKILL'), nats.kill()]);
        await nats.start();
        server = await start();
        await copy.follow(server);
      } else if (victim === 3) {
        await beside?.end('SIGKILL');
        beside = await startBeside(dataDir, server.dbUrl, nats.url);
        await copyBeside.follow(beside);
      } else if (victim === 1) await killPostmaster(dataDir, () => probe.slots());
      else {
        await nats.kill();
        await delay(random() * 300);
        await nats.start();
      }
      await expect.poll(() => written.committed.size, { timeout: PATIENCE_MS }).toBeGreaterThan(before + WRITERS);
    }
    stop.abort();
    await Promise.all(writers);

    // What a client was not told the end of may have been committed all the same: the event log says.
    const log = await server.superuserSql<{ id: string }>('select id::text from events.log');
    const committed = new Set(log.map(({ id }) => id));
    expect([...written.committed].filter((id) => !committed.has(id))).toEqual([]);
    expect([...written.undone].filter((id) => committed.has(id))).toEqual([]);
    // Whoever listens to the table has every row, told once or read where it was said that some may be missing.
    for (const { known, told } of [copy, copyBeside]) {
      await expect.poll(() => [...committed].filter((id) => !known.has(id)), { timeout: PATIENCE_MS }).toEqual([]);
      expect(told.length).toBeGreaterThan(ROUNDS);
      expect(told.filter((id) => !committed.has(id))).toEqual([]);
      expect(new Set(told).size).toBe(told.length);
    }
    await expect
      .poll(() => probe.count(), { timeout: PATIENCE_MS })
      .toBeGreaterThanOrEqual(committed.size * PROBES.length);
    for (const consumer of PROBES) {
      const rows = await server.superuserSql<{ id: string; subject: string; n: number }>(
        `select e.event_id::text as id, l.subject, e.n from public.effects e join events.log l on l.id = e.event_id
          where consumer = $1 order by at`,
        [consumer],
      );
      expect(rows).toHaveLength(committed.size);
      expect(new Set(rows.map(({ id }) => id))).toEqual(committed);
      const last = new Map<string, number>();
      const disordered = rows.filter(({ subject, n }) => {
        const isAfter = n > (last.get(subject) ?? 0);
        last.set(subject, n);
        return !isAfter;
      });
      expect(disordered).toEqual([]);
    }
    expect(await server.superuserSql('select from events.dead_letters')).toEqual([]);
  },
);
