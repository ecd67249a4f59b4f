import type { Observe } from '@ashlar/telemetry';
import type { ProjectDatabase } from './call.ts';
import { createPlainDatabase } from './plain-database.ts';
import type { DatabaseTarget } from './target.ts';

export interface SessionsOptions {
  readonly observe: Observe;
}

/** Every connection of this process to project databases, within one budget. */
export interface Sessions {
  /** The same value for the same `ref`; opens nothing until used. */
  project(target: DatabaseTarget): ProjectDatabase;
  close(): Promise<void>;
}

export function createSessions(_options: SessionsOptions): Sessions {
  const databases = new Map<string, ProjectDatabase>();
  return {
    project(target) {
      const database = databases.get(target.ref) ?? createPlainDatabase(target);
      databases.set(target.ref, database);
      return database;
    },
    close: async () => undefined,
  };
}
