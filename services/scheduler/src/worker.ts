import { randomUUID } from 'node:crypto';
import type { Task } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { Pool } from 'pg';
import { createFinisher, type Finisher } from './finisher.ts';
import { startHeartbeat, takeOver, type Heartbeat, type HeartbeatTerms } from './heartbeat.ts';
import type { JobRow } from './domain/job-row.ts';
import { runJob } from './run-job.ts';

export interface WorkerOptions {
  readonly pool: Pool;
  readonly tasks: readonly Task[];
  /** Jobs under way at once; most of their time is waiting for others. */
  readonly concurrency: number;
  /** No other process can be doing jobs: whatever runs was left by one that was killed. */
  readonly alone: boolean;
  readonly heartbeat: HeartbeatTerms;
  readonly observe: Observe;
}

/** When nothing is announced it is looked for jobs nevertheless: no process says that it has left a place in a queue. */
const POLL_MS = 5_000;
/** What one project may take of a process, so that its slow jobs leave room for others. */
const PROJECT_SHARE = 0.75;
const MAX_TIMER_MS = 60_000;
const RETRY_MS = 1_000;
/** More ends than that not noted: the database does not keep up, and nothing new is begun. */
const MAX_UNNOTED = 1_000;
/** Within what a process that is asked to stop has for all of it. */
const ABORT_AFTER_MS = 1_500;

interface Running {
  readonly job: JobRow;
  readonly abort: AbortController;
}

/** Does the jobs of the tasks it knows, in this process. */
export class Worker {
  readonly id: string = `worker-${randomUUID()}`;
  readonly #options: WorkerOptions;
  readonly #tasks: ReadonlyMap<string, Task>;
  readonly #names: readonly string[];
  readonly #running = new Map<string, Running>();
  readonly #finisher: Finisher;
  #heartbeat: Heartbeat | null = null;
  #isStopping = false;
  #fetching: Promise<void> | null = null;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #idle: (() => void) | null = null;

  constructor(options: WorkerOptions) {
    const { pool, tasks, observe } = options;
    this.#options = options;
    this.#tasks = new Map(tasks.map((task) => [task.name, task]));
    this.#names = [...this.#tasks.keys()];
    this.#finisher = createFinisher({ pool, worker: this.id, observe, onNoted: () => this.wake() });
  }

  async start(): Promise<void> {
    const { pool, alone, heartbeat, observe } = this.#options;
    const beganAt = performance.now();
    if (alone) await takeOver(pool, observe, 0);
    if (this.#isStopping) return;
    this.#heartbeat = startHeartbeat({
      pool,
      worker: this.id,
      observe,
      alone,
      terms: heartbeat,
      running: () => [...this.#running.values()].map(({ job }) => job),
      onLost: (ids) => {
        for (const id of ids) this.cancel(id);
      },
    });
    // Who locks a job before it is known to live may lose it at once.
    await this.#heartbeat.began;
    observe({ kind: 'jobs.started', tasks: this.#names, durationMs: performance.now() - beganAt });
    this.wake();
  }

  /** Looks for jobs, now. */
  wake(): void {
    this.#again = true;
    if (this.#isStopping || this.#heartbeat === null) return;
    this.#fetching ??= this.#fetchWhileAsked().finally(() => {
      this.#fetching = null;
      if (this.#again && this.#hasRoom()) this.wake();
    });
  }

  /** Aborts a job that is under way here. */
  cancel(id: string): void {
    this.#running.get(id)?.abort.abort(new Error('The job was cancelled'));
  }

  /** Lets what runs finish for a moment, aborts and gives back the rest. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    await this.#fetching;
    const timer = setTimeout(() => {
      for (const { abort } of this.#running.values()) abort.abort(new Error('The process stops'));
    }, ABORT_AFTER_MS);
    await new Promise<void>((resolve) => {
      if (this.#running.size === 0) resolve();
      else this.#idle = resolve;
    });
    clearTimeout(timer);
    await this.#finisher.close();
    await this.#heartbeat?.stop();
  }

  #hasRoom(): boolean {
    return this.#running.size < this.#options.concurrency && this.#finisher.pending < MAX_UNNOTED;
  }

  async #fetchWhileAsked(): Promise<void> {
    clearTimeout(this.#timer);
    // Alone it hears of every place, and sleeps until a job is due.
    let lookInMs = this.#options.alone ? MAX_TIMER_MS : POLL_MS;
    try {
      while (this.#again && this.#hasRoom() && !this.#isStopping) {
        this.#again = false;
        const wanted = this.#options.concurrency - this.#running.size;
        const { rows } = await this.#options.pool.query<JobRow>({
          name: 'fetch jobs',
          text: 'select * from scheduler.fetch($1, $2, $3, $4)',
          values: [this.id, this.#names, wanted, Math.ceil(this.#options.concurrency * PROJECT_SHARE)],
        });
        for (const job of rows) void this.#run(job);
        if (rows.length > 0) this.#again = true;
        else lookInMs = Math.min(lookInMs, await this.#nextDueInMs());
      }
    } catch (error) {
      lookInMs = RETRY_MS;
      this.#again = false;
      this.#options.observe({ kind: 'jobs.interrupted', error, retryInMs: RETRY_MS });
    }
    if (!this.#isStopping) this.#timer = setTimeout(() => this.wake(), lookInMs).unref();
  }

  async #nextDueInMs(): Promise<number> {
    const { rows } = await this.#options.pool.query<{ ms: string | null }>({
      name: 'next job',
      text: 'select scheduler.next_due_ms() as ms',
    });
    const ms = rows[0]?.ms ?? null;
    return ms === null ? MAX_TIMER_MS : Math.min(Math.max(Number(ms), 1), MAX_TIMER_MS);
  }

  async #run(job: JobRow): Promise<void> {
    const task = this.#tasks.get(job.task);
    if (task === undefined) throw new Error(`Nobody asked for jobs of the task ${job.task}`);
    const abort = new AbortController();
    this.#running.set(job.id, { job, abort });
    const ended = await runJob({
      pool: this.#options.pool,
      worker: this.id,
      job,
      task,
      signal: abort.signal,
      isStopping: () => this.#isStopping,
    });
    this.#running.delete(job.id);
    this.#finisher.add(job, ended);
    if (this.#isStopping) {
      if (this.#running.size === 0) this.#idle?.();
    } else if (this.#again) this.wake();
  }
}
