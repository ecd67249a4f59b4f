const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;

/** A key nobody else has. Made of random bytes, because `crypto.randomUUID` is there on secure pages only. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Waits before the next attempt: as long as the server asks for, else longer each time, never equally long for all.
 *
 * @param attempt The one that failed, from 1.
 * @param retryAfter Seconds, as in the header of that name.
 * @returns False: the signal came first.
 */
export async function pauseBefore(
  attempt: number,
  retryAfter: string | null,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const asked = /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) * 1000 : 0;
  const grown = FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random());
  const pauseMs = Math.min(Math.max(asked, grown), LONGEST_PAUSE_MS);
  if (signal?.aborted === true) return false;
  return new Promise((resolve) => {
    const giveUp = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', giveUp);
      resolve(true);
    }, pauseMs);
    signal?.addEventListener('abort', giveUp, { once: true });
  });
}
