const SECOND = 1000;
const HOUR = 3_600_000;
/** Pauses before asking how a payment stands whose outcome is unclear; the last repeats. */
const PAUSES_MS: readonly number[] = [10 * SECOND, 30 * SECOND, 120 * SECOND, 600 * SECOND, HOUR];
const OVER_AFTER_MS = 24 * HOUR;

/**
 * When to ask again. Null: a day has passed, nobody waits any longer; money that comes later is taken in all the same.
 *
 * @param asked How often it was asked already, from 0.
 */
export function nextLook(asked: number, sinceMs: number): number | null {
  if (sinceMs >= OVER_AFTER_MS) return null;
  return PAUSES_MS[Math.min(asked, PAUSES_MS.length - 1)] ?? HOUR;
}
