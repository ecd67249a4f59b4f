import { expect, test } from 'vitest';
import { leavesOf, splitPredicates } from './split-predicates.ts';

test.each([
  ['true', ['true']],
  ['(a = b)', ['a = b']],
  ['((a = b) AND (c OR d))', ['a = b', 'c', 'd']],
  ['((a = 1) AND (NOT (b OR (c = 2))))', ['a = 1', 'b', 'c = 2']],
  [`((note = 'this AND (that'::text) OR "and" )`, [`note = 'this AND (that'::text`, '"and"']],
  [
    '(EXISTS ( SELECT 1 FROM t WHERE ((t.a = x) AND (t.b = y))))',
    ['EXISTS ( SELECT 1 FROM t WHERE ((t.a = x) AND (t.b = y)))'],
  ],
  ['CASE WHEN a AND b THEN c ELSE d END', ['CASE WHEN a AND b THEN c ELSE d END']],
  ['((a) = (b))', ['(a) = (b)']],
  ['(a AND a)', ['a']],
])('%s is made of %j', (expression, leaves) => {
  expect(leavesOf(splitPredicates(expression))).toEqual(leaves);
});
