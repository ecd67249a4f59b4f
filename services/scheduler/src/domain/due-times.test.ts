import { expect, test } from 'vitest';
import { readTimetable } from './cron.ts';
import { dueTimes } from './due-times.ts';

const hourly = readTimetable('@hourly', 'UTC');
const at = (time: string): Date => new Date(`2026-11-21T${time}Z`);

test('a schedule that is on time runs once and is due next after it', () => {
  for (const missed of ['skip', 'once', 'all'] as const) {
    const due = dueTimes(hourly, at('10:00:00'), at('10:00:00.250'), missed);
    expect(due).toEqual({ runs: [at('10:00:00')], next: at('11:00:00') });
  }
});

test('what was missed is left out, run once or made up for', () => {
  const since = at('05:00:00');
  const now = at('08:30:00');
  expect(dueTimes(hourly, since, now, 'skip')).toEqual({ runs: [], next: at('09:00:00') });
  expect(dueTimes(hourly, since, now, 'once').runs).toEqual([at('08:00:00')]);
  expect(dueTimes(hourly, since, now, 'all').runs).toEqual(['05', '06', '07', '08'].map((hour) => at(`${hour}:00:00`)));
});

test('what is on time runs though others before it were missed', () => {
  expect(dueTimes(hourly, at('05:00:00'), at('08:00:10'), 'skip').runs).toEqual([at('08:00:00')]);
});

test('a schedule of seconds after a year makes no more than a hundred runs, at once', () => {
  const seconds = readTimetable('1 second', 'UTC');
  const now = at('10:00:00.500');
  const began = performance.now();
  const { runs, next } = dueTimes(seconds, new Date('2025-11-21'), now, 'all');
  expect(runs).toHaveLength(100);
  expect(runs.at(-1)).toEqual(at('10:00:00'));
  expect(next).toEqual(at('10:00:01'));
  expect(performance.now() - began).toBeLessThan(2_000);
});
