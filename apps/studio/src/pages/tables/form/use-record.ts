import type { CellMark, CellPlace, CellValue, Field, GridHandle, GridRow } from '@ashlar/ui/grid';
import { type RefObject, useSyncExternalStore } from 'react';

/** One field of the record, as the cell of it stands. */
export interface RecordField {
  readonly field: Field;
  readonly place: CellPlace;
  readonly value: CellValue;
  /** What is shown for the value, such as the name of the row a foreign key points to, or a text that was refused. */
  readonly shown: string;
  readonly mark: CellMark | undefined;
  readonly isEditable: boolean;
}

/** The row with the active cell. */
export interface ActiveRecord {
  readonly index: number;
  /** Undefined while it is read, and for headings of groups. */
  readonly row: GridRow | undefined;
  readonly isNew: boolean;
  readonly fields: readonly RecordField[];
  readonly hasNext: boolean;
  readonly hasPrevious: boolean;
  readonly step: (by: 1 | -1) => void;
}

/** The record the grid stands at; follows the grid, and moves it. Null before the grid is drawn. */
export function useRecord(grid: RefObject<GridHandle | null>): ActiveRecord | null {
  const listen = (hear: () => void): (() => void) => grid.current?.model.listen(hear) ?? (() => {});
  const version = useSyncExternalStore(listen, () => grid.current?.model.version ?? -1);
  const model = version === -1 ? undefined : grid.current?.model;
  const index = Math.max(0, model?.selection.active.row ?? 0);
  if (model === undefined) return null;

  const found = model.rows.at(index);
  const row = found?.group === undefined ? found : undefined;
  const next = stepFrom(index, 1);
  const previous = stepFrom(index, -1);

  /** Headings of groups are no records. */
  function stepFrom(from: number, by: 1 | -1): number | null {
    let at = from + by;
    while (model?.rows.at(at)?.group !== undefined) at += by;
    return at >= 0 && at < (model?.bounds.rows ?? 0) ? at : null;
  }

  return {
    index,
    row,
    isNew: model.rows.isDraft(index),
    fields: model.fields.map((field, column) => {
      const place = { row: index, column };
      const mark = row === undefined ? undefined : model.marks.get(row.key, field.id);
      const value = row === undefined ? null : model.valueOf(row, field);
      const label = mark === undefined || mark.kind === 'changed' ? row?.labels?.[field.id] : undefined;
      const shown = mark?.kind === 'invalid' ? mark.text : (label ?? value ?? '');
      return { field, place, value, shown, mark, isEditable: model.isEditable(place) };
    }),
    hasNext: next !== null,
    hasPrevious: previous !== null,
    step(by) {
      const to = by === 1 ? next : previous;
      if (to !== null) grid.current?.goTo({ row: to, column: model.selection.active.column });
    },
  };
}
