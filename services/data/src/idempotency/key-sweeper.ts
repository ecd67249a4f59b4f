import type { ProjectDatabase } from '@ashlar/postgres';
import type { Observe } from '@ashlar/telemetry';

const SWEEP_INTERVAL_MS = 60 * 60 * 1000;
/** Rows of one sweep: it takes milliseconds, and what is left goes with the next. */
const MAX_SWEPT = 10_000;

/** Forgets old keys of the projects that use any, once an hour, beside the requests that bring new ones. */
export class KeySweeper {
  readonly #observe: Observe;
  readonly #dueAt = new WeakMap<ProjectDatabase, number>();

  constructor(observe: Observe) {
    this.#observe = observe;
  }

  /** Never waits and never throws. */
  sweepWhenDue(database: ProjectDatabase): void {
    const now = performance.now();
    if (now < (this.#dueAt.get(database) ?? 0)) return;
    this.#dueAt.set(database, now + SWEEP_INTERVAL_MS);
    void this.#sweep(database);
  }

  async #sweep(database: ProjectDatabase): Promise<void> {
    try {
      const swept = await sweepKeys(database, MAX_SWEPT);
      if (swept === MAX_SWEPT) this.#dueAt.delete(database);
    } catch (error) {
      this.#observe({ kind: 'keys.sweep-failed', project: database.ref, error });
    }
  }
}

/** @returns How many keys older than a day were forgotten. */
export async function sweepKeys(database: ProjectDatabase, maxRows: number): Promise<number> {
  return database.transaction({ login: 'platform', role: 'events_owner' }, async (tx) => {
    // bigint comes as text.
    const { rows } = await tx.query<{ swept: string }>('SELECT ashlar.sweep_keys($1) AS swept', [maxRows]);
    return Number(rows[0]?.swept ?? 0);
  });
}
