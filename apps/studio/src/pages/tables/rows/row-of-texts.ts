import type { GridRow } from '@ashlar/ui/grid';
import { rowKey } from './row-key.ts';
import type { TableShape } from './table-shape.ts';

/** A row of the grid from what `rowTexts` asked for. Rows without a primary key are named by their place. */
export function rowOfTexts(shape: TableShape, texts: readonly (string | null)[], place: number): GridRow {
  const { columns, key } = shape;
  const values = Object.fromEntries(columns.map(({ name }, at) => [name, texts[at] ?? null]));
  const labels: Record<string, string> = {};
  let at = columns.length;
  for (const { name, pointer } of columns) {
    if (pointer === null || pointer.label === null) continue;
    const label = texts[at];
    if (typeof label === 'string') labels[name] = label;
    at += 1;
  }
  const named = key.length === 0 ? `place-${place}` : rowKey(key.map(({ name }) => values[name] ?? ''));
  return { key: named, values, labels };
}
