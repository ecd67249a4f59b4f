/** Browsers cap an element at some 33 million pixels; less is safe at every zoom. */
export const MAX_SPACER = 15_000_000;

/**
 * The vertical place in a table that may be higher than a browser allows. `top` is the true place; what the browser scrolls
 * is shorter and stands in proportion to it.
 */
export interface RowWindow {
  readonly rows: number;
  readonly rowHeight: number;
  readonly viewport: number;
  readonly top: number;
}

const highest = (window: RowWindow): number => Math.max(0, window.rows * window.rowHeight - window.viewport);

/** The height of the element that is scrolled. */
export function spacerHeight({ rows, rowHeight }: Pick<RowWindow, 'rows' | 'rowHeight'>): number {
  return Math.min(MAX_SPACER, rows * rowHeight);
}

/** True pixels per scrolled one. */
export function scaleOf(window: RowWindow): number {
  const range = spacerHeight(window) - window.viewport;
  return range <= 0 ? 1 : highest(window) / range;
}

/** Where the browser has to stand for the true place. */
export function scrollTopOf(window: RowWindow): number {
  return window.top / scaleOf(window);
}

/** Goes to a true place, within the table. */
export function goTo(window: RowWindow, top: number): RowWindow {
  return { ...window, top: Math.min(highest(window), Math.max(0, top)) };
}

/**
 * Follows a scroll the browser made. Where its pixels are shorter than true ones, a small move is a finger's and means
 * what it says; a great one is the scroll bar's and means a proportion.
 */
export function followScroll(window: RowWindow, scrollTop: number): RowWindow {
  const scale = scaleOf(window);
  if (scale === 1) return goTo(window, scrollTop);
  const moved = scrollTop - scrollTopOf(window);
  // The browser rounds what it is told; an echo of our own move is none.
  if (Math.abs(moved) < 1) return window;
  const isAtEnd = scrollTop <= 0 || scrollTop >= spacerHeight(window) - window.viewport - 1;
  if (isAtEnd || Math.abs(moved) > window.viewport) return goTo(window, scrollTop * scale);
  return goTo(window, window.top + moved);
}

/** The rows in sight, both ends included, with some more on either side. */
export function rowsInSight(window: RowWindow, more: number): { first: number; last: number } {
  const first = Math.floor(window.top / window.rowHeight) - more;
  const last = Math.ceil((window.top + window.viewport) / window.rowHeight) - 1 + more;
  return { first: Math.max(0, first), last: Math.min(window.rows - 1, last) };
}

/** Moves no further than needed to have a row in full sight. */
export function showRow(window: RowWindow, row: number): RowWindow {
  const start = row * window.rowHeight;
  if (start < window.top) return goTo(window, start);
  const end = start + window.rowHeight;
  return end > window.top + window.viewport ? goTo(window, end - window.viewport) : window;
}
