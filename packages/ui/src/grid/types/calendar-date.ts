import { latinDigits } from './digits.ts';

const DAY_MS = 86_400_000;

/** Year, month and day as PostgreSQL writes them, when such a day exists. */
function isoDate(year: number, month: number, day: number): string | undefined {
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  if (month < 1 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

const dayComesFirst = new Map<string, boolean>();

function isDayFirst(locale: string): boolean {
  let known = dayComesFirst.get(locale);
  if (known === undefined) {
    const parts = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'numeric', year: 'numeric' }).formatToParts(
      0,
    );
    const order = parts.map((part) => part.type);
    known = order.indexOf('day') < order.indexOf('month');
    dayComesFirst.set(locale, known);
  }
  return known;
}

/** Reads 2026-11-21, 2026/11/21, 20261121 and, in the locale's order, 21/11/2026. */
export function readDate(text: string, locale: string): string | undefined {
  const plain = latinDigits(text.trim()).replaceAll(/[\u200e\u200f]/g, '');
  const iso = /^(\d{4,6})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(plain) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(plain);
  if (iso !== null) return isoDate(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const local = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/.exec(plain);
  if (local === null) return undefined;
  const [first, second, year] = [Number(local[1]), Number(local[2]), Number(local[3])];
  return isDayFirst(locale) ? isoDate(year, second, first) : isoDate(year, first, second);
}

/** Whole days from one date to another. */
export function daysBetween(from: string, to: string): number | undefined {
  const days = (Date.parse(`${to.slice(0, 10)}T00:00:00Z`) - Date.parse(`${from.slice(0, 10)}T00:00:00Z`)) / DAY_MS;
  return Number.isInteger(days) ? days : undefined;
}

/** The date some days later. */
export function addDays(date: string, days: number): string | undefined {
  const at = new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS);
  return Number.isNaN(at.getTime()) ? undefined : isoDate(at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate());
}
