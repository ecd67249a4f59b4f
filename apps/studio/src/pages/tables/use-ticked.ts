import type { CellValue, GridHandle, RowKey, RowSelection } from '@ashlar/ui/grid';
import { type RefObject, useRef, useState } from 'react';

type Values = Readonly<Record<string, CellValue>>;

export interface TickedRows {
  readonly selection: RowSelection;
  readonly take: (selection: RowSelection) => void;
  /** What the ticked rows hold, those that scrolled out of memory as well. */
  readonly values: ReadonlyMap<RowKey, Values>;
  readonly clear: () => void;
}

const NONE: RowSelection = { isAll: false, keys: new Set() };

export function useTicked(grid: RefObject<GridHandle | null>): TickedRows {
  const [selection, setSelection] = useState(NONE);
  const values = useRef(new Map<RowKey, Values>());
  return {
    selection,
    values: values.current,
    take(next) {
      const { rows } = grid.current?.model ?? {};
      for (const key of next.keys) {
        const index = rows?.cache.indexOf(key);
        const row = index === undefined ? undefined : rows?.at(index);
        if (row !== undefined && !values.current.has(key)) values.current.set(key, row.values);
      }
      for (const key of values.current.keys()) if (!next.keys.has(key)) values.current.delete(key);
      setSelection(next);
    },
    clear() {
      values.current.clear();
      grid.current?.model.tick(NONE);
    },
  };
}
