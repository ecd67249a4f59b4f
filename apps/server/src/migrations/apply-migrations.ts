import { basename } from 'node:path';
import type { OpenProject } from '@ashlar/control';
import { runScript, splitStatements, type Transaction } from '@ashlar/postgres';
import { cliErrors } from '../cli/cli-errors.ts';
import { describeSqlError, isServerError } from '../sql/describe-sql-error.ts';
import { readSql, type Migration } from './migration-folder.ts';
import { appliedMigrations, lockMigrations, recordMigration } from './migration-ledger.ts';
import { needsNoTransaction } from './transaction-needs.ts';

export interface ApplyOptions {
  readonly opened: OpenProject;
  readonly migrations: readonly Migration[];
  readonly onApplied: (migration: Migration) => void;
}

/**
 * Applies what is not applied yet, in order, as the project's owner. A file and its record are one transaction, unless
 * the file holds what PostgreSQL refuses in one; then its statements run one by one.
 *
 * @returns How many were applied.
 * @throws {AshlarError} `cli.migration_failed` for the first that fails; those before it stay.
 */
export async function applyMigrations({ opened, migrations, onApplied }: ApplyOptions): Promise<number> {
  let applied = 0;
  for (const migration of migrations) {
    const statements = splitStatements(readSql(migration.file));
    const apply = needsNoTransaction(statements) ? applyOneByOne : applyInTransaction;
    if (!(await apply({ opened, migration, statements }))) continue;
    applied += 1;
    onApplied(migration);
  }
  return applied;
}

interface Work {
  readonly opened: OpenProject;
  readonly migration: Migration;
  readonly statements: readonly string[];
}

/** @returns False when it was applied before. */
function applyInTransaction(work: Work): Promise<boolean> {
  const { migration, statements } = work;
  return inTransaction(work, async (tx) => {
    await lockMigrations(tx);
    if ((await appliedMigrations(tx)).has(migration.version)) return false;
    for (const statement of statements) {
      await tx
        .query(statement)
        .catch((error: unknown) => refuse(error, migration, statement, 'Nothing of it was kept'));
    }
    await recordMigration(tx, { ...migration, statements });
    return true;
  });
}

/** Without the lock: an index is built concurrently only after every older transaction ended, the lock's own too. */
async function applyOneByOne(work: Work): Promise<boolean> {
  const { opened, migration, statements } = work;
  if ((await inTransaction(work, appliedMigrations)).has(migration.version)) return false;
  let done = 0;
  for (const statement of statements) {
    const kept = `Its first ${done} of ${statements.length} statements were kept, for it cannot run in one transaction`;
    await runScript(opened.target, statement).catch((error: unknown) => refuse(error, migration, statement, kept));
    done += 1;
  }
  await inTransaction(work, (tx) => recordMigration(tx, { ...migration, statements }));
  return true;
}

function inTransaction<Result>({ opened }: Work, run: (tx: Transaction) => Promise<Result>): Promise<Result> {
  return opened.project.database.transaction({ login: 'owner', role: opened.ownerRole }, run);
}

function refuse(error: unknown, { file }: Migration, statement: string, consequence: string): never {
  if (!isServerError(error)) throw error;
  const reason = describeSqlError(error, statement);
  throw cliErrors.migrationFailed({ file: basename(file), reason, consequence }, { cause: error });
}
