import { MAX_PASTED_CELLS } from '../clipboard/tsv.ts';
import type { GridRow } from '../rows/grid-row.ts';
import type { CellRange } from '../selection/selection.ts';
import type { CellValue } from '../types/field-type.ts';
import type { Edits } from './edits.ts';
import type { GridModel } from './grid-model.ts';

/** The values of a range, if all its rows are here. */
export function tableHere(model: GridModel, range: CellRange): readonly (readonly CellValue[])[] | undefined {
  const lines: (readonly CellValue[])[] = [];
  for (let index = range.top; index <= range.bottom; index += 1) {
    const row = model.rows.at(index);
    if (row === undefined) return undefined;
    lines.push(lineOf(model, row, range));
  }
  return lines;
}

/** The values of a range, with rows read that are not here; undefined when it is too large to copy. */
export async function tableOf(
  model: GridModel,
  edits: Edits,
  range: CellRange,
): Promise<readonly (readonly CellValue[])[] | undefined> {
  if (!isCopyable(range)) return undefined;
  const rows = await edits.rowsOf(range);
  return rows.map((row) => lineOf(model, row, range));
}

export function isCopyable({ top, bottom, start, end }: CellRange): boolean {
  return (bottom - top + 1) * (end - start + 1) <= MAX_PASTED_CELLS;
}

function lineOf(model: GridModel, row: GridRow, { start, end }: CellRange): readonly CellValue[] {
  return model.fields.slice(start, end + 1).map((field) => model.valueOf(row, field));
}
