import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { escapeIdentifier } from 'pg';
import { migrationErrors } from './errors.ts';
import type { SchemaOwner } from './schema-owner.ts';

/** One numbered SQL file of a schema owner, as found on disk. */
export interface MigrationFile {
  readonly owner: SchemaOwner;
  /** The four digits the file name begins with. */
  readonly version: string;
  readonly name: string;
  readonly sql: string;
  /** First 16 hex digits of the SHA-256 of the file, line ends normalised so that a checkout on Windows agrees. */
  readonly checksum: string;
  /** The file asked to keep the administrator's rights by beginning with `-- as: admin`. */
  readonly asAdmin: boolean;
}

const FILE_NAME = /^(\d{4})-([a-z0-9]+(?:-[a-z0-9]+)*)\.sql$/;
const AS_ADMIN = /^-- as: admin\b/;

/** Reads an owner's folder in order of number; anything in it that does not end in `.sql` is ignored. */
export async function readMigrationFiles(owner: SchemaOwner): Promise<readonly MigrationFile[]> {
  const names = (await readdir(owner.migrations)).filter((name) => name.endsWith('.sql')).toSorted();
  const folder = owner.migrations.href.endsWith('/') ? owner.migrations : new URL(`${owner.migrations.href}/`);
  const files = await Promise.all(
    names.map(async (name) => toMigrationFile(owner, name, await readFile(new URL(name, folder), 'utf8'))),
  );
  files.forEach((file, index) => {
    const previous = files[index - 1];
    if (previous?.version !== file.version) return;
    throw migrationErrors.migrationRepeated({
      owner: owner.name,
      version: file.version,
      first: previous.name,
      second: file.name,
    });
  });
  return files;
}

function toMigrationFile(owner: SchemaOwner, fileName: string, text: string): MigrationFile {
  const match = FILE_NAME.exec(fileName);
  if (match === null) throw migrationErrors.migrationMisnamed({ owner: owner.name, file: fileName });
  const sql = text.replaceAll('\r\n', '\n');
  return {
    owner,
    version: match[1] ?? '',
    name: match[2] ?? '',
    sql,
    checksum: createHash('sha256').update(sql).digest('hex').slice(0, 16),
    asAdmin: AS_ADMIN.test(sql),
  };
}

/** Names a migration may write as `:name` because they differ between servers; values become quoted identifiers. */
export type Placeholders = Readonly<Record<string, string>>;

// A colon after a colon is a cast, one after a word or a quote belongs to an array slice or a literal.
const PLACEHOLDER = /(?<![:\w'"])(:[a-z][a-z_]*_role)\b/g;

/** Writes each `:…_role` of the file as a quoted identifier; checksums are of the text before. */
export function fillPlaceholders(file: MigrationFile, placeholders: Placeholders): string {
  return file.sql.replace(PLACEHOLDER, (placeholder: string) => {
    const value = placeholders[placeholder.slice(1)];
    if (value !== undefined) return escapeIdentifier(value);
    throw migrationErrors.migrationPlaceholder({
      owner: file.owner.name,
      version: file.version,
      name: file.name,
      placeholder,
      known: Object.keys(placeholders).map((name) => `:${name}`),
    });
  });
}
