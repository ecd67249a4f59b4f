import type { Observe } from '@ashlar/telemetry';
import type { Pool, PoolClient } from 'pg';
import { addJobs } from '../add-jobs.ts';
import { readTimetable } from '../domain/cron.ts';
import { dueTimes } from '../domain/due-times.ts';
import type { ScheduleDefinition } from '../domain/schedule-definition.ts';
import { scheduledJob } from '../domain/scheduled-job.ts';

export interface ScheduleClock {
  /** Looks when the next schedule is due, and waits until then. */
  wind(): void;
  close(): Promise<void>;
}

export interface ScheduleClockOptions {
  readonly opened: () => Promise<Pool>;
  readonly observe: Observe;
  readonly now?: () => Date;
}

interface DueRow {
  readonly project: string;
  readonly name: string;
  readonly definition: ScheduleDefinition;
  readonly next_at: Date;
}

/** A clock that was set, or a timer that overslept, is noticed within this time. */
const LONGEST_WAIT_MS = 300_000;
const RETRY_MS = 2_000;
const AT_ONCE = 50;

const DUE = `
  select project, name, definition, next_at from scheduler.schedules
  where next_at <= $1 order by next_at limit ${AT_ONCE} for update skip locked`;

/**
 * Makes jobs of schedules when they are due. Every process has one: who locks a schedule's row fires it, and the tick
 * is unique by schedule and time.
 */
export function createScheduleClock({ opened, observe, now = () => new Date() }: ScheduleClockOptions): ScheduleClock {
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;
  let again = false;
  const closing = new AbortController();

  async function look(): Promise<void> {
    let waitMs = RETRY_MS;
    try {
      const pool = await opened();
      do {
        again = false;
        while ((await fire(pool, now())) === AT_ONCE && !closing.signal.aborted);
      } while (again && !closing.signal.aborted);
      const { rows } = await pool.query<{ next: Date | null }>('select min(next_at) as next from scheduler.schedules');
      const next = rows[0]?.next ?? null;
      waitMs =
        next === null ? LONGEST_WAIT_MS : Math.min(Math.max(next.getTime() - now().getTime(), 1), LONGEST_WAIT_MS);
    } catch (error) {
      if (!closing.signal.aborted) observe({ kind: 'jobs.interrupted', error, retryInMs: RETRY_MS });
    }
    if (!closing.signal.aborted) timer = setTimeout(wind, waitMs).unref();
  }

  function wind(): void {
    clearTimeout(timer);
    if (closing.signal.aborted) return;
    if (looking === null) {
      looking = look().finally(() => {
        looking = null;
        if (again) wind();
      });
    } else again = true;
  }

  return {
    wind,
    async close() {
      closing.abort();
      clearTimeout(timer);
      await looking;
    },
  };
}

/** @returns How many schedules it has fired. */
async function fire(pool: Pool, now: Date): Promise<number> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const { rows } = await client.query<DueRow>(DUE, [now]);
    for (const row of rows) await fireOne(client, row, now);
    await client.query('commit');
    return rows.length;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

async function fireOne(
  client: PoolClient,
  { project, name, definition, next_at: since }: DueRow,
  now: Date,
): Promise<void> {
  const timetable = readTimetable(definition.schedule, definition.timeZone);
  const { runs, next } = dueTimes(timetable, since, now, definition.missed);
  const isBusy = definition.overlap === 'skip' && runs.length > 0 && (await hasUnfinished(client, project, name));
  if (!isBusy)
    await addJobs(
      client,
      runs.map((at) => scheduledJob(project, definition, at)),
    );
  await client.query(
    `update scheduler.schedules set next_at = $3, last_at = coalesce($4, last_at) where project = $1 and name = $2`,
    [project, name, next, isBusy ? null : (runs.at(-1) ?? null)],
  );
}

async function hasUnfinished(client: PoolClient, project: string, name: string): Promise<boolean> {
  const { rows } = await client.query(
    `select from scheduler.jobs where project = $1 and schedule = $2 and state in ('scheduled', 'waiting', 'running') limit 1`,
    [project, name],
  );
  return rows.length > 0;
}
