import type { RowKey } from '../rows/grid-row.ts';

/** Rows that are ticked: these ones, or all but these. So a million rows are chosen without reading one. */
export interface RowSelection {
  readonly isAll: boolean;
  readonly keys: ReadonlySet<RowKey>;
}

export const NO_ROWS: RowSelection = { isAll: false, keys: new Set() };
export const ALL_ROWS: RowSelection = { isAll: true, keys: new Set() };

export function isTicked(selection: RowSelection, key: RowKey): boolean {
  return selection.isAll !== selection.keys.has(key);
}

/** Ticks rows, or takes their ticks away. */
export function tickRows(selection: RowSelection, keys: readonly RowKey[], isOn: boolean): RowSelection {
  const next = new Set(selection.keys);
  for (const key of keys) {
    if (isOn === selection.isAll) next.delete(key);
    else next.add(key);
  }
  return { isAll: selection.isAll, keys: next };
}

/** Whether none, some or all rows are ticked. */
export function tickState(selection: RowSelection, rows: number): 'none' | 'some' | 'all' {
  if (selection.keys.size === 0) return selection.isAll ? 'all' : 'none';
  if (selection.keys.size >= rows) return selection.isAll ? 'none' : 'all';
  return 'some';
}
