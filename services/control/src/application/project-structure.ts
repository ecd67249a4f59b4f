import { DatabaseError } from 'pg';
import type { Advice } from '../advisors/advice.ts';
import { giveAdvice } from '../advisors/give-advice.ts';
import { controlErrors } from '../control-errors.ts';
import type { ProjectOperation } from '../domain/roles.ts';
import { type AppliedChange, applyChange } from '../meta/apply-change.ts';
import { readStructure } from '../meta/introspection/read-structure.ts';
import type { Structure } from '../meta/introspection/structure.ts';
import { listMigrations, type RecordedMigration, readMigration } from '../meta/migrations.ts';
import type { AskedOperation } from '../meta/operations/operations.ts';
import { asOwner, type OwnedDatabase } from '../meta/owned-database.ts';
import { type Preview, previewChange } from '../meta/preview-change.ts';
import { explainRow, type Question } from '../visibility/explain-row.ts';
import { type ExplainedRow, explainRows, type QuestionOfRows } from '../visibility/explain-rows.ts';
import type { Explanation } from '../visibility/explanation.ts';
import { type Actor, inProject } from './authorise.ts';
import type { ControlParts } from './control-parts.ts';

const READ_MS = 30_000;
const QUERY_CANCELED = '57014';
const LOCK_NOT_AVAILABLE = '55P03';
/** Of a statement, in the log. */
const MAX_LOGGED_CHARACTERS = 2_000;

/** What the project's database consists of. All of these throw what `inProject` throws. */
export function readProjectStructure(
  parts: ControlParts,
  actor: Actor,
  ref: string,
  schemas: readonly string[] | null,
): Promise<Structure> {
  return work(parts, actor, ref, 'structure.read', (owned) =>
    owned.database.transaction(asOwner(owned, { readOnly: true, statementTimeoutMs: READ_MS }), (tx) =>
      readStructure(tx, schemas),
    ),
  );
}

export function previewProjectChange(
  parts: ControlParts,
  actor: Actor,
  ref: string,
  asked: AskedOperation,
): Promise<Preview> {
  return work(parts, actor, ref, 'structure.preview', (owned) => previewChange(owned, asked));
}

/**
 * Changes the structure. The log says that it was asked for before anything is done, since it is in another database,
 * and then what came of it.
 */
export async function changeProjectStructure(
  parts: ControlParts,
  actor: Actor,
  ref: string,
  asked: readonly AskedOperation[],
  options: { readonly expected: readonly string[] | null; readonly lockTimeoutMs: number },
): Promise<AppliedChange> {
  const note = (action: string, detail: Readonly<Record<string, unknown>>): Promise<void> =>
    parts.inTransaction(async (stores) => {
      await inProject(stores, actor, ref, 'structure.change');
      const entry = { action, organisationId: null, projectRef: ref, target: null, detail };
      await stores.audit.add(entry, actor.author);
    });
  await note('structure.change', { operations: asked.map(({ operation }) => operation.slice(0, 100)) });
  const { expected, lockTimeoutMs } = options;
  const applied = await work(parts, actor, ref, 'structure.change', (owned) =>
    applyChange(owned, asked, { lockTimeoutMs, now: parts.now, ...(expected === null ? {} : { expected }) }),
  );
  const statements = applied.statements.map((statement) => statement.slice(0, MAX_LOGGED_CHARACTERS));
  await note('structure.changed', { version: applied.version, name: applied.name, statements });
  return applied;
}

export function listProjectMigrations(
  parts: ControlParts,
  actor: Actor,
  ref: string,
): Promise<readonly Omit<RecordedMigration, 'statements'>[]> {
  return work(parts, actor, ref, 'migration.list', listMigrations);
}

/** @throws {AshlarError} `control.migration_unknown`, besides those of `inProject`. */
export async function showProjectMigration(
  parts: ControlParts,
  actor: Actor,
  ref: string,
  version: string,
): Promise<RecordedMigration> {
  const found = await work(parts, actor, ref, 'migration.list', (owned) => readMigration(owned, version));
  if (found === null) throw controlErrors.migrationUnknown({ version });
  return found;
}

export function adviseProject(parts: ControlParts, actor: Actor, ref: string): Promise<readonly Advice[]> {
  return work(parts, actor, ref, 'advice.read', (owned, exposed) => giveAdvice(owned, exposed));
}

/** @throws {AshlarError} those of `explainRow`, besides those of `inProject`. */
export function explainProjectRow(
  parts: ControlParts,
  actor: Actor,
  ref: string,
  question: Question,
): Promise<Explanation> {
  return work(parts, actor, ref, 'visibility.explain', (owned) => explainRow(owned, question));
}

/** @throws {AshlarError} those of `explainRows`, besides those of `inProject`. */
export function explainProjectRows(
  parts: ControlParts,
  actor: Actor,
  ref: string,
  question: QuestionOfRows,
): Promise<readonly ExplainedRow[]> {
  return work(parts, actor, ref, 'visibility.explain', (owned) => explainRows(owned, question));
}

async function work<Result>(
  parts: ControlParts,
  actor: Actor,
  ref: string,
  operation: ProjectOperation,
  run: (owned: OwnedDatabase, exposed: readonly string[]) => Promise<Result>,
): Promise<Result> {
  await parts.inTransaction((stores) => inProject(stores, actor, ref, operation));
  const { project, ownerRole } = await parts.projects.open(ref);
  try {
    return await run({ database: project.database, ownerRole }, project.settings.rest.schemas);
  } catch (error) {
    if (error instanceof DatabaseError && error.code === QUERY_CANCELED)
      throw controlErrors.databaseSlow({}, { cause: error });
    if (error instanceof DatabaseError && error.code === LOCK_NOT_AVAILABLE)
      throw controlErrors.databaseLocked({}, { cause: error });
    throw error;
  }
}
