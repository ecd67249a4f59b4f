import type { Timetable } from './cron.ts';

/** What came due this long ago is no longer on time: everybody who could have done it was away. */
const ON_TIME_MS = 60_000;
const MAX_RUNS = 100;

export interface Due {
  /** The times a run is wanted for, the oldest first. */
  readonly runs: readonly Date[];
  /** When it is due next; null: never. */
  readonly next: Date | null;
}

/**
 * What is to be run of a schedule that is due.
 *
 * @param since When it was due first, at `now` or before.
 * @param missed What becomes of times that passed while nobody looked: nothing, one run for the latest, or one for
 *   each, of which the last hundred.
 */
export function dueTimes(timetable: Timetable, since: Date, now: Date, missed: 'skip' | 'once' | 'all'): Due {
  const next = timetable.next(now);
  const times = timetable.latest(now, MAX_RUNS).filter((at) => at >= since);
  const [latest] = times;
  if (latest === undefined) return { runs: [], next };
  if (missed === 'all') return { runs: times.toReversed(), next };
  const isOnTime = now.getTime() - latest.getTime() <= ON_TIME_MS;
  return { runs: isOnTime || missed === 'once' ? [latest] : [], next };
}
