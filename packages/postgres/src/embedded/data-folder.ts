import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusterErrors } from '../cluster/cluster-errors.ts';
import { errnoCode, folderError } from './folder-error.ts';

/**
 * Looks at a data folder without changing it.
 *
 * @param majorVersion What this server can read, as `PG_VERSION` spells it.
 * @returns `absent` when it is missing or empty, `initialised` when this server can start on it.
 * @throws `postgres.version_unsupported`, `postgres.folder_foreign` or `postgres.folder_forbidden`.
 */
export function inspectDataFolder(folder: string, majorVersion: string): 'absent' | 'initialised' {
  const entries = entriesOf(folder);
  if (entries.length === 0) return 'absent';
  if (!entries.includes('PG_VERSION')) {
    throw clusterErrors.folderForeign({ folder, found: entries.toSorted().slice(0, 3) });
  }
  const found = readVersion(folder);
  if (found !== majorVersion) throw clusterErrors.versionUnsupported({ folder, found, wanted: majorVersion });
  return 'initialised';
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errnoCode(error) === 'ENOENT') return [];
    throw folderError(folder, error);
  }
}

function readVersion(folder: string): string {
  try {
    return readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
  } catch (error) {
    throw folderError(folder, error);
  }
}
