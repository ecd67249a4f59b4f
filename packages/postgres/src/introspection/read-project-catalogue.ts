import type { ProjectDatabase } from '../session/call.ts';
import { CATALOGUE_SETTINGS, type ReadCatalogue } from './catalogue.ts';

/** A catalogue of thousands of tables takes about a second; what takes this long is stuck. */
const LOAD_TIMEOUT_MS = 30_000;

export interface ReadOptions {
  readonly signal?: AbortSignal;
  /** Nobody waits for it, so it does not keep the project from going idle. */
  readonly background?: boolean;
}

/**
 * Reads as the least of the project's roles, for the catalogue is open to everyone, and on a connection of its own,
 * for a large one takes longer than neighbours on a shared one should wait.
 */
export function readProjectCatalogue(database: ProjectDatabase, options: ReadOptions = {}): ReadCatalogue {
  return async (text) => {
    const result = await database.call({
      login: 'authenticator',
      role: 'anon',
      settings: CATALOGUE_SETTINGS,
      readOnly: true,
      statementTimeoutMs: LOAD_TIMEOUT_MS,
      statement: { text, values: [] },
      connection: 'own',
      ...options,
    });
    return result.rows;
  };
}
