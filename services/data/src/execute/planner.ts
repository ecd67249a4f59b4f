import type { Snapshot, Snapshots } from '@ashlar/postgres';
import type { Project } from '@ashlar/service';
import { RestError } from '../rest-error.ts';
import type { Incoming } from './incoming.ts';
import { PlanCache, type Remembered } from './plan-cache.ts';

/** A name the snapshot lacks may be younger than it: then one fresh look decides. */
const FRESH_MS = 100;
const UNKNOWN_NAME_CODES: ReadonlySet<string> = new Set(['PGRST200', 'PGRST202', 'PGRST204', 'PGRST205']);

/** Plans requests against the schema as it is; owns what was planned for each project. */
export class Planner {
  readonly #snapshots: Snapshots;
  readonly #caches = new WeakMap<Project['database'], PlanCache>();

  constructor(snapshots: Snapshots) {
    this.#snapshots = snapshots;
  }

  /** Runs against the current schema, and once more when that lacks a name a younger one may have. */
  async withSnapshot<Result>(
    { database }: Project,
    run: (snapshot: Snapshot) => Promise<Result> | Result,
  ): Promise<Result> {
    const snapshot = this.#snapshots.peek(database) ?? (await this.#snapshots.current(database));
    try {
      return await run(snapshot);
    } catch (error) {
      if (!(error instanceof RestError) || !UNKNOWN_NAME_CODES.has(error.code)) throw error;
      const fresh = await this.#snapshots.refreshIfOlderThan(database, FRESH_MS);
      if (fresh.version === snapshot.version) throw error;
      return run(fresh);
    }
  }

  /** @throws RestError for a request that cannot be planned. */
  plan(project: Project, snapshot: Snapshot, incoming: Incoming): Remembered {
    const cache = this.#caches.get(project.database) ?? new PlanCache();
    this.#caches.set(project.database, cache);
    return cache.find(project, snapshot, incoming);
  }
}
