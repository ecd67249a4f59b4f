import { Cron } from 'croner';

/** When a schedule is due. */
export interface Timetable {
  /** The first time after this one; null: never again. */
  next(after: Date): Date | null;
  /** The last times up to this one, the latest first, and at most so many. */
  latest(until: Date, count: number): readonly Date[];
}

const SECONDS = /^([1-9]|[1-5]\d)\s+seconds?$/i;

/**
 * Reads five fields of cron, a word such as `@daily`, or `30 seconds`.
 *
 * Daylight saving: fixed times of day (neither `*` nor a step in minutes and hours) that are skipped are due at the
 * moment the clock jumps, and those that come twice the first time only. What has a `*` or a step is due whenever the
 * clock on the wall shows it: not in a skipped hour, and `* * * * *` in both of a repeated one.
 *
 * @throws {Error} Saying what is wrong with it, or with the zone.
 */
export function readTimetable(schedule: string, timeZone: string): Timetable {
  // Throws when there is no such zone, also for what has no use of it.
  Intl.DateTimeFormat('en', { timeZone });
  const seconds = SECONDS.exec(schedule.trim())?.[1];
  if (seconds !== undefined) {
    const periodMs = Number(seconds) * 1_000;
    // On the grid of the clock, so that every process finds the same times.
    const period = (at: Date): number => Math.floor(at.getTime() / periodMs);
    return {
      next: (after) => new Date((period(after) + 1) * periodMs),
      latest: (until, count) => Array.from({ length: count }, (_, ago) => new Date((period(until) - ago) * periodMs)),
    };
  }
  // `$` is pg_cron's word for the last day of a month.
  const cron = new Cron(schedule.trim().replaceAll('$', 'L'), {
    timezone: timeZone,
    mode: '5-part',
    fixedTimeRule: 'no-wildcard',
    paused: true,
  });
  return {
    next: (after) => cron.nextRun(after),
    latest: (until, count) => cron.previousRuns(count, new Date(until.getTime() + 1)),
  };
}
