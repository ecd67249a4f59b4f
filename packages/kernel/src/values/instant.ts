import { z } from 'zod';
import { edgeValue } from './edge-value.ts';
import { valueErrors } from './value-errors.ts';

declare const instantBrand: unique symbol;

/**
 * A moment, as ISO 8601 in UTC with milliseconds: `2026-03-01T09:30:00.000Z`. Moments sort as texts do.
 * The zone it was entered in, where that matters, is kept beside it.
 */
export type Instant = string & { readonly [instantBrand]: true };

/** @throws {AshlarError} `common.instant_malformed` without a zone, or outside the years 1900 to 2200. */
export function instant(given: string | Date): Instant {
  const text = typeof given === 'string' ? given : Number.isNaN(given.valueOf()) ? '' : given.toISOString();
  const hasZone = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const date = new Date(hasZone ? text : Number.NaN);
  const year = date.getUTCFullYear();
  if (Number.isNaN(year) || year < 1900 || year > 2200 || !isRealDay(text)) {
    throw valueErrors.instantMalformed({ text: text.slice(0, 40) });
  }
  // The one form written just now.
  return date.toISOString() as Instant;
}

export function dateOfInstant(moment: Instant): Date {
  return new Date(moment);
}

/** The moment so many milliseconds later, or earlier. */
export function shiftInstant(moment: Instant, milliseconds: number): Instant {
  return instant(new Date(new Date(moment).valueOf() + milliseconds));
}

/** At the edge: ISO 8601 with `Z` or an offset. */
export const Instant: z.ZodType<Instant, string> = edgeValue<Instant, string>({
  json: z.string().max(40).meta({ format: 'date-time' }),
  decode: instant,
  encode: (moment) => moment,
});

/** JavaScript takes 30 February for 2 March. */
function isRealDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number);
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}
