import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cliErrors } from '../cli/cli-errors.ts';

/** One SQL file of an application, named `<version>_<name>.sql`. */
export interface Migration {
  readonly version: string;
  readonly name: string;
  readonly file: string;
}

const SUPABASE_FOLDER = 'supabase';
const MIGRATIONS = 'migrations';
const FILE_NAME = /^(\d+)_(.+)\.sql$/;

/** The folder given, else `supabase/migrations` where a project of that tool is, else `migrations`. */
export function migrationsFolder(given: string | undefined, current: string): string {
  if (given !== undefined) return resolve(current, given);
  const supabase = join(current, SUPABASE_FOLDER);
  return join(existsSync(supabase) ? supabase : current, MIGRATIONS);
}

/** `seed.sql` beside the migrations folder; null when there is none. */
export function seedFile(folder: string): string | null {
  const file = join(folder, '..', 'seed.sql');
  return existsSync(file) ? file : null;
}

/**
 * The migrations of a folder in the order of their versions; none when there is no folder.
 *
 * @throws {AshlarError} `cli.migration_file_malformed`, `cli.migration_twice`.
 */
export function listMigrations(folder: string): readonly Migration[] {
  if (!existsSync(folder)) return [];
  const migrations = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .map((fileName): Migration => {
      const file = join(folder, fileName);
      const [, version, name] = FILE_NAME.exec(fileName) ?? [];
      if (version === undefined || name === undefined) throw cliErrors.migrationFileMalformed({ file });
      return { version, name, file };
    })
    .toSorted(byVersion);
  refuseTwins(migrations);
  return migrations;
}

export function readSql(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw cliErrors.fileUnreadable({ file, reason }, { cause: error });
  }
}

/** As numbers: 9 comes before 10, and fourteen digits compare the same either way. */
function byVersion(left: Migration, right: Migration): number {
  const [leftNumber, rightNumber] = [BigInt(left.version), BigInt(right.version)];
  return leftNumber < rightNumber ? -1 : leftNumber > rightNumber ? 1 : 0;
}

function refuseTwins(migrations: readonly Migration[]): void {
  for (const [version, twins] of Map.groupBy(migrations, (migration) => migration.version)) {
    if (twins.length > 1) throw cliErrors.migrationTwice({ version, files: twins.map(({ file }) => file) });
  }
}
