import type { RowKey } from '../rows/grid-row.ts';
import type { CellValue } from '../types/field-type.ts';

/** One cell before and after. */
export interface CellChange {
  readonly row: RowKey;
  readonly field: string;
  readonly before: CellValue;
  readonly after: CellValue;
}

/** A whole row that comes or goes. */
export interface WholeRow {
  readonly key: RowKey;
  readonly values: Readonly<Record<string, CellValue>>;
}

export type BatchCause =
  | 'edit'
  | 'paste'
  | 'cut'
  | 'fill'
  | 'clear'
  | 'insert'
  | 'duplicate'
  | 'delete'
  | 'undo'
  | 'redo';

/** Everything one act of a person changes. It is saved as a whole and undone as a whole. */
export interface Batch {
  readonly id: string;
  readonly cause: BatchCause;
  readonly changes: readonly CellChange[];
  readonly inserts: readonly WholeRow[];
  readonly removes: readonly WholeRow[];
}

/** Cells of one act; more is an import. */
export const MAX_CHANGES = 200_000;

let made = 0;

/** A name for a batch or a row that the server has not named yet. */
export function freshName(kind: string): string {
  made += 1;
  return `${kind}-${Date.now().toString(36)}-${made}`;
}

export function makeBatch(cause: BatchCause, parts: Partial<Pick<Batch, 'changes' | 'inserts' | 'removes'>>): Batch {
  return { id: freshName('batch'), cause, changes: [], inserts: [], removes: [], ...parts };
}

export function isEmptyBatch({ changes, inserts, removes }: Batch): boolean {
  return changes.length + inserts.length + removes.length === 0;
}

/** What takes a batch back. */
export function inverseOf(batch: Batch, cause: BatchCause = 'undo'): Batch {
  return makeBatch(cause, {
    changes: batch.changes.map(({ row, field, before, after }) => ({ row, field, before: after, after: before })),
    inserts: batch.removes,
    removes: batch.inserts,
  });
}

/** The batch with the keys the server gave to rows that were new when it was made. */
export function renameRows(batch: Batch, names: ReadonlyMap<RowKey, RowKey>): Batch {
  if (names.size === 0) return batch;
  const named = (key: RowKey): RowKey => names.get(key) ?? key;
  return {
    ...batch,
    changes: batch.changes.map((change) => ({ ...change, row: named(change.row) })),
    inserts: batch.inserts,
    removes: batch.removes.map((row) => ({ ...row, key: named(row.key) })),
  };
}
