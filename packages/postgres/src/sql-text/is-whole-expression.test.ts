import { expect, test } from 'vitest';
import { isWholeExpression } from './is-whole-expression.ts';

test.each([
  '1',
  'now()',
  "coalesce(a, 'it''s (not) over;')",
  '(select auth.uid()) = owner',
  `"odd"")name" > 0`,
  '$$;)$$',
  "e'it\\'s'",
])('%s is whole', (text) => expect(isWholeExpression(text)).toBe(true));

test.each([
  '',
  '  ',
  '1); drop table x; --',
  '1), drop column b, alter column c set default (2',
  '(1',
  "'open",
  '"open',
  '$$open',
  '1 -- and the rest',
  '1 /* ',
  '1;',
  "e'open\\'",
])('%s is not', (text) => expect(isWholeExpression(text)).toBe(false));
