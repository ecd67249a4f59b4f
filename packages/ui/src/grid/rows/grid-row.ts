import type { CellValue } from '../types/field-type.ts';

/** What names a row for good: its primary key as a text. Rows that are not stored yet have one of the grid's making. */
export type RowKey = string;

/** A heading among the rows, made by the query that groups them. */
export interface GroupHeading {
  readonly label: string;
  readonly count?: number;
  readonly isOpen: boolean;
}

/** One row as a page brings it. */
export interface GridRow {
  readonly key: RowKey;
  readonly values: Readonly<Record<string, CellValue>>;
  /** What to show for a foreign key in place of its value. */
  readonly labels?: Readonly<Record<string, string>>;
  /** How deep the row stands below headings. */
  readonly depth?: number;
  readonly group?: GroupHeading;
}

/** Values of a row that became others. */
export interface RowPatch {
  readonly key: RowKey;
  readonly values: Readonly<Record<string, CellValue>>;
  readonly labels?: Readonly<Record<string, string>>;
}
