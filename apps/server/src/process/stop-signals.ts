/** A terminal's Ctrl-C reaches the whole process group, and npm passes it on once more: that is one wish, not two. */
const SAME_WISH_MS = 1_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const PARENT_POLL_MS = 250;

export interface StopOptions {
  /** Called when somebody who asked to stop asks again: they do not want to wait any longer. */
  readonly force: () => void;
  /**
   * Stop when the parent process ends. `npm start` runs us under a shell that a SIGTERM to npm ends without a word to
   * us; we would run on with nobody left to stop us.
   */
  readonly withParent: boolean;
}

export interface StopSignals {
  /** Resolves with what asked to stop: a signal's name, or the end of the parent. */
  readonly stopped: Promise<string>;
  /** Aborted with it: whatever is still starting gives up. */
  readonly signal: AbortSignal;
}

export function listenForStop({ force, withParent }: StopOptions): StopSignals {
  const abort = new AbortController();
  const { promise: stopped, resolve } = Promise.withResolvers<string>();
  let firstAt: number | null = null;
  const ask = (reason: string): void => {
    const now = performance.now();
    if (firstAt === null) {
      firstAt = now;
      abort.abort(new Error(`Stopped by ${reason}`));
      resolve(reason);
    } else if (now - firstAt > SAME_WISH_MS) {
      force();
    }
  };
  for (const name of SIGNALS) process.on(name, ask);
  if (withParent) watchParent(() => ask('the end of its parent process'));
  return { stopped, signal: abort.signal };
}

/** An orphan is given to another process; there is no event for it, only another parent's pid. */
function watchParent(ended: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    ended();
  }, PARENT_POLL_MS);
  timer.unref();
}
