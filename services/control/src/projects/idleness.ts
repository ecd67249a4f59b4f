export interface IdlenessOptions {
  readonly idleAfterMs: number;
  /** Those that could have become idle. */
  readonly refs: () => Iterable<string>;
  readonly onIdle: (ref: string) => void;
}

export interface Idleness {
  /** Cheap enough for every request: the time is read by the sweep, not here. */
  touch(ref: string): void;
  stop(): void;
}

/** Sweeps per period: a project is let go at most this fraction of the period late. */
const SWEEPS_PER_PERIOD = 5;

/** Notices projects nobody asked for during `idleAfterMs`. The timer keeps no process alive. */
export function watchIdleness({ idleAfterMs, refs, onIdle }: IdlenessOptions): Idleness {
  const touched = new Set<string>();
  const quietSweeps = new Map<string, number>();

  function sweep(): void {
    // A copy, because letting go of one changes what is walked.
    for (const ref of Array.from(refs())) {
      const quiet = touched.has(ref) ? 0 : (quietSweeps.get(ref) ?? 0) + 1;
      quietSweeps.set(ref, quiet);
      if (quiet < SWEEPS_PER_PERIOD) continue;
      quietSweeps.delete(ref);
      onIdle(ref);
    }
    touched.clear();
  }

  const timer = setInterval(sweep, idleAfterMs / SWEEPS_PER_PERIOD);
  timer.unref();
  return { touch: (ref) => touched.add(ref), stop: () => clearInterval(timer) };
}
