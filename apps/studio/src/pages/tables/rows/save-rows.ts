import type { Batch, CellValue, GridRow, PatchResult, RefusedCell, RowKey, SaveBatch } from '@ashlar/ui/grid';
import { runSql } from '../../../api/run-sql.ts';
import { describeFault, type TablesText } from './describe-fault.ts';
import { keyValues } from './row-key.ts';
import { rowOfTexts } from './row-of-texts.ts';
import { type RowReport, type RowWrite, savingScripts } from './saving-script.ts';
import type { TableShape } from './table-shape.ts';

type Values = Readonly<Record<string, CellValue>>;

/** A row to be written, and what the grid calls it. */
interface Job {
  readonly row: RowKey;
  readonly write: RowWrite;
}

type Outcome = RowReport | { readonly failure: unknown };

export interface RowSaverOptions {
  readonly ref: string;
  readonly shape: TableShape;
  readonly t: TablesText;
  readonly describe: (error: unknown) => string;
  /** Rows came or went, or are called otherwise now; called when the grid has taken the answer in. */
  readonly onRows: (change: { readonly added: number; readonly settled: readonly RowKey[] }) => void;
}

/** Saves what is done in the grid, never over what somebody else wrote meanwhile. */
export function createRowSaver(options: RowSaverOptions): SaveBatch {
  const { shape } = options;
  /** Rows the database refused so far, with all that was typed into them. */
  const refusedRows = new Map<RowKey, Values>();
  /** Names of rows whose key was changed, by the name the grid knows. */
  const renamed = new Map<RowKey, RowKey>();

  const stored = (row: RowKey): readonly string[] | null => keyValues(renamed.get(row) ?? row);

  function jobsOf(batch: Batch): readonly Job[] {
    const inserts = new Map<RowKey, Values>(
      batch.inserts.map(({ key, values }) => [key, newValues(batch, key, values)]),
    );
    const updates = new Map<RowKey, { set: Record<string, CellValue>; was: Record<string, CellValue> }>();
    for (const { row, field, before, after } of batch.changes) {
      if (stored(row) === null) {
        inserts.set(row, { ...(inserts.get(row) ?? refusedRows.get(row)), [field]: after });
        continue;
      }
      const update = updates.get(row) ?? { set: {}, was: {} };
      update.set[field] = after;
      update.was[field] = before;
      updates.set(row, update);
    }
    const removes = batch.removes.flatMap(({ key: row, values: was }): Job[] => {
      const key = stored(row);
      refusedRows.delete(row);
      return key === null ? [] : [{ row, write: { kind: 'delete', key, was } }];
    });
    return [
      ...Array.from(updates, ([row, update]): Job => ({
        row,
        write: { kind: 'update', key: stored(row) ?? [], ...update },
      })),
      ...Array.from(inserts, ([row, set]): Job => ({ row, write: { kind: 'insert', set } })),
      ...removes,
    ];
  }

  /** A copy gets a key of its own where the database gives keys. */
  function newValues({ cause }: Batch, row: RowKey, values: Values): Values {
    if (keyValues(row) !== null || (cause !== 'duplicate' && cause !== 'redo')) return values;
    const given = new Set(
      shape.key.filter((column) => column.identity !== null || column.default !== null).map(({ name }) => name),
    );
    return Object.fromEntries(Object.entries(values).filter(([name]) => !given.has(name)));
  }

  async function run(jobs: readonly Job[]): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    const writes = jobs.map(({ write }) => write);
    for (const { sql, rows } of savingScripts(shape, writes)) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- in the order they were made
        const results = await runSql(options.ref, { sql, as: 'owner' });
        const reports: readonly (readonly [number, RowReport])[] = JSON.parse(results.at(-1)?.rows[0]?.[0] ?? '[]');
        outcomes.push(...reports.toSorted(([one], [other]) => one - other).map(([, report]) => report));
      } catch (failure) {
        outcomes.push(...Array.from({ length: rows }, () => ({ failure })));
      }
    }
    return outcomes;
  }

  /** What becomes of one row; of an update that met another's, the part that can still be saved. */
  function settle(
    { row, write }: Job,
    outcome: Outcome,
    refused: RefusedCell[],
    rows: Map<RowKey, GridRow>,
  ): Job | null {
    const fields = write.kind === 'delete' ? [] : Object.keys(write.set);
    const refuse = (names: readonly string[], reason: string): void => {
      if (names.length === 0) refused.push({ row, reason });
      for (const field of names) refused.push({ row, field, reason });
      if (write.kind === 'insert') refusedRows.set(row, write.set);
    };
    if ('failure' in outcome) {
      refuse(write.kind === 'update' ? fields : [], options.describe(outcome.failure));
    } else if (outcome.fault !== undefined) {
      const { reason, fields: faulty } = describeFault(shape, write, outcome.fault, options.t);
      // An update is refused as a whole: the cells beside the faulty one are not saved either.
      refuse(write.kind === 'update' ? fields : faulty, reason);
    } else if (outcome.stored !== undefined) {
      const now = rowOfTexts(shape, outcome.stored, 0);
      if (write.kind === 'delete') renamed.delete(row);
      else rows.set(row, now);
      if (write.kind === 'update' && now.key !== row) renamed.set(row, now.key);
    } else if (write.kind === 'update' && outcome.theirs !== undefined && outcome.theirs !== null) {
      return settleConflict({ row, write }, rowOfTexts(shape, outcome.theirs, 0).values, refused);
    } else {
      const isGone = outcome.theirs === null || outcome.theirs === undefined;
      if (write.kind === 'delete' && isGone) return null;
      refuse(fields, options.t(isGone ? 'rowIsGone' : 'rowChanged'));
    }
    return null;
  }

  function settleConflict(
    { row, write }: Job & { readonly write: Extract<RowWrite, { kind: 'update' }> },
    theirs: Values,
    refused: RefusedCell[],
  ): Job | null {
    const set: Record<string, CellValue> = {};
    const was: Record<string, CellValue> = {};
    for (const [field, mine] of Object.entries(write.set)) {
      const seen = write.was[field] ?? null;
      if (theirs[field] === seen) {
        set[field] = mine;
        was[field] = seen;
      } else {
        refused.push({ row, field, reason: options.t('rowChanged'), theirs: theirs[field] ?? null });
      }
    }
    const isLess = Object.keys(set).length < Object.keys(write.set).length;
    return Object.keys(set).length > 0 && isLess ? { row, write: { ...write, set, was } } : null;
  }

  return async (batch): Promise<PatchResult> => {
    const refused: RefusedCell[] = [];
    const rows = new Map<RowKey, GridRow>();
    const jobs = jobsOf(batch);
    const outcomes = await run(jobs);
    const again = jobs.flatMap((job, at) => settle(job, outcomes[at] ?? { failure: null }, refused, rows) ?? []);
    const later = await run(again);
    again.forEach((job, at) => settle(job, later[at] ?? { failure: null }, refused, rows));

    const isRefused = new Set(refused.map(({ row }) => row));
    const made = jobs.filter(({ row, write }) => write.kind === 'insert' && !isRefused.has(row));
    const removed = jobs.filter(({ row, write }) => write.kind === 'delete' && !isRefused.has(row));
    // Rows that were refused at first are new to the source, and the grid still holds them as its own.
    const settled = made.map(({ row }) => row).filter((row) => refusedRows.delete(row));
    for (const row of settled) renamed.set(row, rows.get(row)?.key ?? row);
    if (made.length + removed.length > 0) {
      setTimeout(() => options.onRows({ added: made.length - removed.length, settled }), 0);
    }
    return { refused, rows };
  };
}
