import { setTimeout as delay } from 'node:timers/promises';
import type { Observe } from '@ashlar/telemetry';
import { DatabaseError, type Pool } from 'pg';
import type { JobFailure, JobRow } from './domain/job-row.ts';
import { storableJson } from './domain/storable-json.ts';

/** How an attempt ended; see `scheduler.finish`. */
export interface Outcome {
  readonly id: string;
  readonly attempt: number;
  readonly how: 'succeeded' | 'failed' | 'again' | 'returned';
  readonly lane: boolean;
  readonly result?: unknown;
  readonly error?: JobFailure;
  readonly pauseMs?: number;
}

export type Ended = Omit<Outcome, 'id' | 'attempt' | 'lane'>;

export interface Finisher {
  /** Notes an end, together with others that come at the same time. */
  add(job: JobRow, ended: Ended): void;
  /** Ends that are not noted yet. */
  readonly pending: number;
  /** Resolves when everything is noted. */
  idle(): Promise<void>;
  /** Gives up trying again: what is not noted by then is done again elsewhere. */
  close(): Promise<void>;
}

const MAX_BATCH = 500;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5_000;
const CLOSE_WITHIN_MS = 2_000;

/** Values or sizes PostgreSQL does not take. */
const REFUSED = /^(?:22|54)/;

function isRefused(error: unknown): boolean {
  return error instanceof DatabaseError && REFUSED.test(error.code ?? '');
}

export interface FinisherOptions {
  readonly pool: Pool;
  readonly worker: string;
  readonly observe: Observe;
  /** Called when ends are noted: lanes and queues have room again. */
  readonly onNoted: () => void;
}

/** Writes down how jobs ended, many at a time. While the database is away it keeps them and tries again. */
export function createFinisher({ pool, worker, observe, onNoted }: FinisherOptions): Finisher {
  let waiting: Outcome[] = [];
  let pending = 0;
  let working: Promise<void> | null = null;
  const closing = new AbortController();

  async function work(): Promise<void> {
    // What ends in the same turn of the loop goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MAX_BATCH);
      waiting = waiting.slice(MAX_BATCH);
      if (!(await note(batch))) return;
      pending -= batch.length;
      onNoted();
    }
  }

  async function note(batch: readonly Outcome[]): Promise<boolean> {
    for (let retryInMs = FIRST_RETRY_MS; ; retryInMs = Math.min(retryInMs * 2, LAST_RETRY_MS)) {
      try {
        await pool.query({
          name: 'finish jobs',
          text: 'select count(*) from scheduler.finish($1, $2)',
          values: [worker, storableJson(batch)],
        });
        return true;
      } catch (error) {
        if (closing.signal.aborted) return false;
        if (isRefused(error)) return noteOneByOne(batch);
        observe({ kind: 'jobs.interrupted', error, retryInMs });
        await delay(retryInMs, undefined, { signal: closing.signal }).catch(() => undefined);
      }
    }
  }

  /** One that cannot be written must not keep back the others. */
  async function noteOneByOne(batch: readonly Outcome[]): Promise<boolean> {
    if (batch.length > 1) {
      for (const outcome of batch) if (!(await note([outcome]))) return false;
      return true;
    }
    const [{ id, attempt, lane }] = batch as readonly [Outcome];
    const error = { attempt, at: new Date().toISOString(), message: 'Its result cannot be stored' };
    return note([{ id, attempt, lane, how: 'failed', error }]);
  }

  const begin = (): void => {
    working ??= work().finally(() => {
      working = null;
      if (waiting.length > 0 && !closing.signal.aborted) begin();
    });
  };

  async function idle(): Promise<void> {
    for (let current = working; current !== null; current = working) await current;
  }

  return {
    add(job, ended) {
      pending += 1;
      waiting.push({ id: job.id, attempt: job.attempts, lane: job.lane !== null, ...ended });
      begin();
    },
    get pending() {
      return pending;
    },
    idle,
    async close() {
      const timer = setTimeout(() => closing.abort(), CLOSE_WITHIN_MS);
      await idle();
      clearTimeout(timer);
      closing.abort();
    },
  };
}
