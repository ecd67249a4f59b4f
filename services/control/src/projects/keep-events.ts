import { maintainEvents, type ProjectDatabase, sweepKeys } from '@ashlar/postgres';
import type { Observe } from '@ashlar/telemetry';

const DAY_MS = 86_400_000;
/** How often it is looked for logs that are due: a failure is tried again after this long. */
const ROUND_MS = 3_600_000;

export interface EventKeeperOptions {
  /** By ref; changes as projects come and go. */
  readonly databases: ReadonlyMap<string, ProjectDatabase>;
  readonly observe: Observe;
  readonly dayMs?: number;
  readonly roundMs?: number;
}

export interface EventKeeper {
  /**
   * Forgets the project's old idempotency keys soon, and puts its log in order unless that was done within the day.
   * Never waits, never throws.
   */
  due(database: ProjectDatabase): void;
  /** Lets what is under way finish. */
  close(): Promise<void>;
}

/**
 * Keeps the event logs of projects in order: when one wakes, and once a day while it is in use. Idempotency keys that
 * are older than a day are forgotten every hour. A sleeping project is left alone. One project at a time, so that this never takes more than one of the connections all projects share.
 */
export function keepEvents({
  databases,
  observe,
  dayMs = DAY_MS,
  roundMs = ROUND_MS,
}: EventKeeperOptions): EventKeeper {
  const maintainedAt = new WeakMap<ProjectDatabase, number>();
  let isClosed = false;
  let line = Promise.resolve();

  async function maintain(database: ProjectDatabase): Promise<void> {
    const isGone = databases.get(database.ref) !== database;
    if (isClosed || isGone) return;
    await forgetKeys(database);
    if (performance.now() - (maintainedAt.get(database) ?? -Infinity) < dayMs) return;
    try {
      const droppedDays = await maintainEvents(database);
      maintainedAt.set(database, performance.now());
      observe({ kind: 'events.maintained', project: database.ref, droppedDays });
    } catch (error) {
      observe({ kind: 'events.unmaintained', project: database.ref, error });
    }
  }

  async function forgetKeys(database: ProjectDatabase): Promise<void> {
    try {
      await sweepKeys(database);
    } catch (error) {
      observe({ kind: 'keys.sweep-failed', project: database.ref, error });
    }
  }

  const due = (database: ProjectDatabase): void => {
    line = line.then(() => maintain(database));
  };

  const round = setInterval(() => {
    for (const database of databases.values()) if (database.awake) due(database);
  }, roundMs).unref();

  return {
    due,
    close() {
      isClosed = true;
      clearInterval(round);
      return line;
    },
  };
}
