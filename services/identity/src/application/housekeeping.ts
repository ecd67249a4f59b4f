import type { Project } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import { FLOW_LIFE_MS } from './flow-store.ts';
import type { SettingsReader } from './identity-settings.ts';
import type { InTransaction } from './stores.ts';

/** Least time between two rounds of one project. */
const ROUND_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Entries of the trail a round takes away at most: housekeeping must not be what an afternoon waits for. */
const MAX_ENTRIES = 10_000;

interface HousekeepingParts {
  readonly inTransaction: InTransaction;
  readonly settings: SettingsReader;
  readonly now: () => Date;
  readonly observe: Observe;
}

/**
 * Forgets what has had its time: flows nobody went on with, sessions that cannot be refreshed any more, entries of the
 * trail older than the project keeps them. Due with the project's requests and not by a timer, so that a sleeping
 * project is left alone; never waits and never throws.
 */
export class Housekeeping {
  readonly #parts: HousekeepingParts;
  readonly #doneAt = new WeakMap<Project['database'], number>();
  #running = Promise.resolve();

  constructor(parts: HousekeepingParts) {
    this.#parts = parts;
  }

  due(project: Project, traceparent: string): void {
    const now = this.#parts.now().getTime();
    if (now - (this.#doneAt.get(project.database) ?? -Infinity) < ROUND_MS) return;
    this.#doneAt.set(project.database, now);
    this.#running = this.#running.then(() => this.#round(project, traceparent));
  }

  /** Resolves when the rounds under way have ended. */
  close(): Promise<void> {
    return this.#running;
  }

  async #round(project: Project, traceparent: string): Promise<void> {
    const { inTransaction, settings, now, observe } = this.#parts;
    try {
      const { protection, sessions } = await settings.of(project);
      const at = now().getTime();
      await inTransaction({ project, traceparent }, async ({ flows, records }) => {
        const days = protection.auditRetentionDays;
        await Promise.all([
          flows.sweep(new Date(at - FLOW_LIFE_MS)),
          // A day longer than a refresh token lives: its holder is told that the session expired, not that it never was.
          records.sweepSessions(new Date(at), new Date(at - sessions.refreshTokenSeconds * 1000 - DAY_MS), MAX_ENTRIES),
          days === null ? 0 : records.sweepTrail(new Date(at - days * DAY_MS), MAX_ENTRIES),
        ]);
      });
    } catch (error) {
      observe({ kind: 'identity.unswept', project: project.ref, error });
    }
  }
}
