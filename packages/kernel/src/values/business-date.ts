import { z } from 'zod';
import { latinDigits } from './digits.ts';
import { edgeValue } from './edge-value.ts';
import { type Instant, instant } from './instant.ts';
import { valueErrors } from './value-errors.ts';

declare const dateBrand: unique symbol;

/** A day of an organisation's calendar, `2026-01-31`. Days sort as texts do; no zone, no time. */
export type BusinessDate = string & { readonly [dateBrand]: true };

const DAY_MS = 86_400_000;
const FIRST_YEAR = 1900;
const LAST_YEAR = 2200;

/** @throws {AshlarError} `common.date_out_of_range` for what is no day, or outside 1900 to 2200. */
export function businessDate(text: string): BusinessDate {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(latinDigits(text));
  const [year, month, day] = [Number(match?.[1]), Number(match?.[2]), Number(match?.[3])];
  if (match === null || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) {
    throw valueErrors.dateOutOfRange({ date: text.slice(0, 20) });
  }
  return dateOf(year, month, day);
}

/** The day so many days later, or earlier. */
export function addDays(date: BusinessDate, days: number): BusinessDate {
  return fromDayNumber(dayNumber(date) + days);
}

/** Days from the first to the second; negative when that is earlier. */
export function daysBetween(from: BusinessDate, to: BusinessDate): number {
  return dayNumber(to) - dayNumber(from);
}

/**
 * The day so many months later, on the anchor day or on the month's last: from 31 January come 28 February and
 * then 31 March, as long as the anchor is carried along.
 *
 * @param anchorDay 1 to 31; the date's own day unless told.
 */
export function addMonths(date: BusinessDate, months: number, anchorDay: number = partsOf(date).day): BusinessDate {
  const { year, month } = partsOf(date);
  const counted = year * 12 + (month - 1) + months;
  const [inYear, inMonth] = [Math.floor(counted / 12), (((counted % 12) + 12) % 12) + 1];
  return dateOf(inYear, inMonth, Math.min(anchorDay, daysIn(inYear, inMonth)));
}

/** The days of a monthly series: `date` and the `count - 1` after it, all with the same anchor day. */
export function monthlyFrom(date: BusinessDate, count: number, anchorDay?: number): BusinessDate[] {
  return Array.from({ length: count }, (_, step) => addMonths(date, step, anchorDay ?? partsOf(date).day));
}

/** Which day it is in an organisation's zone: never the server's. @throws {AshlarError} `common.zone_unknown` */
export function dayInZone(moment: Instant, zone: string): BusinessDate {
  const { year, month, day } = clockIn(new Date(moment), zone);
  return dateOf(year, month, day);
}

/** The moment a day begins in a zone: midnight, or the first moment after it where the clocks skip that. */
export function startOfDay(date: BusinessDate, zone: string): Instant {
  const midnight = dayNumber(date) * DAY_MS;
  const offsets = [-DAY_MS, 0, DAY_MS].map((near) => offsetAt(new Date(midnight + near), zone));
  const candidates = offsets.map((offset) => midnight - offset).toSorted((left, right) => left - right);
  const begins = candidates.find((candidate) => {
    const shown = candidate + offsetAt(new Date(candidate), zone);
    return shown >= midnight;
  });
  return instant(new Date(begins ?? midnight));
}

/** At the edge: `2026-01-31`. */
export const BusinessDate: z.ZodType<BusinessDate, string> = edgeValue<BusinessDate, string>({
  json: z.string().max(20).meta({ format: 'date' }),
  decode: businessDate,
  encode: (date) => date,
});

/** At the edge: the name of a zone, such as `Asia/Baghdad`. */
export const Zone: z.ZodType<string, string> = z
  .string()
  .max(64)
  .refine(isZone, { message: 'Expected the name of a time zone, such as Asia/Baghdad' });

function isZone(zone: string): boolean {
  try {
    return formatterFor(zone) !== undefined;
  } catch {
    return false;
  }
}

function dateOf(year: number, month: number, day: number): BusinessDate {
  const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  if (!(year >= FIRST_YEAR && year <= LAST_YEAR)) throw valueErrors.dateOutOfRange({ date: text });
  // Made of a year, month and day that exist.
  return text as BusinessDate;
}

function partsOf(date: BusinessDate): { year: number; month: number; day: number } {
  return { year: Number(date.slice(0, 4)), month: Number(date.slice(5, 7)), day: Number(date.slice(8, 10)) };
}

function dayNumber(date: BusinessDate): number {
  const { year, month, day } = partsOf(date);
  return Date.UTC(year, month - 1, day) / DAY_MS;
}

function fromDayNumber(days: number): BusinessDate {
  const date = new Date(days * DAY_MS);
  return dateOf(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** One per zone asked for; there are some 600 zones, and a name that is none is never kept. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterFor(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  try {
    const made = new Intl.DateTimeFormat('en-US-u-ca-iso8601-nu-latn', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(zone, made);
    return made;
  } catch (cause) {
    throw valueErrors.zoneUnknown({ zone: zone.slice(0, 64) }, { cause });
  }
}

function clockIn(moment: Date, zone: string): Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number> {
  const parts = new Map(
    formatterFor(zone)
      .formatToParts(moment)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
  };
}

/** How far the zone's clocks are ahead of UTC, in milliseconds. */
function offsetAt(moment: Date, zone: string): number {
  const { year, month, day, hour, minute, second } = clockIn(moment, zone);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(moment.valueOf() / 1000) * 1000;
}
