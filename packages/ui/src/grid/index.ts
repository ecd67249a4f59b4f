export { inverseOf } from './changes/batch.ts';
export type { Batch, BatchCause, CellChange, WholeRow } from './changes/batch.ts';
export {
  freezeColumns,
  hideColumn,
  initialColumns,
  moveColumn,
  resizeColumn,
  showColumn,
} from './columns/column-state.ts';
export type { ColumnState } from './columns/column-state.ts';
export type { Field } from './columns/field.ts';
export { Grid } from './grid.tsx';
export type { GridHandle, GridProps } from './grid.tsx';
export { arabicGridMessages, englishGridMessages } from './messages.ts';
export type { GridMessages } from './messages.ts';
export type { CellMark } from './model/cell-marks.ts';
export type { MenuRequest, SortKey, Tone } from './model/grid-options.ts';
export type { PatchResult, RefusedCell, SaveBatch } from './model/patch-result.ts';
export { nextSort } from './model/toggle-sort.ts';
export type { GridRow, GroupHeading, RowKey, RowPatch } from './rows/grid-row.ts';
export { createRowSource } from './rows/row-source.ts';
export type { OwnRowSource, RowSource } from './rows/row-source.ts';
export type { RowSelection } from './selection/row-selection.ts';
export type { CellPlace } from './selection/selection.ts';
export type { CellValue, FieldType, Operator, Refusal } from './types/field-type.ts';
export { fieldTypeOf } from './types/field-types.ts';
export { foreignKeyType } from './types/foreign-key.ts';
export type { Candidate, Reference } from './types/foreign-key.ts';
export { jsonText } from './types/json-text.ts';
