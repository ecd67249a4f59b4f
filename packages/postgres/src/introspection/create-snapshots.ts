import type { Observe } from '@ashlar/telemetry';
import type { ProjectDatabase } from '../session/call.ts';
import { ProjectSnapshot } from './project-snapshot.ts';
import type { Snapshot } from './snapshot.ts';

export interface Snapshots {
  /** The project's snapshot if one is loaded; never waits. */
  peek(database: ProjectDatabase): Snapshot | undefined;
  /**
   * The project's newest snapshot; only a first caller waits. It follows DDL by itself from then on.
   * @throws What `ProjectDatabase.call` throws, when there is no snapshot yet and the database cannot give one.
   */
  current(database: ProjectDatabase): Promise<Snapshot>;
  /**
   * For a request that met an unknown name: waits for a load under way, or begins one when the last is older than
   * `ageMs`. The rate is bounded; a load that fails leaves the known snapshot.
   */
  refreshIfOlderThan(database: ProjectDatabase, ageMs: number): Promise<Snapshot>;
  /** Stops listening and forgets: the project was removed or its database object replaced. */
  release(database: ProjectDatabase): Promise<void>;
  close(): Promise<void>;
}

export interface SnapshotsOptions {
  readonly observe: Observe;
  /** Whether `ALTER ROLE … SET` without a database counts: while the cluster holds one project. */
  readonly globalRoleSettings?: () => boolean;
  /** Whether the project's server announces DDL by event triggers (`Cluster.capabilities`); true unless told. */
  readonly eventTriggers?: (database: ProjectDatabase) => boolean;
}

export function createSnapshots(options: SnapshotsOptions): Snapshots {
  const { observe, globalRoleSettings = () => false, eventTriggers = () => true } = options;
  const projects = new Map<ProjectDatabase, ProjectSnapshot>();
  let version = 0;
  const nextVersion = (): number => (version += 1);

  const snapshotOf = (database: ProjectDatabase): ProjectSnapshot => {
    const known = projects.get(database);
    if (known !== undefined) return known;
    const made = new ProjectSnapshot({
      database,
      observe,
      nextVersion,
      globalRoleSettings,
      eventTriggers: eventTriggers(database),
    });
    projects.set(database, made);
    return made;
  };

  return {
    peek: (database) => projects.get(database)?.current,
    current: (database) => snapshotOf(database).first(),
    refreshIfOlderThan: (database, ageMs) => snapshotOf(database).refreshIfOlderThan(ageMs),
    async release(database) {
      const known = projects.get(database);
      projects.delete(database);
      await known?.close();
    },
    async close() {
      const known = [...projects.values()];
      projects.clear();
      await Promise.all(known.map((project) => project.close()));
    },
  };
}
