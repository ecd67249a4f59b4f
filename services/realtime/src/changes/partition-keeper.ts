import type { Project } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';

const ROUND_MS = 6 * 3_600_000;
const STATEMENT_TIMEOUT_MS = 10_000;

/**
 * Makes the partitions of stored messages ahead and drops old ones. Due with the project's requests, so that a sleeping
 * project is left alone; never throws.
 */
export class PartitionKeeper {
  readonly #observe: Observe;
  readonly #now: () => number;
  readonly #doneAt = new WeakMap<Project['database'], number>();
  #running = Promise.resolve();

  constructor(observe: Observe, now: () => number) {
    this.#observe = observe;
    this.#now = now;
  }

  due(project: Project): void {
    const now = this.#now();
    if (now - (this.#doneAt.get(project.database) ?? Number.NEGATIVE_INFINITY) < ROUND_MS) return;
    this.#doneAt.set(project.database, now);
    this.#running = this.#running.then(() => this.#maintain(project));
  }

  /** Resolves when the rounds under way have ended. */
  close(): Promise<void> {
    return this.#running;
  }

  async #maintain({ ref, database }: Project): Promise<void> {
    try {
      await database.transaction(
        { login: 'service', role: 'realtime', statementTimeoutMs: STATEMENT_TIMEOUT_MS },
        (tx) => tx.query('select realtime.maintain()'),
      );
    } catch (error) {
      this.#observe({ kind: 'realtime.unmaintained', project: ref, error });
    }
  }
}
