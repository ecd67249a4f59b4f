import { setTimeout as delay } from 'node:timers/promises';
import type { Job } from '@ashlar/service';
import type { Observation } from '@ashlar/telemetry';
import { startTestCluster, type TestCluster } from '@ashlar/testing';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createScheduler, type Scheduler } from './create-scheduler.ts';

let running: TestCluster;
let admin: Client;
const opened: Scheduler[] = [];
let observed: Observation[] = [];

beforeAll(async () => {
  running = await startTestCluster();
  const { cluster } = running;
  admin = new Client(cluster.admin(cluster.control.database));
  await admin.connect();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((scheduler) => scheduler.close()));
  observed = [];
  await admin.query('delete from scheduler.jobs');
});
afterAll(async () => {
  await admin?.end();
  await running?.close();
});

/** `beside`: as on a server that several processes share. */
function open(kind: 'alone' | 'beside' = 'beside'): Scheduler {
  const cluster = kind === 'alone' ? running.cluster : { ...running.cluster, kind: 'external' as const };
  const made = createScheduler({ cluster, observe: (observation) => observed.push(observation) });
  opened.push(made);
  return made;
}

const job = (key: string, more: Partial<Job> = {}): Job => ({
  task: 'note',
  payload: { key },
  key,
  repeat: 'keep',
  ...more,
});

async function waiting(): Promise<number> {
  const { rows } = await admin.query<{ count: number }>('select count(*)::int from scheduler.jobs');
  return rows[0]?.count ?? 0;
}

test('processes that start together on an empty database install once and do each job once', async () => {
  const done: string[] = [];
  const schedulers = [open(), open(), open()];
  const jobs = Array.from({ length: 60 }, (_, index) => job(`start-${index}`));
  await Promise.all(schedulers.map(({ queue }) => queue.add(jobs)));
  for (const { start } of schedulers) {
    start([{ name: 'note', run: async (payload) => void done.push((payload as { key: string }).key) }]);
  }
  await vi.waitFor(() => expect(done).toHaveLength(60), { timeout: 10_000 });
  await vi.waitFor(async () => expect(await waiting()).toBe(0), { timeout: 30_000 });
  expect(new Set(done).size).toBe(60);
});

test('a job of the same key is no second one, not even while the first runs', async () => {
  let runs = 0;
  const { promise: added, resolve } = Promise.withResolvers<void>();
  const { queue, start } = open();
  start([
    {
      name: 'note',
      run: async () => {
        runs += 1;
        await added;
      },
    },
  ]);
  await queue.add([job('once')]);
  await vi.waitFor(() => expect(runs).toBe(1), { timeout: 30_000 });
  await queue.add([job('once'), job('once')]);
  resolve();
  await vi.waitFor(async () => expect(await waiting()).toBe(0), { timeout: 30_000 });
  expect(runs).toBe(1);
});

test('a job that fails is tried again, and jobs of its lane go on meanwhile, one after the other', async () => {
  const runs: string[] = [];
  let together = 0;
  let most = 0;
  const { queue, start } = open();
  start([
    {
      name: 'note',
      run: async (payload, { attempt }) => {
        const { key } = payload as { key: string };
        runs.push(`${key} ${attempt}`);
        most = Math.max(most, (together += 1));
        await delay(20);
        together -= 1;
        if (key === 'lane-0' && attempt === 1) throw new Error('not yet');
      },
    },
  ]);
  await queue.add(Array.from({ length: 12 }, (_, index) => job(`lane-${index}`, { lane: 'one' })));
  await vi.waitFor(async () => expect(await waiting()).toBe(0), { timeout: 30_000 });
  expect(most).toBe(1);
  // After how many of them it is tried again is the machine's business.
  expect(runs.filter((run) => run !== 'lane-0 2')).toEqual(Array.from({ length: 12 }, (_, index) => `lane-${index} 1`));
  expect(runs.indexOf('lane-0 2')).toBeGreaterThan(1);
});

test('jobs of a process that was killed are done by another within half a minute', { timeout: 60_000 }, async () => {
  const { queue, start } = open();
  await queue.add([job('orphan')]);
  // As a process leaves it that took the job, and its lane, and was killed before its first sign of life.
  await admin.query(
    `update scheduler.jobs set state = 'running', locked_by = 'pool-dead', started_at = now(), attempts = 1`,
  );
  let attempt = 0;
  start([{ name: 'note', run: async (_, run) => void (attempt = run.attempt) }]);
  await vi.waitFor(() => expect(attempt).toBe(2), { timeout: 30_000, interval: 200 });
  expect(observed).toContainEqual({ kind: 'jobs.taken-over', workers: 1 });
});

test('a process alone on its database takes over at once, a living neighbour is left alone', async () => {
  const alone = open('alone');
  await alone.queue.add([job('left')]);
  await admin.query(
    `update scheduler.jobs set state = 'running', locked_by = 'pool-gone', started_at = now(), attempts = 1`,
  );
  let runs = 0;
  alone.start([{ name: 'note', run: async () => void (runs += 1) }]);
  await vi.waitFor(() => expect(runs).toBe(1), { timeout: 30_000 });
  // Its end is noted a moment later, and until then it would count among the neighbour's.
  await vi.waitFor(async () => expect(await waiting()).toBe(0), { timeout: 30_000 });

  await admin.query(`insert into scheduler.workers (pool_id, seen_at) values ('pool-alive', now())`);
  const { takeOver } = await import('./heartbeat.ts');
  const { openPool } = await import('./open-pool.ts');
  const pool = openPool(running.cluster.control);
  await alone.queue.add([job('theirs', { task: 'other' })]);
  await admin.query(
    `update scheduler.jobs set state = 'running', locked_by = 'pool-alive', started_at = now() - interval '1 hour'`,
  );
  await takeOver(pool, () => undefined, 20);
  const { rows } = await admin.query('select locked_by from scheduler.jobs');
  expect(rows).toEqual([{ locked_by: 'pool-alive' }]);
  await pool.end();
});

test('a stop lets a job finish, and one that takes too long is told to end', async () => {
  const { queue, start, close } = open();
  let aborted = false;
  let began = false;
  start([
    {
      name: 'note',
      run: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          began = true;
          signal.addEventListener('abort', () => {
            aborted = true;
            reject(new Error('stopped'));
          });
        }),
    },
  ]);
  await queue.add([job('long')]);
  await vi.waitFor(() => expect(began).toBe(true), { timeout: 30_000 });
  await close();
  expect(aborted).toBe(true);
  expect(await waiting()).toBe(1);
  await expect(queue.add([job('late')])).rejects.toThrow('closed');
});

test('a stop at any moment of the start has an end', { timeout: 120_000 }, async () => {
  await open().queue.add([]);
  for (const afterMs of [0, 1, 5, 10, 15, 20, 25, 30, 40, 60, 100, 200]) {
    const { start, close } = open();
    start([{ name: 'note', run: async () => undefined }]);
    await delay(afterMs);
    await expect(Promise.race([close().then(() => 'closed'), delay(30_000, 'stuck', { ref: false })])).resolves.toBe(
      'closed',
    );
  }
});

test('a job that ends while the database is away is noted once it is back', async () => {
  let runs = 0;
  const { queue, start } = open();
  start([
    {
      name: 'note',
      run: async () => {
        runs += 1;
        await admin.query('alter role ashlar_platform nologin');
        await admin.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'ashlar jobs'`,
        );
      },
    },
  ]);
  await queue.add([job('cut', { lane: 'cut' })]);
  await vi.waitFor(() => expect(runs).toBe(1), { timeout: 30_000 });
  await delay(1_500);
  expect(await waiting()).toBe(1);
  await admin.query('alter role ashlar_platform login');
  await vi.waitFor(async () => expect(await waiting()).toBe(0), { timeout: 30_000 });
  expect(runs).toBe(1);
});

test('nobody but the platform reaches the jobs', async () => {
  await open().queue.add([]);
  for (const role of ['anon', 'authenticated', 'service_role', 'postgres', 'identity', 'control']) {
    await admin.query(`set role ${role}`);
    await expect(admin.query('select from scheduler.jobs')).rejects.toMatchObject({ code: '42501' });
    await expect(admin.query(`select scheduler.add('[]')`)).rejects.toMatchObject({ code: '42501' });
    await admin.query('reset role');
  }
});
