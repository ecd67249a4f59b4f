import { latinDigits } from './digits.ts';
import { accept, asStored, type FieldType, ORDER, refuse } from './field-type.ts';

const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,6})?)?\s*(am|pm)?\s*(z|[+-]\d{1,2}(?::?\d{2})?)?$/i;
const HOURS = 24;
const NOON = 12;

/** A time of day as PostgreSQL writes it, with the zone it may carry. */
export function readTime(text: string): string | undefined {
  const match = CLOCK.exec(latinDigits(text.trim()));
  if (match === null) return undefined;
  const [, hour = '', minute = '', second = '00', fraction = '', half, zone = ''] = match;
  let hours = Number(hour);
  if (half !== undefined) {
    if (hours < 1 || hours > NOON) return undefined;
    hours = (hours % NOON) + (half.toLowerCase() === 'pm' ? NOON : 0);
  }
  if (hours >= HOURS || Number(minute) > 59 || Number(second) > 59) return undefined;
  return `${String(hours).padStart(2, '0')}:${minute}:${second}${fraction}${zone.toUpperCase()}`;
}

/** `time` and `timetz`. */
export function timeType(name: 'time' | 'timetz'): FieldType {
  return {
    name,
    editor: 'line',
    align: 'start',
    direction: 'ltr',
    isSortable: true,
    operators: ORDER,
    parse: (text) => {
      const value = readTime(text);
      return value === undefined || (name === 'time' && /[Z+-]/.test(value)) ? refuse('notTime') : accept(value);
    },
    format: asStored,
  };
}
