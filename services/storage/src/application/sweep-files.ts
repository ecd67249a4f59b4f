import type { ProjectDatabase } from '@ashlar/postgres';
import { asService } from '../adapters/database.ts';
import type { FileStore } from './file-store.ts';

export interface SweepOptions {
  /** Ref of the project. */
  readonly project: string;
  readonly database: ProjectDatabase;
  readonly files: FileStore;
  /** Younger files may belong to an upload whose row is still to come. */
  readonly before: Date;
  /** Also looks for rows whose file is gone; such rows are counted and never touched. */
  readonly checkRows: boolean;
}

export interface Swept {
  readonly removedFiles: number;
  readonly missingFiles: number;
}

const BATCH = 500;
const UPLOAD_LIFETIME_MS = 7 * 86_400_000;

/** Brings files and rows together again after a crash: files nobody names go, rows without a file are counted. */
export async function sweepFiles(options: SweepOptions): Promise<Swept> {
  await expireUploads(options);
  const removedFiles = (await collectUnwanted(options)) + (await removeOrphans(options));
  return { removedFiles, missingFiles: options.checkRows ? await countMissing(options) : 0 };
}

/** Uploads in parts that nobody has completed for a week; their parts go as unwanted files. */
async function expireUploads({ database, before }: SweepOptions): Promise<void> {
  const day = new Date(before.getTime() - UPLOAD_LIFETIME_MS).toISOString();
  await asService(database, 'select to_json(storage.service_expire_uploads($1::timestamptz))', [day], true);
}

type Place = Pick<SweepOptions, 'project' | 'database' | 'files'>;

/**
 * Removes the files of deleted and replaced objects. The file goes first: what is noted twice is removed twice, what
 * were forgotten first would never go.
 */
export async function collectUnwanted({ project, database, files }: Place): Promise<number> {
  let removed = 0;
  for (;;) {
    const unwanted = await asService<{ version: string; is_used: boolean }>(
      database,
      'select row_to_json(f) from storage.service_unwanted_files($1) f',
      [String(BATCH)],
      true,
    );
    if (unwanted.length === 0) return removed;
    const gone = unwanted.filter((file) => !file.is_used);
    await Promise.all(gone.map(({ version }) => files.remove({ project, version })));
    const versions = JSON.stringify(unwanted.map(({ version }) => version));
    await asService(
      database,
      'select to_json(storage.service_forget_files(array(select jsonb_array_elements_text($1::jsonb))) is null)',
      [versions],
      true,
    );
    removed += gone.length;
  }
}

async function removeOrphans(options: SweepOptions): Promise<number> {
  const { project, files, before } = options;
  let removed = 0;
  let batch: string[] = [];
  const flush = async (): Promise<void> => {
    const known = await knownVersions(options, batch);
    const orphans = batch.filter((version) => !known.has(version));
    await Promise.all(orphans.map((version) => files.remove({ project, version })));
    removed += orphans.length;
    batch = [];
  };
  for await (const version of files.settled(project, before)) {
    batch.push(version);
    if (batch.length === BATCH) await flush();
  }
  if (batch.length > 0) await flush();
  return removed;
}

async function knownVersions({ database }: SweepOptions, versions: readonly string[]): Promise<ReadonlySet<string>> {
  const asked = [JSON.stringify(versions)];
  const known = await asService<string>(
    database,
    'select to_json(v) from storage.service_known_versions(array(select jsonb_array_elements_text($1::jsonb))) v',
    asked,
    true,
  );
  const parts = await asService<string>(
    database,
    'select to_json(v) from storage.service_known_part_versions(array(select jsonb_array_elements_text($1::jsonb))) v',
    asked,
    true,
  );
  return new Set([...known, ...parts]);
}

async function countMissing({ project, database, files }: SweepOptions): Promise<number> {
  let missing = 0;
  let last = '';
  for (;;) {
    const versions = await asService<string>(
      database,
      'select to_json(v) from storage.service_versions_after($1, $2) v',
      [last, String(BATCH)],
      true,
    );
    if (versions.length === 0) return missing;
    const sizes = await Promise.all(versions.map((version) => files.size({ project, version })));
    missing += sizes.filter((size) => size === null).length;
    last = versions.at(-1) ?? last;
  }
}
