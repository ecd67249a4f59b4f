/** A terminal's Ctrl-C reaches the whole process group, and npm passes it on once more: that is one wish, not two. */
const SAME_WISH_MS = 1_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface StopSignals {
  /** Resolves with the first signal. */
  readonly stopped: Promise<string>;
  /** Aborted with it: whatever is still starting gives up. */
  readonly signal: AbortSignal;
}

/**
 * Turns signals into a wish to stop. Who asks again, a second later, is not asked to wait any longer.
 *
 * @param force Called for the repeated wish.
 */
export function listenForStop(force: () => void): StopSignals {
  const abort = new AbortController();
  let firstAt: number | null = null;
  const { promise: stopped, resolve } = Promise.withResolvers<string>();
  for (const name of SIGNALS) {
    process.on(name, () => {
      const now = performance.now();
      if (firstAt === null) {
        firstAt = now;
        abort.abort(new Error(`Stopped by ${name}`));
        resolve(name);
      } else if (now - firstAt > SAME_WISH_MS) {
        force();
      }
    });
  }
  return { stopped, signal: abort.signal };
}
