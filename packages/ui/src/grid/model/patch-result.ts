import type { Batch } from '../changes/batch.ts';
import type { GridRow, RowKey } from '../rows/grid-row.ts';
import type { CellValue } from '../types/field-type.ts';

/** A cell that was not saved, and why; `theirs` is there when somebody else had changed it meanwhile. */
export interface RefusedCell {
  readonly row: RowKey;
  /** Absent when the whole row was refused. */
  readonly field?: string;
  readonly reason: string;
  readonly theirs?: CellValue;
}

/** What became of a batch. What is not named was saved. */
export interface PatchResult {
  readonly refused?: readonly RefusedCell[];
  /** Rows as they are stored, under the key the grid gave or knows: for new rows, and where the server sets more values. */
  readonly rows?: ReadonlyMap<RowKey, GridRow>;
}

/** Saves a batch. The inverse is what undoing it will ask for. */
export type SaveBatch = (batch: Batch, inverse: Batch) => Promise<PatchResult | void>;
