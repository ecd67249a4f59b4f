import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addDays,
  addMonths,
  BusinessDate,
  businessDate,
  dayInZone,
  daysBetween,
  monthlyFrom,
  startOfDay,
  Zone,
} from './business-date.ts';
import { Instant, instant, shiftInstant } from './instant.ts';
import { brandedId } from '../branded-id.ts';
import { createIds } from './create-ids.ts';

const day = fc.integer({ min: 0, max: 109_000 }).map((days) => addDays(businessDate('1900-01-01'), days));

test('a monthly series keeps its anchor day through short months', () => {
  expect(monthlyFrom(businessDate('2028-01-31'), 4)).toEqual(['2028-01-31', '2028-02-29', '2028-03-31', '2028-04-30']);
  expect(addMonths(businessDate('2027-02-28'), 1, 31)).toBe('2027-03-31');
  expect(addMonths(businessDate('2027-01-15'), -13)).toBe('2025-12-15');
});

test('days forth and back are the same day', () => {
  fc.assert(
    fc.property(day, day, (from, to) => {
      expect(addDays(from, daysBetween(from, to))).toBe(to);
    }),
  );
});

test.each(['2027-02-29', '1899-12-31', '2201-01-01', '2027-13-01', '2027-1-1', '27-01-01', ''])(
  '"%s" is no day',
  (given) => {
    expect(BusinessDate.safeParse(given).error?.issues[0]).toMatchObject({
      params: { code: 'common.date_out_of_range' },
    });
  },
);

test('a day may be written with Arabic digits', () => {
  expect(BusinessDate.parse('٢٠٢٦-٠٣-٠١')).toBe('2026-03-01');
});

test('which day it is depends on the zone of the organisation', () => {
  const late = instant('2026-03-01T21:30:00Z');
  expect(dayInZone(late, 'Asia/Baghdad')).toBe('2026-03-02');
  expect(dayInZone(late, 'America/New_York')).toBe('2026-03-01');
  expect(() => dayInZone(late, 'Mars/Olympus')).toThrow(expect.objectContaining({ code: 'common.zone_unknown' }));
  expect(Zone.safeParse('Mars/Olympus').success).toBe(false);
});

test('a day begins at midnight of its zone, or when the clocks have skipped it', () => {
  expect(startOfDay(businessDate('2026-03-01'), 'Asia/Baghdad')).toBe('2026-02-28T21:00:00.000Z');
  expect(startOfDay(businessDate('2026-07-01'), 'America/New_York')).toBe('2026-07-01T04:00:00.000Z');
  // In Beirut the hour after midnight of 29 March 2026 does not exist.
  expect(startOfDay(businessDate('2026-03-29'), 'Asia/Beirut')).toBe('2026-03-28T22:00:00.000Z');
});

test('the moment a day begins lies in that day, and a millisecond earlier in the one before', () => {
  const zones = fc.constantFrom(
    'Asia/Baghdad',
    'Asia/Beirut',
    'America/New_York',
    'Asia/Kathmandu',
    'Pacific/Kiritimati',
  );
  const recent = fc.integer({ min: 0, max: 20_000 }).map((days) => addDays(businessDate('2000-01-02'), days));
  fc.assert(
    fc.property(recent, zones, (date, zone) => {
      const begins = startOfDay(date, zone);
      expect(dayInZone(begins, zone)).toBe(date);
      expect(dayInZone(shiftInstant(begins, -1), zone)).toBe(addDays(date, -1));
    }),
  );
});

test('a moment is kept in UTC, whatever offset it came with', () => {
  expect(Instant.parse('2026-03-01T12:30:00+03:00')).toBe('2026-03-01T09:30:00.000Z');
});

test.each(['2026-03-01T12:30:00', '2026-03-01', '2026-02-30T00:00:00Z', '1800-01-01T00:00:00Z', 'now'])(
  '"%s" is no moment',
  (given) => {
    expect(Instant.safeParse(given).error?.issues[0]).toMatchObject({ params: { code: 'common.instant_malformed' } });
  },
);

test('ids ascend, also within a millisecond and when the clock steps back', () => {
  let now = 1_767_225_600_000;
  const newId = createIds({ now: () => now, random: (bytes) => new Uint8Array(bytes).fill(255) });
  const ids = Array.from({ length: 9000 }, () => newId(brandedId('OrderId')));
  now -= 5000;
  ids.push(newId(brandedId('OrderId')));
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
