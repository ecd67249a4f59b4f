/**
 * First pause after a failure, and the longest. A server that recovers after a second or two must be found at once: with
 * pauses that grew to seconds, every tenth crash under load was noticed to be over only after five.
 */
const BASE_MS = 50;
const MAX_MS = 500;

/** Doubles with every failure in a row, ± 50 % so that many waiters do not come back together. */
export function backoffMs(failures: number): number {
  const full = Math.min(BASE_MS * 2 ** Math.min(failures - 1, 20), MAX_MS);
  return full * (0.5 + Math.random());
}
