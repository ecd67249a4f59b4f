import type { PastedTable } from '../changes/paste-plan.ts';
import { readNulls } from './html-table.ts';
import { parseTsv } from './tsv.ts';

/** The table of a paste, with the NULLs of one that was copied from a grid. */
export function readClipboard(plain: string, html: string): PastedTable {
  const table = parseTsv(plain);
  const nulls = readNulls(html);
  if (nulls === undefined) return table;
  // One empty cell copies as the empty text, which holds no line.
  const lines = table.length === 0 && nulls.length === 1 ? [['']] : table;
  return lines.map((line, row) =>
    line.map((cell, column) => (cell === '' && (nulls.at(row)?.at(column) ?? false) ? null : cell)),
  );
}
