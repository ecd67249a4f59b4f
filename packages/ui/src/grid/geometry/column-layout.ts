/** Where columns stand: starts and widths in pixels from the inline start of the sheet. */
export interface ColumnLayout {
  /** Of the row numbers. */
  readonly gutter: number;
  readonly starts: readonly number[];
  readonly widths: readonly number[];
  readonly total: number;
  readonly frozen: number;
  readonly frozenEnd: number;
}

/** Room for a tick, and for numbers of up to five digits. */
const LEAST_GUTTER = 56;
const DIGIT = 7.5;
/** What is left free beside a number, and what separates its thousands. */
const BESIDE_NUMBER = 30;

/** The width of the row numbers of so many rows, in pixels. */
export function gutterOf(rows: number): number {
  return Math.max(LEAST_GUTTER, Math.ceil(String(rows).length * DIGIT) + BESIDE_NUMBER);
}

/** @param gutter The width of the row numbers before the first column. */
export function layColumns(widths: readonly number[], frozen: number, gutter: number): ColumnLayout {
  const starts: number[] = [];
  let at = gutter;
  for (const width of widths) {
    starts.push(at);
    at += width;
  }
  const kept = Math.min(frozen, widths.length);
  return {
    gutter,
    starts,
    widths,
    total: at,
    frozen: kept,
    frozenEnd: kept === widths.length ? at : (starts[kept] ?? gutter),
  };
}

/** The scrolling columns that a view of this width shows, both ends included; none when `last < first`. */
export function visibleColumns(layout: ColumnLayout, scroll: number, width: number): { first: number; last: number } {
  const from = scroll + layout.frozenEnd;
  const to = scroll + width;
  let first = layout.frozen;
  while (first < layout.starts.length && (layout.starts[first] ?? 0) + (layout.widths[first] ?? 0) <= from) first += 1;
  let last = first;
  while (last < layout.starts.length && (layout.starts[last] ?? 0) < to) last += 1;
  return { first, last: last - 1 };
}

/** The column under a place, counted from the inline start of the view. */
export function columnAt(layout: ColumnLayout, place: number, scroll: number): number {
  const at = place < layout.frozenEnd ? place : place + scroll;
  const found = layout.starts.findIndex((start, index) => at >= start && at < start + (layout.widths[index] ?? 0));
  if (found !== -1) return found;
  return at < (layout.starts[0] ?? 0) ? -1 : layout.starts.length - 1;
}

/** How far to scroll so that a column is in full sight. */
export function scrollToColumn(layout: ColumnLayout, column: number, scroll: number, width: number): number {
  if (column < layout.frozen) return scroll;
  const start = layout.starts[column] ?? 0;
  const end = start + (layout.widths[column] ?? 0);
  if (start - scroll < layout.frozenEnd) return Math.max(0, start - layout.frozenEnd);
  return end - scroll > width ? Math.min(end - width, start - layout.frozenEnd) : scroll;
}
