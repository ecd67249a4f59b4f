/** A value as its file writes it; null where the file says there is none. */
export type Cell = string | null;

export interface SourceRow {
  /** Counted as people count it, from 1, headings included; lines in text files may be more, for cells may hold some. */
  readonly number: number;
  readonly cells: readonly Cell[];
  /** What is wrong with the row as a whole; such a row is reported and not loaded. */
  readonly fault?: RowFault;
}

/** Codes, because people read them in their own language. */
export type RowFault = 'too-many-cells' | 'too-few-cells' | 'cell-too-large' | 'not-an-object' | 'not-text';

/** Characters of one row. A quote that is never closed would else take the rest of the file into one cell. */
export const MAX_ROW_LENGTH = 4_000_000;
/** Characters of one cell. */
export const MAX_CELL_LENGTH = 1_000_000;
/** PostgreSQL's own bound of columns. */
export const MAX_COLUMNS = 1_600;

/** What makes a whole file unreadable, for people who can mend it. */
export class FileFault extends Error {
  readonly reason: FileFaultReason;
  /** The row it was found in, if any. */
  readonly row: number | null;

  constructor(reason: FileFaultReason, row: number | null = null) {
    super(reason);
    this.reason = reason;
    this.row = row;
  }
}

export type FileFaultReason =
  | 'empty'
  | 'row-too-large'
  | 'quote-not-closed'
  | 'too-many-columns'
  | 'not-json'
  | 'not-a-workbook'
  | 'workbook-too-large'
  | 'encrypted'
  | 'not-text';
