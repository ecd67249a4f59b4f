import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '@ashlar/postgres';
import type { JobQueue, Task } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { Pool } from 'pg';
import { addJobs, platformJob } from './add-jobs.ts';
import { DEFAULT_HEARTBEAT, type HeartbeatTerms } from './heartbeat.ts';
import { listenForJobs, type JobsListener } from './listen-for-jobs.ts';
import { openPool } from './open-pool.ts';
import { Worker } from './worker.ts';

export interface SchedulerOptions {
  readonly cluster: Cluster;
  readonly observe: Observe;
  /** Jobs under way at once in this process; default 20. */
  readonly concurrency?: number;
  /** How long jobs are kept that have ended; default a day, and a week for those that failed. */
  readonly keep?: { readonly doneHours: number; readonly failedHours: number };
  readonly heartbeat?: HeartbeatTerms;
}

export interface Scheduler {
  readonly queue: JobQueue;
  /** Connections to the control database as the owner of the jobs, whose tables are there by then. */
  pool(): Promise<Pool>;
  /** Begins to do these tasks in this process, as soon as the database allows. Once per scheduler. */
  start(tasks: readonly Task[]): void;
  /** Called with what is announced about schedules while this process does jobs. */
  onSchedules(listener: () => void): void;
  /** Lets what runs finish for a moment, gives back the rest; jobs can still be added. */
  stop(): Promise<void>;
  /** Stops, and closes the connections. */
  close(): Promise<void>;
}

const DEFAULT_CONCURRENCY = 20;
const DEFAULT_KEEP = { doneHours: 24, failedHours: 168 };
const FORGET_EVERY_MS = 600_000;
const FORGET_AGAIN_MS = 1_000;
const FULL_SWEEP = 5_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;

/** Durable jobs in the control database. Opens nothing until a job is added or tasks are to be done. */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const {
    cluster,
    observe,
    concurrency = DEFAULT_CONCURRENCY,
    keep = DEFAULT_KEEP,
    heartbeat = DEFAULT_HEARTBEAT,
  } = options;
  const closing = new AbortController();
  const scheduleListeners: (() => void)[] = [];
  let opening: Promise<Pool> | undefined;
  let working: Promise<void> | undefined;
  let worker: Worker | undefined;
  let listener: JobsListener | undefined;
  let sweeping: NodeJS.Timeout | undefined;

  function opened(): Promise<Pool> {
    const attempt = (opening ??= open(cluster, observe));
    // The next one tries again.
    attempt.catch(() => (opening = undefined));
    return attempt;
  }

  async function begin(tasks: readonly Task[]): Promise<void> {
    for (let retryInMs = FIRST_RETRY_MS; !closing.signal.aborted; retryInMs = Math.min(retryInMs * 2, LAST_RETRY_MS)) {
      try {
        const pool = await opened();
        if (closing.signal.aborted) return;
        const begun = new Worker({ pool, tasks, concurrency, alone: cluster.kind === 'embedded', heartbeat, observe });
        worker = begun;
        await begun.start();
        listener = listenForJobs({ control: cluster.control, onNote: (note) => hear(begun, note) });
        void sweep(pool);
        return;
      } catch (error) {
        if (closing.signal.aborted) return;
        observe({ kind: 'jobs.interrupted', error, retryInMs });
      }
      await delay(retryInMs, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  }

  function hear(begun: Worker, note: string): void {
    if (note.startsWith('cancel ')) return begun.cancel(note.slice('cancel '.length));
    if (note !== 'schedules') begun.wake();
    if (note !== '') for (const listen of scheduleListeners) listen();
  }

  /** Forgets what has had its time, now and from time to time. */
  async function sweep(pool: Pool): Promise<void> {
    let againInMs = FORGET_EVERY_MS;
    try {
      const { doneHours, failedHours } = keep;
      const { rows } = await pool.query<{ count: number }>('select scheduler.forget($1, $2) as count', [
        doneHours,
        failedHours,
      ]);
      if ((rows[0]?.count ?? 0) >= FULL_SWEEP) againInMs = FORGET_AGAIN_MS;
    } catch {
      // The database is away; the worker says so.
    }
    if (!closing.signal.aborted) sweeping = setTimeout(() => void sweep(pool), againInMs).unref();
  }

  async function stop(): Promise<void> {
    closing.abort();
    clearTimeout(sweeping);
    await working;
    await Promise.all([worker?.stop(), listener?.close()]);
  }

  return {
    queue: {
      async add(jobs) {
        const pool = await opened();
        await addJobs(pool, jobs.map(platformJob));
        worker?.wake();
      },
    },
    pool: opened,
    start(tasks) {
      if (tasks.length > 0) working ??= begin(tasks);
    },
    onSchedules: (listen) => void scheduleListeners.push(listen),
    stop,
    async close() {
      await stop();
      const pool = await opening?.catch(() => undefined);
      opening = Promise.reject(new Error('The scheduler is closed'));
      opening.catch(() => undefined);
      await pool?.end();
    },
  };
}

async function open(cluster: Cluster, observe: Observe): Promise<Pool> {
  const { installJobs } = await import('./install-jobs.ts');
  await installJobs(cluster, observe);
  return openPool(cluster.control);
}
