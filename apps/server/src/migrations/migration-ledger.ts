import type { Transaction } from '@ashlar/postgres';

/** One row of the table the Supabase CLI keeps too, so that either tool sees what the other applied. */
export interface AppliedMigration {
  readonly version: string;
  readonly name: string | null;
}

/** `ashlar migration` in ASCII, cut to 63 bits: one command at a time changes a project's migrations. */
const LOCK_KEY = '7022344802737075553';

export async function lockMigrations(tx: Transaction): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1)', [LOCK_KEY]);
}

/** Migrations already recorded, by version. */
export async function appliedMigrations(tx: Transaction): Promise<ReadonlyMap<string, AppliedMigration>> {
  const { rows } = await tx.query<AppliedMigration & Record<string, unknown>>(
    'select version, name from supabase_migrations.schema_migrations order by version',
  );
  return new Map(rows.map((row) => [row.version, row]));
}

export async function recordMigration(
  tx: Transaction,
  {
    version,
    name,
    statements,
  }: { readonly version: string; readonly name: string; readonly statements: readonly string[] },
): Promise<void> {
  await tx.query('insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)', [
    version,
    name,
    [...statements],
  ]);
}
