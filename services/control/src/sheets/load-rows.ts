import type { Transaction } from '@ashlar/postgres';
import { DatabaseError } from 'pg';
import type { RowFault, SourceRow } from './formats/source-row.ts';
import { faultsSql, insertSql, type OnRepeated, type TargetTable, valueFor } from './target-table.ts';

/** Why a row was not loaded. */
export interface LoadFault {
  readonly row: SourceRow;
  /** Name of the table's column, where one value is to blame. */
  readonly column: string | null;
  readonly reason: { readonly code: RowFault } | { readonly message: string };
}

export interface LoadProgress {
  readonly read: number;
  readonly loaded: number;
  readonly faulty: number;
}

export interface LoadOptions {
  readonly onRepeated: OnRepeated;
  readonly onFault: (fault: LoadFault) => void;
  readonly onProgress: (progress: LoadProgress) => void;
  readonly signal: AbortSignal;
}

const BATCH_ROWS = 1_000;
/** A batch of long texts ends earlier. */
const BATCH_CHARACTERS = 2_000_000;
/** After so many wrong rows the file is of another kind than the table. */
const MAX_FAULTS = 10_000;

/** Ends a load with too many wrong rows. */
export class TooManyFaults extends Error {}

/**
 * Loads rows in batches, within a transaction of the caller's. What the types of the columns refuse is found by asking;
 * what constraints, policies or triggers refuse is found by halving the batch until the row is alone.
 */
export async function loadRows(
  tx: Transaction,
  target: TargetTable,
  rows: AsyncIterable<SourceRow>,
  options: LoadOptions,
): Promise<LoadProgress> {
  const loader = new Loader(tx, target, options);
  let batch: SourceRow[] = [];
  let characters = 0;
  for await (const row of rows) {
    if (row.fault !== undefined) {
      loader.refuse({ row, column: null, reason: { code: row.fault } });
      continue;
    }
    batch.push(row);
    for (const cell of row.cells) characters += cell?.length ?? 0;
    if (batch.length < BATCH_ROWS && characters < BATCH_CHARACTERS) continue;
    options.signal.throwIfAborted();
    await loader.load(batch);
    batch = [];
    characters = 0;
  }
  options.signal.throwIfAborted();
  await loader.load(batch);
  // Constraints that wait for the end of the transaction would else speak after everybody was told that all is well.
  await tx.query('set constraints all immediate');
  return loader.progress;
}

class Loader {
  readonly #tx: Transaction;
  readonly #target: TargetTable;
  readonly #options: LoadOptions;
  readonly #insert: string;
  readonly #faults: string;
  #read = 0;
  #loaded = 0;
  #faulty = 0;

  constructor(tx: Transaction, target: TargetTable, options: LoadOptions) {
    this.#tx = tx;
    this.#target = target;
    this.#options = options;
    this.#insert = insertSql(target, options.onRepeated);
    this.#faults = faultsSql(target);
  }

  get progress(): LoadProgress {
    return { read: this.#read, loaded: this.#loaded, faulty: this.#faulty };
  }

  refuse(fault: LoadFault): void {
    this.#read += 1;
    this.#faulty += 1;
    this.#options.onFault(fault);
    if (this.#faulty > MAX_FAULTS) throw new TooManyFaults();
  }

  async load(batch: readonly SourceRow[]): Promise<void> {
    if (batch.length === 0) return;
    await this.#insertAll(batch, false);
    this.#options.onProgress(this.progress);
  }

  async #insertAll(rows: readonly SourceRow[], isSifted: boolean): Promise<void> {
    if (rows.length === 0) return;
    const failure = await this.#tryInsert(rows);
    if (failure === null) return;
    if (!isSifted) {
      await this.#insertAll(await this.#sift(rows), true);
      return;
    }
    const [row] = rows;
    if (rows.length === 1 && row !== undefined) {
      this.refuse({ row, column: failure.column ?? null, reason: { message: wordsOf(failure) } });
      return;
    }
    const half = Math.ceil(rows.length / 2);
    await this.#insertAll(rows.slice(0, half), true);
    this.#options.signal.throwIfAborted();
    await this.#insertAll(rows.slice(half), true);
  }

  async #tryInsert(rows: readonly SourceRow[]): Promise<DatabaseError | null> {
    await this.#tx.query('savepoint batch');
    try {
      const { rowCount } = await this.#tx.query(this.#insert, this.#valuesOf(rows));
      await this.#tx.query('release savepoint batch');
      this.#loaded += rowCount;
      this.#read += rows.length;
      return null;
    } catch (error) {
      if (!(error instanceof DatabaseError) || !isOfTheData(error)) throw error;
      await this.#tx.query('rollback to savepoint batch');
      return error;
    }
  }

  /** Sets aside the rows with values their columns' types refuse. @returns The rest. */
  async #sift(rows: readonly SourceRow[]): Promise<readonly SourceRow[]> {
    if (!this.#target.canCheck) return rows;
    const found = await this.#tx.query<{ n: string; col: number; message: string }>(this.#faults, this.#valuesOf(rows));
    const firsts = new Map<number, { readonly column: string | null; readonly message: string }>();
    for (const { n, col, message } of found.rows) {
      const at = Number(n) - 1;
      if (!firsts.has(at)) firsts.set(at, { column: this.#target.columns[col]?.name ?? null, message });
    }
    return rows.filter((row, at) => {
      const fault = firsts.get(at);
      if (fault !== undefined) this.refuse({ row, column: fault.column, reason: { message: fault.message } });
      return fault === undefined;
    });
  }

  #valuesOf(rows: readonly SourceRow[]): readonly unknown[] {
    return this.#target.columns.map((column) =>
      rows.map(({ cells }) => valueFor(column, cells[column.source] ?? null)),
    );
  }
}

/** Classes of errors a row can be to blame for: wrong data, constraints, checks of views, what triggers raise. */
function isOfTheData({ code = '' }: DatabaseError): boolean {
  return /^(21|22|23|44|P0)/.test(code) || code === '42501' || code === '54000';
}

function wordsOf({ message, detail }: DatabaseError): string {
  return detail === undefined ? message : `${message}: ${detail}`;
}
