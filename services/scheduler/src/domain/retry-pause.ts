const LONGEST_MS = 3_600_000;

/**
 * How long a job waits after a failed attempt: twice as long each time, up to an hour, ± 25 % so that what failed
 * together does not come back together.
 *
 * @param random From 0 to 1.
 */
export function retryPauseMs(attempt: number, firstMs: number, random: number): number {
  const full = Math.min(firstMs * 2 ** Math.min(attempt - 1, 30), LONGEST_MS);
  return Math.round(full * (0.75 + random / 2));
}
