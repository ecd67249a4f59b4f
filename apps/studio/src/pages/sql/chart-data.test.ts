import { expect, test } from 'vitest';
import type { SqlResult } from '../../api/sql-console.ts';
import { chartData, firstColumns, ticksOf } from './chart-data.ts';

const result = (types: readonly string[], rows: SqlResult['rows']): SqlResult => ({
  command: 'SELECT',
  row_count: rows.length,
  columns: types.map((type, at) => ({ name: `c${at}`, type })),
  rows,
  cut: false,
  duration_ms: 1,
});

test('a chart begins with the first words and the first figures', () => {
  expect(firstColumns(result(['bigint', 'text', 'numeric'], [['1', 'a', '2.5']]))).toEqual({ label: 1, value: 0 });
  expect(firstColumns(result(['bigint', 'integer'], [['1', '5']]))).toEqual({ label: 0, value: 1 });
  expect(firstColumns(result(['text'], [['a']]))).toBeNull();
  expect(firstColumns(result(['text', 'integer'], []))).toBeNull();
});

test('what is no figure is left out, and what is too much is counted', () => {
  const rows = [
    ['a', '1'],
    [null, '-2'],
    ['c', null],
    ['d', 'NaN'],
  ];
  expect(chartData(result(['text', 'numeric'], rows), 0, 1)).toEqual({
    points: [
      { label: 'a', value: 1 },
      { label: 'NULL', value: -2 },
    ],
    left: 0,
  });
  const many = Array.from({ length: 250 }, (_, at) => [String(at), '1']);
  expect(chartData(result(['text', 'integer'], many), 0, 1).left).toBe(50);
});

test('steps are round and hold nought', () => {
  expect(ticksOf([3, 42])).toEqual([0, 10, 20, 30, 40, 50]);
  expect(ticksOf([-3, 5])).toEqual([-4, -2, 0, 2, 4, 6]);
  expect(ticksOf([0])).toEqual([0, 1]);
});
