import { asOwner, type OwnedDatabase } from './owned-database.ts';

/** A change of the structure that was recorded, by this API or by `ashlar migration`. */
export interface RecordedMigration {
  readonly version: string;
  readonly name: string | null;
  readonly statements: readonly string[];
}

const TIMEOUT_MS = 10_000;
const MAX_LISTED = 10_000;

/** The newest first, without what they do. */
export function listMigrations(owned: OwnedDatabase): Promise<readonly Omit<RecordedMigration, 'statements'>[]> {
  return owned.database.transaction(asOwner(owned, { readOnly: true, statementTimeoutMs: TIMEOUT_MS }), async (tx) => {
    const { rows } = await tx.query<{ version: string; name: string | null }>(
      `select version, name from supabase_migrations.schema_migrations order by version desc limit ${MAX_LISTED}`,
    );
    return rows;
  });
}

/** @returns Null when there is none of this version. */
export function readMigration(owned: OwnedDatabase, version: string): Promise<RecordedMigration | null> {
  return owned.database.transaction(asOwner(owned, { readOnly: true, statementTimeoutMs: TIMEOUT_MS }), async (tx) => {
    const { rows } = await tx.query<{ version: string; name: string | null; statements: string[] }>(
      `select version, name, coalesce(statements, '{}') as statements
       from supabase_migrations.schema_migrations where version = $1`,
      [version],
    );
    return rows[0] ?? null;
  });
}

/** As a file of the project's migrations folder: its name, and its text. */
export function migrationFile({ version, name, statements }: RecordedMigration): {
  readonly name: string;
  readonly text: string;
} {
  const suffix = (name ?? '').replaceAll(/[^A-Za-z0-9_-]+/g, '_');
  return {
    name: `${version.replaceAll(/[^A-Za-z0-9_-]+/g, '_')}${suffix === '' ? '' : `_${suffix}`}.sql`,
    text: statements.map((statement) => `${statement.trim().replace(/;$/, '')};\n`).join('\n'),
  };
}
