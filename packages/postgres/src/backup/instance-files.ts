import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoCode } from '../embedded/folder-error.ts';

/** A file or folder to be copied, with the path it has inside the instance's folder. */
export interface InstanceFile {
  readonly path: string;
  readonly absolutePath: string;
  readonly type: 'file' | 'folder';
  readonly mode: number;
  readonly sizeBytes: number;
}

/** Their folders are needed, their contents belong to the running server alone. */
const EMPTIED_FOLDERS: ReadonlySet<string> = new Set([
  'postgres/pg_dynshmem',
  'postgres/pg_notify',
  'postgres/pg_replslot',
  'postgres/pg_serial',
  'postgres/pg_snapshots',
  'postgres/pg_stat_tmp',
  'postgres/pg_subtrans',
  'postgres/pg_wal',
  'postgres/pg_wal/archive_status',
  'postgres/pg_wal/summaries',
]);
const LEFT_OUT_FILES: ReadonlySet<string> = new Set([
  'postgres/postmaster.pid',
  'postgres/postmaster.opts',
  // The copy gets those of the backup itself.
  'postgres/backup_label',
  'postgres/tablespace_map',
]);

/** Pictures that are made again when somebody asks. */
const LEFT_OUT_FOLDERS: ReadonlySet<string> = new Set(['files/.rendered']);

/**
 * What of the server's folder belongs into a copy of a running server: all but what the server rebuilds.
 *
 * @see PostgreSQL documentation, "Making a Base Backup Using the Low Level API", "Backing Up The Data Directory"
 */
export function dataFiles(instanceDir: string): AsyncGenerator<InstanceFile, void, undefined> {
  return walk(instanceDir, 'postgres', (path) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const parent = path.slice(0, path.lastIndexOf('/'));
    if (EMPTIED_FOLDERS.has(parent)) return EMPTIED_FOLDERS.has(path);
    return !LEFT_OUT_FILES.has(path) && !name.startsWith('pgsql_tmp') && !name.startsWith('pg_internal.init');
  });
}

/** Keys, settings and stored files: everything of the instance beside the server's data and the state of this run. */
export async function* otherFiles(
  instanceDir: string,
  without: ReadonlySet<string>,
): AsyncGenerator<InstanceFile, void, undefined> {
  for (const name of (await readdir(instanceDir)).toSorted()) {
    if (name === 'run' || name === 'postgres' || name.startsWith('postgres.new')) continue;
    yield* walk(instanceDir, name, (path) => !LEFT_OUT_FOLDERS.has(path) && !without.has(join(instanceDir, path)));
  }
}

async function* walk(
  root: string,
  path: string,
  wanted: (path: string) => boolean,
): AsyncGenerator<InstanceFile, void, undefined> {
  if (!wanted(path)) return;
  const absolutePath = join(root, path);
  const found = await lstat(absolutePath).catch(ignoreVanished);
  if (found === undefined) return;
  const mode = found.mode & 0o777;
  if (found.isFile()) yield { path, absolutePath, type: 'file', mode, sizeBytes: found.size };
  if (!found.isDirectory()) return;
  yield { path, absolutePath, type: 'folder', mode, sizeBytes: 0 };
  for (const name of (await readdir(absolutePath).catch(ignoreVanished)) ?? []) {
    yield* walk(root, `${path}/${name}`, wanted);
  }
}

/** A table may be dropped while we walk; the log tells the copy the same. */
export function ignoreVanished(error: unknown): undefined {
  if (errnoCode(error) !== 'ENOENT') throw error;
}
