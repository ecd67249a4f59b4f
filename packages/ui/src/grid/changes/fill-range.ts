import type { CellPlace, CellRange } from '../selection/selection.ts';

/** A fill: the cells that are read, those that are written, and which way it goes. */
export interface Fill {
  readonly from: CellRange;
  readonly into: CellRange;
  readonly axis: 'rows' | 'columns';
  readonly isBack: boolean;
}

/** The fill that dragging the handle of `from` to a cell asks for; along the axis it was dragged further on. */
export function fillTo(from: CellRange, place: CellPlace): Fill | undefined {
  const down = place.row - from.bottom;
  const up = from.top - place.row;
  const onward = place.column - from.end;
  const back = from.start - place.column;
  const [rows, columns] = [Math.max(down, up, 0), Math.max(onward, back, 0)];
  if (rows === 0 && columns === 0) return undefined;
  if (rows >= columns) {
    const isBack = up > 0;
    const [top, bottom] = isBack ? [place.row, from.top - 1] : [from.bottom + 1, place.row];
    return { from, into: { ...from, top, bottom }, axis: 'rows', isBack };
  }
  const isBack = back > 0;
  const [start, end] = isBack ? [place.column, from.start - 1] : [from.end + 1, place.column];
  return { from, into: { ...from, start, end }, axis: 'columns', isBack };
}

/** Ctrl+D: the first row of a range goes into the others; a single row takes the one above. */
export function fillDown(range: CellRange): Fill | undefined {
  const top = range.top === range.bottom ? range.top - 1 : range.top;
  if (top < 0) return undefined;
  return { from: { ...range, top, bottom: top }, into: { ...range, top: top + 1 }, axis: 'rows', isBack: false };
}
