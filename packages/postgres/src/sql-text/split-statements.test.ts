import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitStatements } from './split-statements.ts';

test('semicolons end statements, the last needs none', () => {
  expect(splitStatements('select 1; select 2 ;\n\n select 3')).toEqual(['select 1', 'select 2', 'select 3']);
});

test('what holds nothing but comments is no statement', () => {
  expect(splitStatements('-- hello;\n;;/* ; /* ; */ */;\n')).toEqual([]);
});

test('comments stay with the statement they precede', () => {
  expect(splitStatements('-- one;\nselect 1; -- two\nselect 2')).toEqual(['-- one;\nselect 1', '-- two\nselect 2']);
});

test.each([
  ['a string', `select 'a;''b;'`],
  ['an escape string', String.raw`select e'it\'s;'`],
  ['a quoted name', `select 1 as "a;""b"`],
  ['a dollar quote', `do $$ begin perform 1; end; $$`],
  ['a tagged dollar quote', `do $body$ begin perform $$;$$; end; $body$`],
  ['a rule of several commands', `create rule r as on insert to t do (delete from a; delete from b)`],
  [
    'the body of a SQL function',
    `create or replace function f(a int) returns int begin atomic select case when a > 1 then 1 else 2 end; select 2; end`,
  ],
  ['a word that only begins like a dollar quote', `select a$1, b$x$ from t`],
])('%s may hold semicolons', (_what, statement) => {
  expect(splitStatements(`${statement}; select 2`)).toEqual([statement, 'select 2']);
});

test('a transaction is no function body', () => {
  expect(splitStatements('begin; select 1; end; select 2')).toEqual(['begin', 'select 1', 'end', 'select 2']);
});

test('an unfinished quote takes the rest', () => {
  expect(splitStatements(`select 'a; select 2`)).toEqual([`select 'a; select 2`]);
});

test('statements joined by semicolons come apart again', () => {
  const piece = fc.constantFrom(`select 1`, `select ';'`, `do $$;$$`, `select ";"`, `select (1)`, `/* ; */ select 2`);
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 10 }), (pieces) => {
      expect(splitStatements(pieces.join(' ;\n'))).toEqual(pieces);
    }),
    { seed: 2026 },
  );
});

test('nothing but white space and semicolons is lost of any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...Array.from(`ab'"$;()-/*\n e\\`)), maxLength: 60 }), (script) => {
      for (const statement of splitStatements(script)) expect(script).toContain(statement);
    }),
    { seed: 2026, numRuns: 500 },
  );
});
