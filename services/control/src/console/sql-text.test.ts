import { expect, test } from 'vitest';
import { onlyReads, withoutTexts } from './sql-text.ts';

test.each([
  ['select 1', true],
  ['-- a note\n /* and */ ((SELECT 1))', true],
  ['with x as (select 1) table x', true],
  ['explain analyze select 1', true],
  ['"select" 1', false],
  ['do $$ begin end $$', false],
  ['set role postgres', false],
  ['; select 1', false],
  ['', false],
])('%j reads only: %s', (statement, expected) => {
  expect(onlyReads(statement)).toBe(expected);
});

test.each([
  [`alter role x password 'secret'`, `alter role x password '…'`],
  [`select E'it\\'s', $tag$ secret $tag$, "Name", 7 -- note`, `select '…', '…', "Name", 7`],
  [`select 'open to the end`, `select '…'`],
])('%j is logged as %j', (script, expected) => {
  expect(withoutTexts(script)).toBe(expected);
});
