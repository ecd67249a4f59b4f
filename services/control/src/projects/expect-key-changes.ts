/** The longest a timer of Node waits; what is further off is looked at again then. */
const MAX_TIMER_MS = 2_147_483_647;

export interface KeyChanges {
  /** Replaces what was expected of the project; null = nothing. */
  expect(ref: string, at: Date | null): void;
  close(): void;
}

/** Calls back when the keys of a project are due to change. */
export function expectKeyChanges(due: (ref: string) => void): KeyChanges {
  const timers = new Map<string, NodeJS.Timeout>();
  return {
    expect(ref, at) {
      clearTimeout(timers.get(ref));
      timers.delete(ref);
      if (at === null) return;
      // A moment late rather than early: read a moment early, the keys would be the same and nobody would look again.
      const waitMs = Math.min(Math.max(at.getTime() - Date.now(), 0) + 5, MAX_TIMER_MS);
      const timer = setTimeout(() => {
        timers.delete(ref);
        due(ref);
      }, waitMs).unref();
      timers.set(ref, timer);
    },
    close() {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
