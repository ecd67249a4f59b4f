import type { RowKey } from '../rows/grid-row.ts';
import type { CellValue } from '../types/field-type.ts';

/** What is to be said of a cell beyond its value. */
export type CellMark =
  /** On its way to the server; shown as if it were there. */
  | { readonly kind: 'saving'; readonly value: CellValue; readonly before: CellValue; readonly batch: string }
  /** Refused, here or by the server: what was typed stays, with the reason, until it is mended. */
  | { readonly kind: 'invalid'; readonly text: string; readonly reason: string }
  /** Somebody else changed the cell while this person did: both values, side by side. */
  | { readonly kind: 'conflict'; readonly mine: CellValue; readonly theirs: CellValue }
  /** Somebody else changed it just now. */
  | { readonly kind: 'changed' };

/** Marks of cells by row and field. */
export class CellMarks {
  readonly #rows = new Map<RowKey, Map<string, CellMark>>();

  get(row: RowKey, field: string): CellMark | undefined {
    return this.#rows.get(row)?.get(field);
  }

  set(row: RowKey, field: string, mark: CellMark): void {
    let marks = this.#rows.get(row);
    if (marks === undefined) {
      marks = new Map();
      this.#rows.set(row, marks);
    }
    marks.set(field, mark);
  }

  delete(row: RowKey, field: string): void {
    const marks = this.#rows.get(row);
    marks?.delete(field);
    if (marks?.size === 0) this.#rows.delete(row);
  }

  /** Gives the marks of a new row to the key the server chose for it. */
  rename(from: RowKey, to: RowKey): void {
    const marks = this.#rows.get(from);
    if (marks === undefined) return;
    this.#rows.delete(from);
    this.#rows.set(to, marks);
  }

  /** How many cells carry a mark of this kind. */
  count(kind: CellMark['kind']): number {
    let count = 0;
    for (const marks of this.#rows.values()) for (const mark of marks.values()) if (mark.kind === kind) count += 1;
    return count;
  }
}
