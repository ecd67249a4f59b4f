import type { Observe } from '@ashlar/telemetry';
import type { ProjectDatabase } from './call.ts';
import { sessionErrors } from './errors.ts';
import { OwnConnections } from './own-connections.ts';
import { SessionDatabase } from './project-database.ts';
import type { DatabaseTarget } from './target.ts';
import { MAX_PREPARED_STATEMENTS } from './wire/prepared-statements.ts';

/** The bounds of all sessions of a process; each has a default that fits the budget of an embedded cluster. */
export interface SessionBounds {
  /** Shared connections of one active project. */
  readonly sharedConnections: number;
  /** Requests in flight on one shared connection. */
  readonly sharedDepth: number;
  /** Longest run, and longest wait for a lock, of a statement on a shared connection. */
  readonly sharedLimitMs: number;
  /** Own connections of all projects together, and of one project. */
  readonly ownConnections: number;
  readonly ownConnectionsPerProject: number;
  /**
   * Own connections of one project in use, whatever for, up to which further ones are taken for single-row writes; and
   * writes in flight on one of them.
   */
  readonly writerConnections: number;
  readonly writerDepth: number;
  /** Requests waiting for a connection: of one project for the shared ones, of all projects for the own ones. */
  readonly maxWaiting: number;
  readonly maxWaitMs: number;
  /** Prepared statements kept on one connection. */
  readonly preparedStatements: number;
  readonly connectTimeoutMs: number;
  /** After this long without use a project has no connection left. */
  readonly idleMs: number;
  /** Of an own connection beside which another of the same login is idle: what a burst has left goes sooner. */
  readonly spareIdleMs: number;
}

export const DEFAULT_SESSION_BOUNDS: SessionBounds = {
  sharedConnections: 2,
  sharedDepth: 16,
  sharedLimitMs: 250,
  ownConnections: 32,
  ownConnectionsPerProject: 12,
  writerConnections: 8,
  writerDepth: 32,
  maxWaiting: 1_000,
  maxWaitMs: 2_000,
  preparedStatements: MAX_PREPARED_STATEMENTS,
  connectTimeoutMs: 2_000,
  idleMs: 300_000,
  spareIdleMs: 10_000,
};

export interface SessionsOptions {
  readonly observe: Observe;
  readonly bounds?: Partial<SessionBounds>;
}

/** Every connection of this process to project databases, within one budget. */
export interface Sessions {
  /** The same value for the same `ref`; opens nothing until used. */
  project(target: DatabaseTarget): ProjectDatabase;
  /** Closes a project's connections and forgets its target: it was removed, or its logins changed. */
  forget(ref: string): Promise<void>;
  /** Refuses new work, lets what is in flight finish, closes everything. */
  close(): Promise<void>;
}

/** How many times within `idleMs` it is looked for what has become idle. */
const SWEEPS_PER_IDLE_TIME = 5;

export function createSessions(options: SessionsOptions): Sessions {
  const { observe } = options;
  const bounds = { ...DEFAULT_SESSION_BOUNDS, ...options.bounds };
  const own = new OwnConnections({
    observe,
    maxConnections: bounds.ownConnections,
    maxPerProject: bounds.ownConnectionsPerProject,
    maxWaiting: bounds.maxWaiting,
    maxWaitMs: bounds.maxWaitMs,
    idleMs: bounds.idleMs,
    spareIdleMs: bounds.spareIdleMs,
    connectTimeoutMs: bounds.connectTimeoutMs,
    maxStatements: bounds.preparedStatements,
  });
  const databases = new Map<string, SessionDatabase>();
  let isClosed = false;

  const sweep = setInterval(() => {
    const now = performance.now();
    own.sweep(now);
    for (const database of databases.values()) {
      if (!database.awake || database.staysAwake || now - database.usedAt <= bounds.idleMs) continue;
      void database.idle();
      observe({ kind: 'project.idled', project: database.ref });
    }
  }, bounds.idleMs / SWEEPS_PER_IDLE_TIME).unref();

  return {
    project(target) {
      if (isClosed) throw sessionErrors.closed({ database: target.database });
      const known = databases.get(target.ref);
      if (known !== undefined) return known;
      const database = new SessionDatabase({
        observe,
        target,
        own,
        connections: bounds.sharedConnections,
        depth: bounds.sharedDepth,
        writerConnections: bounds.writerConnections,
        writerDepth: bounds.writerDepth,
        sharedLimitMs: bounds.sharedLimitMs,
        maxWaiting: bounds.maxWaiting,
        maxWaitMs: bounds.maxWaitMs,
        connectTimeoutMs: bounds.connectTimeoutMs,
        maxStatements: bounds.preparedStatements,
      });
      databases.set(target.ref, database);
      return database;
    },
    async forget(ref) {
      const database = databases.get(ref);
      databases.delete(ref);
      own.closeIdle(ref);
      await database?.close();
    },
    async close() {
      isClosed = true;
      clearInterval(sweep);
      // What a shared connection had to give up may still move to an own one.
      await Promise.all([...databases.values()].map((database) => database.close()));
      await own.close();
    },
  };
}
