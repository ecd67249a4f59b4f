import { expect, test } from 'vitest';
import { columnAt, layColumns, scrollToColumn, visibleColumns } from './column-layout.ts';
import {
  followScroll,
  goTo,
  MAX_SPACER,
  rowsInSight,
  type RowWindow,
  scaleOf,
  scrollTopOf,
  showRow,
  spacerHeight,
} from './row-window.ts';

const window = (rows: number): RowWindow => ({ rows, rowHeight: 34, viewport: 680, top: 0 });

test('a million rows are scrolled by an element no browser caps, and the last one is reached', () => {
  const all = window(1_000_000);
  expect(spacerHeight(all)).toBe(MAX_SPACER);
  const end = followScroll(all, spacerHeight(all) - all.viewport);
  expect(rowsInSight(end, 0).last).toBe(999_999);
  expect(rowsInSight(showRow(all, 999_999), 0).last).toBe(999_999);
});
test('a small table scrolls pixel by pixel', () => {
  const small = window(1000);
  expect(scaleOf(small)).toBe(1);
  expect(followScroll(small, 340).top).toBe(340);
});
test('a finger moves a large table by what it moved, the scroll bar by proportion', () => {
  const all = goTo(window(1_000_000), 3_400_000);
  const at = scrollTopOf(all);
  expect(followScroll(all, at + 100).top).toBeCloseTo(3_400_100, 0);
  expect(followScroll(all, at + 1_000_000).top).toBeCloseTo((at + 1_000_000) * scaleOf(all), 0);
});
test('the echo of an own move changes nothing', () => {
  const all = goTo(window(1_000_000), 12_345_678);
  expect(followScroll(all, Math.round(scrollTopOf(all)))).toBe(all);
});
test('a row in sight moves nothing; others move the view no further than needed', () => {
  const all = goTo(window(100), 340);
  expect(showRow(all, 12)).toBe(all);
  expect(showRow(all, 5).top).toBe(170);
  expect(showRow(all, 40).top).toBe(41 * 34 - 680);
});
test('no rows are in sight of an empty table', () => {
  const { first, last } = rowsInSight(window(0), 4);
  expect(last).toBeLessThan(first);
});

const layout = layColumns([100, 100, 200, 100, 100], 1, 50);

test('frozen columns cover what scrolls beneath them', () => {
  expect(layout).toMatchObject({ starts: [50, 150, 250, 450, 550], total: 650, frozenEnd: 150 });
  expect(visibleColumns(layout, 0, 400)).toEqual({ first: 1, last: 2 });
  expect(visibleColumns(layout, 150, 400)).toEqual({ first: 2, last: 3 });
});
test('a place belongs to the column that is seen there', () => {
  expect(columnAt(layout, 20, 100)).toBe(-1);
  expect(columnAt(layout, 60, 100)).toBe(0);
  expect(columnAt(layout, 160, 100)).toBe(2);
  expect(columnAt(layout, 900, 100)).toBe(4);
});
test('a column is brought out from beneath the frozen ones', () => {
  expect(scrollToColumn(layout, 1, 120, 400)).toBe(0);
  expect(scrollToColumn(layout, 4, 0, 400)).toBe(250);
  expect(scrollToColumn(layout, 0, 120, 400)).toBe(120);
});
