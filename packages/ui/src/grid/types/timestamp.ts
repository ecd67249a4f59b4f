import { addDays, daysBetween, readDate } from './calendar-date.ts';
import { accept, type FieldType, ORDER, refuse } from './field-type.ts';
import { readTime } from './time.ts';

const formats = new Map<string, Intl.DateTimeFormat>();
const STORED = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2}(?:\.\d+)?)(Z|[+-]\d{2}(?::?\d{2})?)?$/;

function formatOf(locale: string, zone: string | undefined): Intl.DateTimeFormat {
  const key = `${locale} ${zone ?? ''}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, {
      dateStyle: 'medium',
      timeStyle: 'medium',
      ...(zone && { timeZone: zone }),
    });
    formats.set(key, format);
  }
  return format;
}

function formatTimestamp(value: string, locale: string, isZoned: boolean): string {
  const match = STORED.exec(value);
  if (match === null) return value;
  const [, date = '', time = '', zone = ''] = match;
  const offset = /^[+-]\d{2}$/.test(zone) ? `${zone}:00` : zone;
  // Without a zone the clock's own figures are shown, whatever the reader's zone is.
  const at = Date.parse(`${date}T${time}${isZoned ? offset || 'Z' : 'Z'}`);
  return Number.isNaN(at) ? value : formatOf(locale, isZoned ? undefined : 'UTC').format(at);
}

function parseTimestamp(text: string, locale: string, isZoned: boolean): string | undefined {
  const plain = text.trim().replaceAll(/[\u200e\u200f]/g, '');
  if (/^-?infinity$/i.test(plain)) return plain.toLowerCase();
  const gap = plain.search(/[T\s,،]/);
  const date = readDate(gap === -1 ? plain : plain.slice(0, gap), locale);
  const time = gap === -1 ? '00:00:00' : readTime(plain.slice(gap + 1));
  if (date === undefined || time === undefined) return undefined;
  return !isZoned && /[Z+-]/.test(time) ? undefined : `${date} ${time}`;
}

/** `timestamp` and `timestamptz`; the first one shows what is stored, the second one the reader's own clock. */
export function timestampType(name: 'timestamp' | 'timestamptz'): FieldType {
  const isZoned = name === 'timestamptz';
  return {
    name,
    editor: 'line',
    align: 'start',
    direction: 'auto',
    isSortable: true,
    operators: ORDER,
    parse: (text, locale) => {
      const value = parseTimestamp(text, locale, isZoned);
      return value === undefined ? refuse('notTimestamp') : accept(value);
    },
    format: (value, locale) => formatTimestamp(value, locale, isZoned),
    // Only moves by whole days at one time of day are a series.
    distance: (from, to) => (from.slice(10) === to.slice(10) ? daysBetween(from, to)?.toString() : undefined),
    step: (value, by, steps) => {
      const date = addDays(value.slice(0, 10), Number(by) * steps);
      return date === undefined ? undefined : `${date}${value.slice(10)}`;
    },
  };
}
