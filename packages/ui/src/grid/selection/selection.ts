/** A cell by its place among the rows and the visible columns. Row -1 is the header. */
export interface CellPlace {
  readonly row: number;
  readonly column: number;
}

/** A rectangle of cells, both ends included. */
export interface CellRange {
  readonly top: number;
  readonly bottom: number;
  readonly start: number;
  readonly end: number;
}

/** The active cell, the range from it to where it was extended to, and ranges chosen before. */
export interface Selection {
  readonly active: CellPlace;
  readonly focus: CellPlace;
  readonly others: readonly CellRange[];
}

export interface Bounds {
  readonly rows: number;
  readonly columns: number;
}

export const HEADER_ROW = -1;
/** Ranges a person may pick one by one. */
const MAX_RANGES = 100;

export function selectCell(place: CellPlace): Selection {
  return { active: place, focus: place, others: [] };
}

export function extendTo(selection: Selection, focus: CellPlace): Selection {
  return { ...selection, focus };
}

/** Begins a further range and keeps those there are. */
export function addCell(selection: Selection, place: CellPlace): Selection {
  return { active: place, focus: place, others: [...selection.others, mainRange(selection)].slice(-MAX_RANGES) };
}

function rangeOf(a: CellPlace, b: CellPlace): CellRange {
  return {
    top: Math.min(a.row, b.row),
    bottom: Math.max(a.row, b.row),
    start: Math.min(a.column, b.column),
    end: Math.max(a.column, b.column),
  };
}

/** The range that grows with Shift, and that paste and fill begin in. */
export function mainRange(selection: Selection): CellRange {
  return rangeOf(selection.active, selection.focus);
}

export function allRanges(selection: Selection): readonly CellRange[] {
  return [...selection.others, mainRange(selection)];
}

export function inRange(range: CellRange, row: number, column: number): boolean {
  return row >= range.top && row <= range.bottom && column >= range.start && column <= range.end;
}

export function isSelected(selection: Selection, row: number, column: number): boolean {
  return inRange(mainRange(selection), row, column) || selection.others.some((range) => inRange(range, row, column));
}

export function selectAll({ rows, columns }: Bounds, active: CellPlace): Selection {
  const corner = { row: 0, column: 0 };
  return rows === 0
    ? selectCell(active)
    : { active: corner, focus: { row: rows - 1, column: columns - 1 }, others: [] };
}

/** Whole columns, from the active one to `column` when it is to be extended. */
export function selectColumn({ rows }: Bounds, column: number, from: number = column): Selection {
  return { active: { row: 0, column: from }, focus: { row: Math.max(0, rows - 1), column }, others: [] };
}

/** Whole rows. */
export function selectRows({ columns }: Bounds, row: number, from: number = row): Selection {
  return { active: { row: from, column: 0 }, focus: { row, column: columns - 1 }, others: [] };
}

/** One step, a page, or all the way; never out of the table, and up to the header only step by step. */
export function stepFrom(
  place: CellPlace,
  by: { readonly rows: number; readonly columns: number },
  bounds: Bounds,
  lowest: number = 0,
): CellPlace {
  return {
    row: clamp(place.row + by.rows, lowest, Math.max(lowest, bounds.rows - 1)),
    column: clamp(place.column + by.columns, 0, bounds.columns - 1),
  };
}

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

/** The cell Tab goes to: along the row, then to the next one. */
export function nextCell(place: CellPlace, bounds: Bounds, isBack: boolean): CellPlace {
  const at = place.row * bounds.columns + place.column + (isBack ? -1 : 1);
  if (at < 0 || at >= bounds.rows * bounds.columns) return place;
  return { row: Math.floor(at / bounds.columns), column: at % bounds.columns };
}

/** Keeps a selection inside a table that became smaller. */
export function clampSelection(selection: Selection, bounds: Bounds): Selection {
  const lowest = selection.active.row === HEADER_ROW ? HEADER_ROW : 0;
  const still = { rows: 0, columns: 0 };
  return {
    active: stepFrom(selection.active, still, bounds, lowest),
    focus: stepFrom(selection.focus, still, bounds, lowest),
    others: selection.others.filter((range) => range.bottom < bounds.rows && range.end < bounds.columns),
  };
}
