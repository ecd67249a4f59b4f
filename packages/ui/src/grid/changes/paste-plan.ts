import type { CellRange } from '../selection/selection.ts';

/** A table of texts from the clipboard; null is a NULL that came from a grid like this one. */
export type PastedTable = readonly (readonly (string | null)[])[];

/** The cells a paste writes. A selection that holds the table several times over is filled with it. */
export function pasteRange(table: PastedTable, into: CellRange, columns: number): CellRange {
  const height = table.length;
  const width = Math.max(1, ...table.map((line) => line.length));
  const rows = into.bottom - into.top + 1;
  const wide = into.end - into.start + 1;
  const tall = rows % height === 0 ? rows : height;
  const broad = wide % width === 0 ? wide : width;
  return {
    top: into.top,
    bottom: into.top + tall - 1,
    start: into.start,
    end: Math.min(columns - 1, into.start + broad - 1),
  };
}

/** The text for a cell of the range, counted from its corner; undefined where a ragged table has none. */
export function pastedAt(table: PastedTable, row: number, column: number): string | null | undefined {
  const line = table[row % table.length];
  const width = Math.max(1, ...(table.length === 1 ? table : table.slice(0, 1)).map((first) => first.length));
  return line === undefined ? undefined : line[column % Math.max(width, line.length)];
}
