import type { StatementResult } from '@ashlar/postgres';
import { expect, test } from 'vitest';
import { describeSqlError } from './describe-sql-error.ts';
import { formatResult } from './format-table.ts';
import { rowsAsJson } from './rows-as-json.ts';

const people: StatementResult = {
  fields: [
    { name: 'id', typeOid: 23 },
    { name: 'name', typeOid: 25 },
    { name: 'big', typeOid: 20 },
    { name: 'tags', typeOid: 3802 },
    { name: 'on', typeOid: 16 },
  ],
  rows: [
    ['1', 'Ada', '9007199254740993', '{"a": [1]}', 't'],
    ['20', null, null, null, 'f'],
  ],
  command: 'SELECT',
  rowCount: 2,
};

test('a result is a table, numbers at the right', () => {
  expect(formatResult(people)).toBe(
    [
      ' id | name | big              | tags       | on',
      '----+------+------------------+------------+----',
      '  1 | Ada  | 9007199254740993 | {"a": [1]} | t',
      ' 20 |      |                  |            | f',
      '(2 rows)',
    ].join('\n'),
  );
});

test('a statement without rows is its command tag', () => {
  const nothing = { fields: [], rows: [], rowCount: 3 };
  expect(formatResult({ ...nothing, command: 'INSERT' })).toBe('INSERT 3');
  expect(formatResult({ ...nothing, command: 'CREATE TABLE' })).toBe('CREATE TABLE');
});

test('as JSON, values keep their kind and lose no digit', () => {
  expect(rowsAsJson(people)).toEqual([
    { id: 1, name: 'Ada', big: '9007199254740993', tags: { a: [1] }, on: true },
    { id: 20, name: null, big: null, tags: null, on: false },
  ]);
});

test('an error points at its place in the script', () => {
  const error = Object.assign(new Error('column "b" does not exist'), {
    severity: 'ERROR',
    code: '42703',
    position: '17',
  });
  expect(describeSqlError(error, 'select 1;\nselect b;')).toBe(
    ['column "b" does not exist (42703)', 'line 2: select b;', '              ^'].join('\n'),
  );
});
