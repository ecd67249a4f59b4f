import type { Job } from '@ashlar/service';
import { DatabaseError, type Pool, type PoolClient } from 'pg';
import { DEFAULT_BACKOFF_MS, DEFAULT_TIMEOUT_MS, newJobId, type NewJob } from './domain/new-job.ts';

const DEFAULT_ATTEMPTS = 25;
const DEADLOCK = '40P01';
/** Keys are taken in one order, so this is for transactions of others alone. */
const MOST_TRIES = 5;

/**
 * One statement, so all of them or none.
 *
 * @returns For each the id of the job that is there now: its own, or that of the one whose key or tick it has.
 */
export async function addJobs(
  connection: Pool | PoolClient,
  jobs: readonly NewJob[],
): Promise<ReadonlyMap<string, string | null>> {
  if (jobs.length === 0) return new Map();
  const values = [JSON.stringify(jobs)];
  for (let tries = 1; ; tries += 1) {
    try {
      const { rows } = await connection.query<{ given: string; id: string | null }>({
        name: 'add jobs',
        text: 'select given, id from scheduler.add($1)',
        values,
      });
      return new Map(rows.map(({ given, id }) => [given, id]));
    } catch (error) {
      // A transaction is lost with its statement, and is its owner's to begin anew.
      const isTransaction = 'release' in connection;
      if (isTransaction || tries === MOST_TRIES || !isDeadlock(error)) throw error;
    }
  }
}

function isDeadlock(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === DEADLOCK;
}

/** A job of a service of ours. */
export function platformJob(job: Job): NewJob {
  return {
    id: newJobId(),
    project: job.project ?? '',
    queue: job.queue ?? job.task,
    task: job.task,
    payload: job.payload,
    key: job.key,
    repeat: job.repeat,
    lane: job.lane,
    priority: job.priority,
    runAt: job.runAt?.toISOString(),
    maxAttempts: job.maxAttempts ?? DEFAULT_ATTEMPTS,
    backoffMs: DEFAULT_BACKOFF_MS,
    timeoutMs: job.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    deadline: job.deadline?.toISOString(),
  };
}
