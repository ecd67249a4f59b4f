import { JobRejection, type JobRun, type Task } from '@ashlar/service';
import type { Pool } from 'pg';
import type { Ended } from './finisher.ts';
import type { JobRow } from './domain/job-row.ts';
import { retryPauseMs } from './domain/retry-pause.ts';
import { storableJson } from './domain/storable-json.ts';

const MAX_RESULT_BYTES = 65_536;
const MAX_PROGRESS_BYTES = 4_096;
const MAX_ERROR_CHARACTERS = 2_000;
const MAX_STEP_NAME = 200;
const MAX_STEPS = 1_000;
/** Words about progress are written at most this often. */
const PROGRESS_EVERY_MS = 500;

export interface RunOptions {
  readonly pool: Pool;
  readonly worker: string;
  readonly job: JobRow;
  readonly task: Task;
  /** Aborted when the process stops or the job is cancelled or lost. */
  readonly signal: AbortSignal;
  /** Whether the process is stopping: what fails then is no failure of the job. */
  readonly isStopping: () => boolean;
}

/** One attempt at a job, to its end whatever that is. Never rejects. */
export async function runJob({ pool, worker, job, task, signal: outer, isStopping }: RunOptions): Promise<Ended> {
  const nowMs = Date.now();
  const deadlineMs = job.deadline === null ? Infinity : job.deadline.getTime() - nowMs;
  if (deadlineMs <= 0) return failed(job, 'Its deadline passed before it could begin');
  const limitMs = Math.min(job.timeout_ms, deadlineMs);
  const limit = new AbortController();
  const words = limitMs < job.timeout_ms ? 'Its deadline passed' : `It took longer than ${job.timeout_ms} ms`;
  const timer = setTimeout(() => limit.abort(new Error(words)), limitMs);
  const signal = AbortSignal.any([outer, limit.signal]);
  const progress = new ProgressNotes(pool, worker, job);
  try {
    const run = runOf({ pool, worker, job, signal, progress });
    const result = await orAborted(task.run(job.payload, run), signal);
    return { how: 'succeeded', ...resultOf(result) };
  } catch (error) {
    if (isStopping()) return { how: 'returned' };
    const message = messageOf(signal.aborted ? signal.reason : error);
    if (error instanceof JobRejection || Date.now() - nowMs >= deadlineMs) return failed(job, message);
    return {
      how: 'again',
      error: { attempt: job.attempts, at: new Date().toISOString(), message },
      pauseMs: retryPauseMs(job.attempts, job.backoff_ms, Math.random()),
    };
  } finally {
    clearTimeout(timer);
    await progress.close();
  }
}

interface RunParts extends Pick<RunOptions, 'pool' | 'worker' | 'job' | 'signal'> {
  readonly progress: ProgressNotes;
}

function runOf({ pool, worker, job, signal, progress }: RunParts): JobRun {
  let steps: Promise<Map<string, unknown>> | undefined;
  return {
    id: job.id,
    project: job.project,
    authority: job.authority,
    schedule:
      job.schedule === null || job.scheduled_for === null ? null : { name: job.schedule, at: job.scheduled_for },
    attempt: job.attempts,
    maxAttempts: job.max_attempts,
    signal,
    progress: (value) => progress.tell(value),
    async step(name, part) {
      if (name.length === 0 || name.length > MAX_STEP_NAME)
        throw new JobRejection('A step has a name of 1 to 200 characters');
      // A first attempt has nothing behind it.
      steps ??= job.attempts === 1 && job.errors.length === 0 ? Promise.resolve(new Map()) : readSteps(pool, job.id);
      const done = await steps;
      // Only what this step returned before is kept under its name.
      if (done.has(name)) return done.get(name) as Awaited<ReturnType<typeof part>>;
      if (done.size >= MAX_STEPS) throw new JobRejection(`A job has at most ${MAX_STEPS} steps`);
      signal.throwIfAborted();
      const result = await part();
      const text = boundedJson(result, MAX_RESULT_BYTES, `The result of step ${name}`);
      const { rowCount } = await pool.query(
        `insert into scheduler.steps (job_id, name, result)
         select j.id, $3, $4::jsonb from scheduler.jobs j
         where j.id = $1 and j.attempts = $2 and j.state = 'running' and j.locked_by = $5
         on conflict do nothing`,
        [job.id, job.attempts, name, text, worker],
      );
      if (rowCount === 0) throw new Error('Another process has taken over this job, or the step is under way twice');
      done.set(name, result);
      return result;
    },
  };
}

async function readSteps(pool: Pool, id: string): Promise<Map<string, unknown>> {
  const { rows } = await pool.query<{ name: string; result: unknown }>(
    'select name, result from scheduler.steps where job_id = $1',
    [id],
  );
  return new Map(rows.map(({ name, result }) => [name, result ?? undefined]));
}

/** Writes the last word about how far a job is, now and then. */
class ProgressNotes {
  readonly #pool: Pool;
  readonly #worker: string;
  readonly #job: JobRow;
  #text: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(pool: Pool, worker: string, job: JobRow) {
    this.#pool = pool;
    this.#worker = worker;
    this.#job = job;
  }

  tell(value: unknown): void {
    this.#text = boundedJson(value, MAX_PROGRESS_BYTES, 'The progress');
    this.#timer ??= setTimeout(() => this.#write(), PROGRESS_EVERY_MS);
  }

  async close(): Promise<void> {
    if (this.#timer !== null) this.#write();
    await this.#writing;
  }

  #write(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const text = this.#text;
    const { id, attempts } = this.#job;
    this.#writing = this.#writing.then(() =>
      this.#pool
        .query(
          `update scheduler.jobs set progress = $3 where id = $1 and attempts = $2 and state = 'running' and locked_by = $4`,
          [id, attempts, text, this.#worker],
        )
        // Only told to whoever looks; the job itself goes on.
        .catch(() => undefined),
    );
  }
}

function resultOf(result: unknown): Pick<Ended, 'result' | 'error'> {
  if (result === undefined) return {};
  boundedJson(result, MAX_RESULT_BYTES, 'The result');
  return { result };
}

function boundedJson(value: unknown, maxBytes: number, what: string): string {
  const text = storableJson(value);
  if (Buffer.byteLength(text) > maxBytes) throw new JobRejection(`${what} has more than ${maxBytes} bytes`);
  return text;
}

function failed(job: JobRow, message: string): Ended {
  return { how: 'failed', error: { attempt: job.attempts, at: new Date().toISOString(), message } };
}

/** What PostgreSQL's jsonb cannot hold is replaced. */
function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.slice(0, MAX_ERROR_CHARACTERS).toWellFormed().replaceAll('\0', '\u{FFFD}');
}

/** A task that heeds no signal is left alone when its time is over. */
async function orAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    work.catch(() => undefined);
    aborted.promise.catch(() => undefined);
  }
}
