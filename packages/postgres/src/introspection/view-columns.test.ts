import { expect, test } from 'vitest';
import { readViewOrigins, resolveViewColumns, type ViewOrigins } from './view-columns.ts';

const entry = (resno: number, name: string, table: number, column: number, junk = false): string =>
  `{TARGETENTRY :expr {VAR :varno 1 :varattno ${column} :location -1} :resno ${resno} :resname ${name} ` +
  `:ressortgroupref 0 :resorigtbl ${table} :resorigcol ${column} :resjunk ${junk}}`;
const query = (targetList: string, rtable = '<>'): string =>
  `{QUERY :commandType 1 :cteList <> :rtable ${rtable} :jointree {FROMEXPR :quals <>} :targetList ${targetList} :havingQual <>}`;

const shows = (relation: number, position: number): ViewOrigins => new Map([[1, { relation, position }]]);

test('columns shown unchanged have an origin, expressions and hidden sort columns have none', () => {
  const rule = `(${query(`(${entry(1, 'id', 100, 1)} ${entry(2, 'loud', 0, 0)} ${entry(3, 'sort', 100, 3, true)})`)})`;
  expect([...readViewOrigins(rule)]).toEqual([[1, { relation: 100, position: 1 }]]);
});

test('the columns of a subquery are not those of the view', () => {
  const inner = `({RANGETBLENTRY :subquery ${query(`(${entry(1, 'hidden', 200, 9)})`)} :lateral false})`;
  const rule = `(${query(`(${entry(1, 'id', 100, 1)})`, inner)})`;
  expect([...readViewOrigins(rule)]).toEqual([[1, { relation: 100, position: 1 }]]);
});

test('names may hold what the text itself is made of', () => {
  const rule = `(${query(`(${entry(1, 'a\\ \\{\\}\\(\\\\b', 100, 1)} ${entry(2, 'c', 100, 2)})`)})`;
  expect(readViewOrigins(rule).size).toBe(2);
});

test('a text without a target list has no origins', () => {
  expect(readViewOrigins('').size).toBe(0);
  expect(readViewOrigins(`(${query('<>')})`).size).toBe(0);
});

test('a view of a view shows the columns of both, and a circle ends', () => {
  const views = new Map([
    [10, shows(20, 1)],
    [20, shows(100, 5)],
    [30, shows(30, 1)],
  ]);
  const columns = resolveViewColumns(views);
  expect(columns.get(10)?.get(100)?.get(5)).toEqual([1]);
  expect(columns.get(10)?.get(20)?.get(1)).toEqual([1]);
  expect(columns.get(30)?.size).toBe(1);
});
