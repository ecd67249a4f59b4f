import { expect, test } from 'vitest';
import { ALL_ROWS, isTicked, NO_ROWS, tickRows, tickState } from './row-selection.ts';
import {
  addCell,
  allRanges,
  clampSelection,
  extendTo,
  HEADER_ROW,
  isSelected,
  mainRange,
  nextCell,
  selectAll,
  selectCell,
  selectColumn,
  stepFrom,
} from './selection.ts';

const bounds = { rows: 10, columns: 4 };

test('a range grows from the active cell in every direction', () => {
  const range = mainRange(extendTo(selectCell({ row: 5, column: 2 }), { row: 3, column: 3 }));
  expect(range).toEqual({ top: 3, bottom: 5, start: 2, end: 3 });
});
test('ranges picked one by one are all selected', () => {
  const two = addCell(extendTo(selectCell({ row: 0, column: 0 }), { row: 1, column: 1 }), { row: 5, column: 3 });
  expect(allRanges(two)).toHaveLength(2);
  expect([isSelected(two, 1, 1), isSelected(two, 5, 3), isSelected(two, 5, 2)]).toEqual([true, true, false]);
});
test('steps end at the edges, and only single ones reach the header', () => {
  expect(stepFrom({ row: 0, column: 3 }, { rows: -1, columns: 1 }, bounds)).toEqual({ row: 0, column: 3 });
  expect(stepFrom({ row: 0, column: 0 }, { rows: -1, columns: 0 }, bounds, HEADER_ROW).row).toBe(HEADER_ROW);
});
test('Tab runs along the rows and stops at the ends of the table', () => {
  expect(nextCell({ row: 0, column: 3 }, bounds, false)).toEqual({ row: 1, column: 0 });
  expect(nextCell({ row: 1, column: 0 }, bounds, true)).toEqual({ row: 0, column: 3 });
  const last = { row: 9, column: 3 };
  expect(nextCell(last, bounds, false)).toBe(last);
});
test('everything and whole columns are ranges too', () => {
  expect(mainRange(selectAll(bounds, { row: 4, column: 1 }))).toEqual({ top: 0, bottom: 9, start: 0, end: 3 });
  expect(mainRange(selectColumn(bounds, 3, 1))).toEqual({ top: 0, bottom: 9, start: 1, end: 3 });
});
test('a selection follows a table that shrinks', () => {
  const far = clampSelection(selectCell({ row: 9, column: 3 }), { rows: 2, columns: 2 });
  expect(far.active).toEqual({ row: 1, column: 1 });
});
test('all rows but one are ticked without listing them', () => {
  const allButOne = tickRows(ALL_ROWS, ['7'], false);
  expect([isTicked(allButOne, '7'), isTicked(allButOne, '8')]).toEqual([false, true]);
  expect(tickState(allButOne, 1_000_000)).toBe('some');
  expect(tickState(tickRows(allButOne, ['7'], true), 1_000_000)).toBe('all');
  expect(tickState(NO_ROWS, 5)).toBe('none');
});
