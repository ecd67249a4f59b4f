import { addDays, daysBetween, readDate } from './calendar-date.ts';
import { accept, type FieldType, ORDER, refuse } from './field-type.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** A day in the locale's words; what JavaScript has no word for (BC, infinity) stays as PostgreSQL wrote it. */
function formatDate(value: string, locale: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return value;
  let format = formats.get(locale);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'short', day: 'numeric', timeZone: 'UTC' });
    formats.set(locale, format);
  }
  return format.format(Date.UTC(Number(value.slice(0, 4)), Number(value.slice(5, 7)) - 1, Number(value.slice(8))));
}

/** `date`. */
export const dateType: FieldType = {
  name: 'date',
  editor: 'line',
  align: 'start',
  direction: 'auto',
  isSortable: true,
  operators: ORDER,
  parse: (text, locale) => {
    if (/^-?infinity$/i.test(text.trim())) return accept(text.trim().toLowerCase());
    const value = readDate(text, locale);
    return value === undefined ? refuse('notDate') : accept(value);
  },
  format: formatDate,
  distance: (from, to) => daysBetween(from, to)?.toString(),
  step: (value, by, steps) => addDays(value, Number(by) * steps),
};
