import { expect, test } from 'vitest';
import { readTimetable } from './cron.ts';

function times(schedule: string, timeZone: string, after: string, count: number): readonly (string | undefined)[] {
  const timetable = readTimetable(schedule, timeZone);
  const found: (string | undefined)[] = [];
  for (let at: Date | null = new Date(after); at !== null && found.length < count;) {
    at = timetable.next(at);
    found.push(at?.toISOString().slice(0, 16));
  }
  return found;
}

// Berlin: at 2026-03-29 02:00 the clock jumps to 03:00, at 2026-10-25 03:00 it goes back to 02:00.
test.each([
  [
    'a skipped time of day is due when the clock jumps',
    '30 2 * * *',
    '2026-03-28T12:00Z',
    ['2026-03-29T01:00', '2026-03-30T00:30'],
  ],
  [
    'a repeated time of day is due the first time only',
    '30 2 * * *',
    '2026-10-24T12:00Z',
    ['2026-10-25T00:30', '2026-10-26T01:30'],
  ],
  [
    'so are several of them',
    '0 2,3 * * *',
    '2026-10-24T12:00Z',
    ['2026-10-25T00:00', '2026-10-25T02:00', '2026-10-26T01:00'],
  ],
  [
    'a step goes on through a skipped hour',
    '*/30 * * * *',
    '2026-03-29T00:15Z',
    ['2026-03-29T00:30', '2026-03-29T01:00', '2026-03-29T01:30'],
  ],
  [
    'and through both of a repeated one',
    '*/30 * * * *',
    '2026-10-24T23:45Z',
    ['2026-10-25T00:00', '2026-10-25T00:30', '2026-10-25T01:00', '2026-10-25T01:30', '2026-10-25T02:00'],
  ],
  [
    'a step within a skipped hour is not due that day',
    '*/30 2 * * *',
    '2026-03-28T12:00Z',
    ['2026-03-30T00:00', '2026-03-30T00:30'],
  ],
])('%s', (_sentence, schedule, after, wanted) => {
  expect(times(schedule, 'Europe/Berlin', after, wanted.length)).toEqual(wanted);
});

test('days of month and week are either-or, Sunday is 0 and 7, and $ is the last of the month', () => {
  expect(times('0 0 13 * 5', 'UTC', '2026-11-01T00:00Z', 3)).toEqual([
    '2026-11-06T00:00',
    '2026-11-13T00:00',
    '2026-11-20T00:00',
  ]);
  expect(times('0 0 * * 7', 'UTC', '2026-11-02T00:00Z', 1)).toEqual(times('0 0 * * 0', 'UTC', '2026-11-02T00:00Z', 1));
  expect(times('0 0 $ * *', 'UTC', '2027-02-01T00:00Z', 2)).toEqual(['2027-02-28T00:00', '2027-03-31T00:00']);
});

test('midnight is that of the zone', () => {
  expect(times('@daily', 'Asia/Riyadh', '2026-11-21T12:00Z', 1)).toEqual(['2026-11-21T21:00']);
});

test('seconds stand on the grid of the clock, the same in every process', () => {
  const timetable = readTimetable('15 seconds', 'UTC');
  expect(timetable.next(new Date('2026-11-21T10:00:07Z'))).toEqual(new Date('2026-11-21T10:00:15Z'));
  expect(timetable.next(new Date('2026-11-21T10:00:15Z'))).toEqual(new Date('2026-11-21T10:00:30Z'));
});

test('a day that never comes is never due', () => {
  expect(readTimetable('0 0 30 2 *', 'UTC').next(new Date('2026-01-01'))).toBeNull();
});

test.each([
  '',
  'x',
  '* * * *',
  '* * * * * *',
  '60 * * * *',
  '*/0 * * * *',
  '5-1 * * * *',
  '0 seconds',
  '60 seconds',
  '@reboot',
])('"%s" is no schedule', (nonsense) => {
  expect(() => readTimetable(nonsense, 'UTC')).toThrow();
});

test('a zone nobody knows is refused', () => {
  expect(() => readTimetable('* * * * *', 'Mars/Base')).toThrow('Mars/Base');
});
