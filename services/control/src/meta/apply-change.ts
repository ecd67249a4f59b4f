import type { Transaction } from '@ashlar/postgres';
import { DatabaseError } from 'pg';
import { controlErrors } from '../control-errors.ts';
import { readStructure } from './introspection/read-structure.ts';
import { type AskedOperation, planOperation } from './operations/operations.ts';
import { asOwner, type OwnedDatabase } from './owned-database.ts';

export interface AppliedChange {
  /** Of the migration it was recorded as. */
  readonly version: string;
  readonly name: string;
  readonly statements: readonly string[];
}

export interface ApplyOptions {
  /** What somebody was shown. Other statements than these are not run. */
  readonly expected?: readonly string[];
  /** How long to wait for others' locks. */
  readonly lockTimeoutMs?: number;
  readonly statementTimeoutMs?: number;
  readonly now?: () => Date;
}

const LOCK_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 10 * 60_000;
/** `ashlar migration` takes the same: one at a time changes a project's migrations. */
const LOCK_KEY = '7022344802737075553';

/**
 * Runs operations in one transaction, later ones upon what earlier ones made, and records them as one migration.
 *
 * @throws {AshlarError} Those of `planOperation`, `control.meta_preview_outdated`, `control.meta_change_failed`.
 */
export async function applyChange(
  owned: OwnedDatabase,
  asked: readonly AskedOperation[],
  options: ApplyOptions = {},
): Promise<AppliedChange> {
  const {
    lockTimeoutMs = LOCK_TIMEOUT_MS,
    statementTimeoutMs = STATEMENT_TIMEOUT_MS,
    now = () => new Date(),
  } = options;
  const settings = [['lock_timeout', `${lockTimeoutMs}ms`]] as const;
  return owned.database.transaction(asOwner(owned, { settings, statementTimeoutMs }), (tx) =>
    applyWithin(tx, asked, { ...options, now }),
  );
}

/** The same as a part of a transaction of the owner's. */
export async function applyWithin(
  tx: Transaction,
  asked: readonly AskedOperation[],
  { expected, now = () => new Date() }: Pick<ApplyOptions, 'expected' | 'now'>,
): Promise<AppliedChange> {
  await tx.query('select pg_catalog.pg_advisory_xact_lock($1)', [LOCK_KEY]);
  const statements: string[] = [];
  for (const operation of asked) {
    const planned = await plan(tx, operation);
    refuseOther(expected, statements.length, planned);
    for (const statement of planned) {
      await run(tx, statement);
      statements.push(statement);
    }
  }
  if (expected !== undefined && expected.length !== statements.length) throw controlErrors.metaPreviewOutdated();
  return { ...(await record(tx, asked, statements, now())), statements };
}

async function plan(tx: Transaction, operation: AskedOperation): Promise<readonly string[]> {
  const structure = await readStructure(tx);
  return planOperation(operation, { structure, isUtc: false }).statements;
}

function refuseOther(expected: readonly string[] | undefined, from: number, planned: readonly string[]): void {
  if (expected === undefined) return;
  if (planned.some((statement, at) => statement !== expected[from + at])) throw controlErrors.metaPreviewOutdated();
}

async function run(tx: Transaction, statement: string): Promise<void> {
  try {
    await tx.query(statement);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    throw controlErrors.metaChangeFailed(
      { statement: statement.slice(0, 1_000), sqlstate: error.code ?? '', reason: error.message },
      { cause: error, ...(error.hint === undefined ? {} : { hint: error.hint }) },
    );
  }
}

/** Under the next free version from now on, in the table `ashlar migration` keeps. */
async function record(
  tx: Transaction,
  asked: readonly AskedOperation[],
  statements: readonly string[],
  at: Date,
): Promise<{ readonly version: string; readonly name: string }> {
  const stamp = at.toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const name = [...new Set(asked.map(({ operation }) => operation))].slice(0, 3).join('_').replaceAll('-', '_');
  const { rows } = await tx.query<{ version: string }>(
    `insert into supabase_migrations.schema_migrations (version, name, statements)
     select greatest($1::numeric, coalesce(max(version::numeric) filter (where version ~ '^[0-9]+$'), 0) + 1)::text, $2, $3::text[]
     from supabase_migrations.schema_migrations
     returning version`,
    [stamp, name, [...statements]],
  );
  return { version: rows[0]?.version ?? stamp, name };
}
