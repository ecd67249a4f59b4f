import type { Job } from '@ashlar/service';
import { startTestCluster, type TestCluster } from '@ashlar/testing';
import { Client, type Pool } from 'pg';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { addJobs } from './add-jobs.ts';
import { createJobStore } from './adapters/job-store.ts';
import { createScheduleClock } from './application/schedule-clock.ts';
import { createScheduler, type Scheduler } from './create-scheduler.ts';
import { newJobId, type NewJob } from './domain/new-job.ts';

const PROJECT = 'shop';
let running: TestCluster;
let admin: Client;
let scheduler: Scheduler;
let pool: Pool;

beforeAll(async () => {
  running = await startTestCluster();
  const { cluster } = running;
  scheduler = createScheduler({ cluster: { ...cluster, kind: 'external' }, observe: () => undefined });
  pool = await scheduler.pool();
  admin = new Client(cluster.admin(cluster.control.database));
  await admin.connect();
});
afterEach(async () => {
  await admin.query('delete from scheduler.jobs; delete from scheduler.queues; delete from scheduler.schedules');
});
afterAll(async () => {
  await scheduler?.close();
  await admin?.end();
  await running?.close();
});

const newJob = (key: string, more: Partial<NewJob> = {}): NewJob => ({
  id: newJobId(),
  project: PROJECT,
  queue: 'default',
  task: 'task',
  payload: { key },
  key,
  repeat: 'keep',
  maxAttempts: 1,
  backoffMs: 1_000,
  timeoutMs: 10_000,
  ...more,
});

/** Jobs that have ended, as many as it takes for a wrong plan to show. */
async function history(count: number): Promise<void> {
  await admin.query(
    `insert into scheduler.jobs (id, project, queue, task, state, max_attempts, backoff_ms, timeout_ms, finished_at)
     select gen_random_uuid(), $1, 'default', 'task', 'succeeded', 1, 1, 1, now() from generate_series(1, $2::int)`,
    [PROJECT, count],
  );
}

test('a connection that began on an empty table looks at a few rows of a full one', async () => {
  await admin.query('alter table scheduler.jobs set (autovacuum_enabled = false)');
  const client = await pool.connect();
  try {
    const once = async (key: string): Promise<void> => {
      await addJobs(client, [newJob(key)]);
      const { rows } = await client.query<{ id: string; attempts: number }>({
        name: 'fetch',
        text: 'select id, attempts from scheduler.fetch($1, $2, 20, 15)',
        values: ['w', ['task']],
      });
      const ended = rows.map(({ id, attempts }) => ({ id, attempt: attempts, how: 'succeeded', lane: false }));
      await client.query({
        name: 'finish',
        text: 'select scheduler.finish($1, $2)',
        values: ['w', JSON.stringify(ended)],
      });
    };
    // From the sixth on PostgreSQL keeps the plan.
    for (let index = 0; index < 8; index += 1) await once(`early-${index}`);
    await history(3_000);
    await client.query('begin');
    await once('late');
    const { rows } = await client.query<{ entries: number }>(
      `select sum(pg_stat_get_xact_tuples_returned(indexrelid))::int as entries from pg_index
       where indrelid = 'scheduler.jobs'::regclass`,
    );
    await client.query('commit');
    expect(rows[0]?.entries).toBeGreaterThan(0);
    expect(rows[0]?.entries).toBeLessThan(500);
  } finally {
    client.release();
    await admin.query('alter table scheduler.jobs reset (autovacuum_enabled)');
  }
});

test('who adds the same keys in another order waits, and nobody is turned away', async () => {
  const keys = Array.from({ length: 60 }, (_, index) => `k${index}`);
  const ordersOf = (round: number): readonly NewJob[][] => [
    keys.map((key) => newJob(`${round} ${key}`)),
    keys.toReversed().map((key) => newJob(`${round} ${key}`)),
    keys.map((key, index) => newJob(`${round} ${key}`, { repeat: index % 2 === 0 ? 'replace' : 'keep' })),
    keys.toReversed().map((key, index) => newJob(`${round} ${key}`, { repeat: index % 2 === 0 ? 'replace' : 'keep' })),
  ];
  for (let round = 0; round < 5; round += 1) {
    await Promise.all(ordersOf(round).map(async (jobs) => addInTransaction(jobs)));
  }
  const { rows } = await admin.query<{ count: number }>('select count(*)::int from scheduler.jobs');
  expect(rows[0]?.count).toBe(5 * keys.length);
});

/** Without the retry a statement of its own has. */
async function addInTransaction(jobs: readonly NewJob[]): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await addJobs(client, jobs);
    await client.query('commit');
  } finally {
    client.release();
  }
}

test('jobs keep the order in which they were given, whatever their keys', async () => {
  await addJobs(pool, [newJob('z'), newJob('a'), newJob('m')]);
  await addJobs(pool, [newJob('y', { repeat: 'replace' }), newJob('b')]);
  const { rows } = await admin.query<{ key: string }>('select key from scheduler.jobs order by seq');
  expect(rows.map(({ key }) => key)).toEqual(['z', 'a', 'm', 'y', 'b']);
});

test('a project with hundreds of queues that stand still keeps neither others nor its own last queue waiting', async () => {
  const store = createJobStore(async () => pool);
  const names = Array.from({ length: 250 }, (_, index) => `q${String(index).padStart(3, '0')}`);
  await admin.query(`insert into scheduler.queues (project, name, paused) select $1, unnest($2::text[]), true`, [
    PROJECT,
    names,
  ]);
  await store.add([
    ...names.map((queue) => newJob(queue, { queue })),
    newJob('last', { queue: 'zzz' }),
    newJob('neighbour', { project: 'other' }),
  ]);
  const { rows: heads } = await admin.query(`select scheduler.heads('{task}', 100)`);
  expect(heads).toHaveLength(101);
  const done: string[] = [];
  const worker = createScheduler({ cluster: { ...running.cluster, kind: 'external' }, observe: () => undefined });
  worker.start([{ name: 'task', run: async (payload) => void done.push(String((payload as Job['payload'])['key'])) }]);
  try {
    await vi.waitFor(() => expect(done.toSorted()).toEqual(['last', 'neighbour']), { timeout: 30_000, interval: 20 });
  } finally {
    await worker.close();
  }
  // Once nothing waits there is nothing to look at again.
  await admin.query('insert into scheduler.positions values ($1, $2, $3) on conflict do nothing', [
    'task',
    PROJECT,
    'q100',
  ]);
  await admin.query('delete from scheduler.jobs');
  await admin.query(`select scheduler.heads('{task}', 100)`);
  expect((await admin.query('select scheduler.next_due_ms() as ms')).rows).toEqual([{ ms: null }]);
});

test('two clocks that see the same tick make one job of it', async () => {
  const at = new Date('2030-05-06T07:00:00Z');
  const definition = { schedule: '0 * * * *', timeZone: 'UTC', missed: 'once', overlap: 'allow', active: true };
  const names = Array.from({ length: 20 }, (_, index) => `s${index}`);
  await admin.query(
    `insert into scheduler.schedules (project, name, definition, next_at)
     select $1, name, $3::jsonb || jsonb_build_object('name', name), $4 from unnest($2::text[]) name`,
    [
      PROJECT,
      names,
      JSON.stringify({ ...definition, task: 'task', payload: {}, options: {}, authority: 'postgres' }),
      at,
    ],
  );
  const now = (): Date => new Date(at.getTime() + 1_000);
  const clocks = Array.from({ length: 4 }, () =>
    createScheduleClock({ opened: async () => pool, observe: vi.fn(), now }),
  );
  for (const clock of clocks) clock.wind();
  await vi.waitFor(
    async () => {
      const { rows } = await admin.query(`select from scheduler.schedules where next_at <= $1`, [now()]);
      expect(rows).toHaveLength(0);
    },
    { timeout: 30_000, interval: 20 },
  );
  await Promise.all(clocks.map(async (clock) => clock.close()));
  // Also one that thinks it is still due, as after a clock was put back.
  await admin.query('update scheduler.schedules set next_at = $1', [at]);
  const late = createScheduleClock({ opened: async () => pool, observe: vi.fn(), now });
  late.wind();
  await vi.waitFor(
    async () => {
      const { rows } = await admin.query(`select from scheduler.schedules where next_at <= $1`, [now()]);
      expect(rows).toHaveLength(0);
    },
    { timeout: 30_000, interval: 20 },
  );
  await late.close();
  const { rows } = await admin.query<{ schedule: string; scheduled_for: Date }>(
    'select schedule, scheduled_for from scheduler.jobs order by seq',
  );
  expect(rows.map(({ schedule }) => schedule).toSorted()).toEqual(names.toSorted());
  expect(rows.every(({ scheduled_for }) => scheduled_for.getTime() === at.getTime())).toBe(true);
});
