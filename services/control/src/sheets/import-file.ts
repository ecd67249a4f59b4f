import { DatabaseError } from 'pg';
import { type Actor, inProject } from '../application/authorise.ts';
import type { ControlParts } from '../application/control-parts.ts';
import { applyWithin } from '../meta/apply-change.ts';
import { examineFile, type Examined } from './examine-file.ts';
import { FaultFile } from './fault-file.ts';
import { FileFault } from './formats/source-row.ts';
import { readRows } from './formats/source-file.ts';
import { type LoadFault, type LoadProgress, loadRows, TooManyFaults } from './load-rows.ts';
import { type Mapping, type OnRepeated, readTarget } from './target-table.ts';
import { faultsPathOf, type Upload, type UploadDesk } from './upload-desk.ts';
import { tableErrors } from '../table-errors.ts';

export interface LoadRequest {
  readonly schema: string;
  readonly table: string;
  /** The rest of the input of `create-table`, when the table is to be made; null for one that is there. */
  readonly create: Readonly<Record<string, unknown>> | null;
  readonly mapping: readonly Mapping[];
  readonly onRepeated: OnRepeated;
  /** Loads the good rows although there are others; else all or nothing. */
  readonly skipFaulty: boolean;
  /** Does everything and undoes it. */
  readonly isDryRun: boolean;
  /** In which order day and month of a date are, where the year is last. */
  readonly dates: 'dmy' | 'mdy';
}

export interface Loaded extends LoadProgress {
  readonly committed: boolean;
  /** It was given up after so many wrong rows. */
  readonly isTooMany: boolean;
  /** The first of them. */
  readonly faults: readonly LoadFault[];
}

const MAX_SHOWN_FAULTS = 100;
const STATEMENT_TIMEOUT_MS = 10 * 60_000;
const LOCK_TIMEOUT_MS = 5_000;

/** Undoes a load whose rows are not all good. */
class FaultyRows extends Error {}

/** @throws {AshlarError} those of `inProject`, `control.import_file`, `control.import_busy`, `control.import_place`. */
export async function examineUpload(
  desk: UploadDesk,
  upload: Upload,
  asked: Parameters<typeof examineFile>[1],
): Promise<Examined> {
  const { receivedBytes, sizeBytes } = upload;
  if (receivedBytes < sizeBytes) throw tableErrors.importPlace({ offset: sizeBytes, received: receivedBytes });
  return desk.work(upload, async (signal) => {
    upload.examined = await examineFile(upload.path, asked, signal).catch(refuseFile);
    return upload.examined;
  });
}

/**
 * Loads an uploaded file into a table, in one transaction with making the table: whatever ends it, all of it is there or
 * none. The log says that it was asked for before anything is done.
 *
 * @throws {AshlarError} those of `inProject`, `control.import_file`, `control.import_target`, `control.import_busy`,
 *   those of making the table.
 * @throws {DatabaseError} What refused it as a whole.
 */
export async function loadUpload(
  parts: ControlParts,
  actor: Actor,
  desk: UploadDesk,
  upload: Upload,
  request: LoadRequest,
  { onProgress, signal }: { readonly onProgress: (progress: LoadProgress) => void; readonly signal: AbortSignal },
): Promise<Loaded> {
  const { examined } = upload;
  if (examined === null) throw tableErrors.importTarget({ reason: 'the file was not looked at before' });
  const { schema, table, isDryRun } = request;
  await parts.inTransaction(async (stores) => {
    await inProject(stores, actor, upload.ref, 'sql.import');
    const detail = { file: upload.name, rows: examined.rows, dry_run: isDryRun, new_table: request.create !== null };
    const target = `${schema}.${table}`;
    const entry = { action: 'sql.import', organisationId: null, projectRef: upload.ref, target, detail };
    await stores.audit.add(entry, actor.author);
  });
  return desk.work(upload, async (ended) => {
    const file = new FaultFile(
      faultsPathOf(upload),
      examined.columns.map(({ name }) => name),
    );
    try {
      const all = AbortSignal.any([signal, ended]);
      return await loadFile(parts, upload, examined, request, { file, onProgress, signal: all });
    } finally {
      await file.close();
    }
  });
}

async function loadFile(
  parts: ControlParts,
  { ref, path }: Upload,
  { form, columns }: Examined,
  request: LoadRequest,
  {
    file,
    onProgress,
    signal,
  }: {
    readonly file: FaultFile;
    readonly onProgress: (progress: LoadProgress) => void;
    readonly signal: AbortSignal;
  },
): Promise<Loaded> {
  const { schema, table, create, mapping, isDryRun, skipFaulty, onRepeated, dates } = request;
  const { project, ownerRole } = await parts.projects.open(ref);
  const faults: LoadFault[] = [];
  let last: LoadProgress = { read: 0, loaded: 0, faulty: 0 };
  const note = (progress: LoadProgress): void => {
    last = progress;
    onProgress(progress);
  };
  const onFault = (fault: LoadFault): void => {
    file.add(fault);
    if (faults.length < MAX_SHOWN_FAULTS) faults.push(fault);
  };
  const settings = [
    ['search_path', 'public, extensions'],
    ['lock_timeout', `${LOCK_TIMEOUT_MS}ms`],
    ['datestyle', `ISO, ${dates.toUpperCase()}`],
  ] as const;
  const terms = {
    login: 'owner',
    role: ownerRole,
    settings,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    rollback: isDryRun,
    signal,
  } as const;
  try {
    await project.database.transaction(terms, async (tx) => {
      if (create !== null) {
        // What the structure's operations write names everything in full, and so does what reads it.
        await tx.query(`set local search_path = ''`);
        const operation = { operation: 'create-table', input: { ...create, schema, table } };
        await applyWithin(tx, [operation], { now: parts.now });
        await tx.query('set local search_path = public, extensions');
      }
      const target = await readTarget(tx, { schema, table }, mapping);
      if (onRepeated === 'replace') refuseKeyless(target.key, mapping);
      const rows = readRows(
        path,
        form,
        columns.map(({ name }) => name),
      );
      note(await loadRows(tx, target, rows, { onRepeated, onFault, onProgress: note, signal }));
      if (last.faulty > 0 && !skipFaulty && !isDryRun) throw new FaultyRows();
    });
    return { ...last, committed: !isDryRun, isTooMany: false, faults };
  } catch (error) {
    if (error instanceof FaultyRows) return { ...last, loaded: 0, committed: false, isTooMany: false, faults };
    if (error instanceof TooManyFaults) return { ...last, loaded: 0, committed: false, isTooMany: true, faults };
    return refuseFile(error);
  }
}

/** Rows are replaced by their key, so the file has to bring it. */
function refuseKeyless(key: readonly string[], mapping: readonly Mapping[]): void {
  const missing = key.filter((name) => !mapping.some(({ column }) => column === name));
  if (key.length > 0 && missing.length === 0) return;
  const reason = key.length === 0 ? 'the table has no primary key' : `nothing is loaded into ${missing.join(', ')}`;
  throw tableErrors.importTarget({ reason: `rows cannot be replaced: ${reason}` });
}

function refuseFile(error: unknown): never {
  if (!(error instanceof FileFault)) throw error;
  const reason = error.row === null ? error.reason : `${error.reason}, row ${error.row}`;
  throw tableErrors.importFile({ reason }, { cause: error });
}

/** What PostgreSQL refused about a load as a whole, for people. */
export function wordsOfRefusal(error: unknown): string | null {
  return error instanceof DatabaseError ? error.message : null;
}
