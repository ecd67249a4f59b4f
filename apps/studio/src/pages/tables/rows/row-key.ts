import type { RowKey } from '@ashlar/ui/grid';

/** A row's primary key as one text, which is the grid's name for the row. */
export function rowKey(values: readonly string[]): RowKey {
  return JSON.stringify(values);
}

/** Null for the name of a row that is not stored yet. */
export function keyValues(key: RowKey): readonly string[] | null {
  if (!key.startsWith('[')) return null;
  const values: unknown = JSON.parse(key);
  return Array.isArray(values) ? values.map(String) : null;
}
