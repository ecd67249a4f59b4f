import { setTimeout as delay } from 'node:timers/promises';
import type { DomainEvent } from '@ashlar/kernel';
import { JobRejection, type Job, type JobRun, type Task } from '@ashlar/service';
import { startTestCluster, type TestCluster } from '@ashlar/testing';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createJobStore, type JobStore } from './adapters/job-store.ts';
import { takeEnqueued } from './application/take-enqueued.ts';
import { createScheduler, type Scheduler } from './create-scheduler.ts';

const PROJECT = 'shop';
let running: TestCluster;
let admin: Client;
let scheduler: Scheduler;
let store: JobStore;
const opened: Scheduler[] = [];

beforeAll(async () => {
  running = await startTestCluster();
  const { cluster } = running;
  scheduler = open();
  await scheduler.pool();
  store = createJobStore(() => scheduler.pool());
  admin = new Client(cluster.admin(cluster.control.database));
  await admin.connect();
});
afterEach(async () => {
  await Promise.all(opened.splice(1).map((made) => made.close()));
  await admin.query('delete from scheduler.jobs; delete from scheduler.queues');
});
afterAll(async () => {
  await scheduler?.close();
  await admin?.end();
  await running?.close();
});

function open(concurrency = 20): Scheduler {
  const cluster = { ...running.cluster, kind: 'external' as const };
  const made = createScheduler({ cluster, observe: () => undefined, concurrency });
  opened.push(made);
  return made;
}

/** A process that does this task. */
function work(run: Task['run'], concurrency?: number): Scheduler {
  const made = open(concurrency);
  made.start([{ name: 'task', run }]);
  return made;
}

const job = (key: string, more: Partial<Job> = {}): Job => ({
  task: 'task',
  payload: { key },
  key,
  repeat: 'keep',
  project: PROJECT,
  queue: 'default',
  ...more,
});
const keyOf = (payload: unknown): string => (payload as { readonly key: string }).key;
const add = (...jobs: readonly Job[]): Promise<void> => scheduler.queue.add(jobs);

async function states(): Promise<Record<string, string>> {
  const rows = await store.list(PROJECT, { limit: 500 });
  return Object.fromEntries(rows.map(({ payload, state }) => [keyOf(payload), state]));
}
const eventually = (wanted: Record<string, string>): Promise<void> =>
  vi.waitFor(async () => expect(await states()).toMatchObject(wanted), { timeout: 30_000, interval: 20 });

test('jobs are done by priority, then in the order they came, and not before their time', async () => {
  const done: string[] = [];
  const runAt = new Date(Date.now() + 3_000);
  await add(job('a'), job('b', { priority: 5 }), job('c', { priority: -5 }), job('d'), job('later', { runAt }));
  let laterAt = 0;
  work(async (payload) => {
    done.push(keyOf(payload));
    if (keyOf(payload) === 'later') laterAt = Date.now();
  }, 1);
  await eventually({ later: 'succeeded', b: 'succeeded' });
  expect(done).toEqual(['c', 'a', 'd', 'b', 'later']);
  expect(laterAt).toBeGreaterThanOrEqual(runAt.getTime());
});

test('no more jobs of a queue run than it allows, in all processes together; a paused one stands still', async () => {
  await store.setQueue(PROJECT, 'narrow', { concurrency: 2 });
  await store.setQueue(PROJECT, 'closed', { paused: true });
  let together = 0;
  let most = 0;
  const run = async (): Promise<void> => {
    most = Math.max(most, (together += 1));
    await delay(30);
    together -= 1;
  };
  await add(
    ...Array.from({ length: 12 }, (_, index) => job(`n${index}`, { queue: 'narrow' })),
    job('x', { queue: 'closed' }),
  );
  work(run);
  work(run);
  await eventually(Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`n${index}`, 'succeeded'])));
  expect(most).toBe(2);
  expect(await states()).toMatchObject({ x: 'waiting' });
  await store.setQueue(PROJECT, 'closed', { paused: false });
  await eventually({ x: 'succeeded' });
});

test('a lane of a thousand waiting behind a slow job keeps nobody else waiting', async () => {
  const release = Promise.withResolvers<void>();
  await add(...Array.from({ length: 1_000 }, (_, index) => job(`l${index}`, { lane: 'slow' })), job('other'));
  const order: string[] = [];
  work(async (payload) => {
    order.push(keyOf(payload));
    if (keyOf(payload) === 'l0') await release.promise;
  });
  await vi.waitFor(() => expect(order).toContain('other'), { timeout: 30_000 });
  expect(order).toEqual(['l0', 'other']);
  release.resolve();
  await vi.waitFor(() => expect(order.length).toBeGreaterThan(20), { timeout: 30_000 });
  expect(order.slice(2, 10)).toEqual(['l1', 'l2', 'l3', 'l4', 'l5', 'l6', 'l7', 'l8']);
});

test('slow jobs of one project leave room for those of another', async () => {
  const release = Promise.withResolvers<void>();
  await add(...Array.from({ length: 30 }, (_, index) => job(`slow${index}`)));
  let begun = 0;
  work(async (payload) => {
    begun += 1;
    if (keyOf(payload).startsWith('slow')) await release.promise;
  }, 8);
  await vi.waitFor(() => expect(begun).toBe(6), { timeout: 10_000 });
  await add(job('quick', { project: 'other' }));
  await vi.waitFor(() => expect(begun).toBe(7), { timeout: 10_000 });
  release.resolve();
});

test('a step that was done is not done again, and its result is there', async () => {
  const done: string[] = [];
  work(async (_payload, run) => {
    const first = await run.step('first', async () => {
      done.push('first');
      return { amount: 7 };
    });
    await run.step('nothing', async () => void done.push('nothing'));
    run.progress({ percent: 50 });
    if (run.attempt === 1) throw new Error('half-way');
    return { first };
  });
  const later = job('steps');
  await add(later);
  await eventually({ steps: 'scheduled' });
  await admin.query('update scheduler.jobs set run_at = now()');
  await eventually({ steps: 'succeeded' });
  const [row] = await store.list(PROJECT, { limit: 1 });
  expect(row).toMatchObject({ result: { first: { amount: 7 } }, attempts: 2, progress: { percent: 50 } });
  expect(done).toEqual(['first', 'nothing']);
  expect((await store.steps(row?.id ?? '')).map(({ name }) => name)).toEqual(['first', 'nothing']);
});

test('a job ends for good when it says so, its attempts are used up, its time or its deadline is over', async () => {
  const heard: string[] = [];
  work(async (payload, { signal }: JobRun) => {
    const key = keyOf(payload);
    if (key === 'rejected') throw new JobRejection('never');
    if (key === 'once') throw new Error('no luck');
    signal.addEventListener('abort', () => heard.push(key));
    await delay(20_000, undefined, { signal });
  });
  await add(
    job('rejected'),
    job('once', { maxAttempts: 1 }),
    job('slow', { timeoutMs: 200, maxAttempts: 1 }),
    // It has to have begun by then, however busy the machine.
    job('late', { deadline: new Date(Date.now() + 5_000) }),
    job('too late', { deadline: new Date(Date.now() - 1_000) }),
  );
  await eventually({ rejected: 'failed', once: 'failed', slow: 'failed', late: 'failed', 'too late': 'failed' });
  const errors = Object.fromEntries(
    (await store.list(PROJECT, { limit: 9 })).map(({ payload, errors: failures }) => [
      keyOf(payload),
      failures[0]?.message,
    ]),
  );
  expect(errors).toEqual({
    rejected: 'never',
    once: 'no luck',
    slow: 'It took longer than 200 ms',
    late: 'Its deadline passed',
    'too late': 'Its deadline passed before it could begin',
  });
  expect(heard.toSorted()).toEqual(['late', 'slow']);
});

test('a result no database can hold keeps nothing back', async () => {
  work(async (payload) => (keyOf(payload) === 'odd' ? { text: 'a\0b\ud83d' } : 'fine'));
  await add(job('odd'), job('even'));
  await eventually({ odd: 'succeeded', even: 'succeeded' });
});

test('a job that runs hears that it was cancelled; one that waits never begins', async () => {
  let begun = 0;
  work(async (_payload, { signal }) => {
    begun += 1;
    await delay(20_000, undefined, { signal });
  });
  await add(job('runs'));
  await eventually({ runs: 'running' });
  await add(job('waits', { runAt: new Date(Date.now() + 60_000) }));
  const rows = await store.list(PROJECT, { limit: 2 });
  expect(await Promise.all(rows.map(({ id }) => store.cancel(PROJECT, id)))).toEqual(['cancelled', 'running']);
  await eventually({ runs: 'cancelled', waits: 'cancelled' });
  expect(begun).toBe(1);
  expect(await store.cancel('somebody-else', rows[0]?.id ?? '')).toBeNull();
});

test('a job of a key gives way to a newer one where that is asked for, also while it runs', async () => {
  const release = Promise.withResolvers<void>();
  const done: unknown[] = [];
  work(async (payload) => {
    done.push(payload);
    if ((payload as { readonly version?: number }).version === 2) await release.promise;
  });
  const later = new Date(Date.now() + 60_000);
  await add(job('k', { payload: { key: 'k', version: 1 }, runAt: later }));
  await add(job('k', { payload: { key: 'k', version: 2 }, repeat: 'replace' }));
  await vi.waitFor(() => expect(done).toEqual([{ key: 'k', version: 2 }]), { timeout: 10_000 });
  await add(
    job('k', { payload: { key: 'k', version: 3 }, repeat: 'replace' }),
    job('k', { payload: { key: 'k', version: 4 } }),
  );
  await vi.waitFor(() => expect(done).toHaveLength(2), { timeout: 10_000 });
  release.resolve();
  await eventually({ k: 'succeeded' });
  expect(done).toEqual([
    { key: 'k', version: 2 },
    { key: 'k', version: 3 },
  ]);
});

function eventOf(index: number): DomainEvent {
  return {
    specversion: '1.0',
    id: `0197f2b4-6f1c-7e5e-9d2a-${String(index).padStart(12, '0')}`,
    source: '/x',
    type: 'scheduler.job.enqueued',
    subject: null,
    time: new Date().toISOString(),
    data: {
      task: 'http',
      payload: { url: 'http://example.org' },
      options: { key: `key ${index % 3}` },
      authority: 'postgres',
    },
    dataschema: null,
    orgid: null,
    aggregateversion: null,
    actor: null,
    causationid: null,
    correlationid: null,
    traceparent: null,
  };
}

test('an event that is delivered twice, or by two at once, is one job', async () => {
  const pool = await scheduler.pool();
  const events = Array.from({ length: 9 }, (_, index) => eventOf(index));
  await Promise.all([
    takeEnqueued(pool, PROJECT, events),
    takeEnqueued(pool, PROJECT, events),
    takeEnqueued(pool, PROJECT, events),
  ]);
  expect(await store.list(PROJECT, { limit: 50 })).toHaveLength(3);
  // The job of an event is over and forgotten, and so would be its key.
  await admin.query('delete from scheduler.jobs');
  await takeEnqueued(pool, PROJECT, events);
  expect(await store.list(PROJECT, { limit: 50 })).toHaveLength(0);
});

test('what has ended is forgotten when its time is over, failures later', async () => {
  work(async (payload) => {
    if (keyOf(payload) === 'bad') throw new JobRejection('bad');
  });
  await add(job('good'), job('bad'));
  await eventually({ good: 'succeeded', bad: 'failed' });
  await admin.query(`update scheduler.jobs set finished_at = now() - interval '2 days'`);
  await admin.query('select scheduler.forget(24, 168)');
  expect(await states()).toEqual({ bad: 'failed' });
});
