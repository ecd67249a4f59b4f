import { expect, test } from 'vitest';
import { RestError } from '../rest-error.ts';
import { parseFilter, parseFilterKey } from './filter.ts';
import { parseLogicTree } from './logic-tree.ts';
import { arrayLiteral, encodeOperand } from './operand.ts';

test.each([
  ['a', [], 'a', 0],
  ['rel.a', ['rel'], 'a', 0],
  ['rel.sub.a->b->>0', ['rel', 'sub'], 'a', 2],
  ['"x.y".a', ['x.y'], 'a', 0],
  ['first name', [], 'first name', 0],
])('the key %s', (key, path, name, steps) => {
  const parsed = parseFilterKey(key);
  expect([parsed.path, parsed.field.name, parsed.field.path.length]).toEqual([path, name, steps]);
});

test.each([
  ['eq.5', { kind: 'compare', operator: 'eq', quantifier: null, negated: false }, '5'],
  ['not.gte.a.b', { kind: 'compare', operator: 'gte', negated: true }, 'a.b'],
  ['eq.', { kind: 'compare', operator: 'eq' }, ''],
  ['like.a*b', { kind: 'compare', operator: 'like' }, 'a%b'],
  ['ilike(any).{a*,b}', { kind: 'compare', operator: 'ilike', quantifier: 'any' }, '{a%,b}'],
  ['match.^a*', { kind: 'compare', operator: 'match' }, '^a*'],
  ['in.(1,"a,b",c)', { kind: 'in' }, '{"1","a,b","c"}'],
  ['in.()', { kind: 'in' }, '{}'],
  ['in.(a"b)', { kind: 'in' }, '{"a\\"b"}'],
  ['fts(english).a & b', { kind: 'search', operator: 'fts', config: 'english' }, 'a & b'],
  ['plfts.x', { kind: 'search', operator: 'plfts', config: null }, 'x'],
  ['adj.[1,2)', { kind: 'compare', operator: 'adj' }, '[1,2)'],
])('the condition %s', (text, condition, value) => {
  const parsed = parseFilter('a', text, null).condition;
  expect(parsed).toMatchObject(condition);
  if (parsed.kind === 'is') throw new Error('expected a value');
  expect(encodeOperand(parsed.value.text, parsed.value.start, parsed.value.encoding)).toBe(value);
});

test.each(['null', 'NULL', 'not_null', 'True', 'false', 'unknown'])('is.%s', (word) => {
  expect(parseFilter('a', `is.${word}`, null).condition).toMatchObject({ kind: 'is', value: word.toLowerCase() });
});

test.each([
  '5',
  'foo.5',
  'eq',
  'is.5',
  'is.nullx',
  'in.1',
  'in.(1',
  'in.(1)x',
  'neq(any).{1}',
  'fts().x',
  'not.not.eq.1',
  '',
])('the condition %s is refused', (text) => {
  expect(() => parseFilter('a', text, null)).toThrow(RestError);
});

test('the message names what was met and what was wanted', () => {
  expect(() => parseFilter('a', 'foo.5', null)).toThrow(
    expect.objectContaining({
      message: '"failed to parse filter (foo.5)" (line 1, column 1)',
      details: 'unexpected "f" expecting "not" or operator (eq, gt, ...)',
    }),
  );
});

test('a tree holds conditions and trees', () => {
  const tree = parseLogicTree(
    'or',
    false,
    '(a.lt.18,and(a.gte.65,not.or(b->>c.is.null,d.eq."x,)")),n.in.(a,"b,c"),t.ov.{1,2})',
  );
  expect(tree).toMatchObject({
    kind: 'or',
    negated: false,
    nodes: [
      { field: { name: 'a' }, condition: { operator: 'lt', value: { text: '18' } } },
      {
        kind: 'and',
        nodes: [
          { condition: { value: { text: '65' } } },
          {
            kind: 'or',
            negated: true,
            nodes: [
              { field: { path: [{ operand: 'c', asText: true }] }, condition: { kind: 'is' } },
              { condition: { value: { text: 'x,)' } } },
            ],
          },
        ],
      },
      { condition: { kind: 'in', value: { text: '{"a","b,c"}' } } },
      { condition: { operator: 'ov', value: { text: '{1,2}' } } },
    ],
  });
});

test.each(['', '()', '(a)', '(a.eq.1', 'a.eq.1', '(a.eq.1))', '(a.eq.1,)', '(foo(a.eq.1))'])(
  'the tree %s is refused',
  (text) => {
    expect(() => parseLogicTree('and', false, text)).toThrow(RestError);
  },
);

test('a column may be called and, or, not', () => {
  expect(parseLogicTree('and', false, '(and.eq.1,or.eq.2)')).toMatchObject({
    nodes: [{ field: { name: 'and' } }, { field: { name: 'or' } }],
  });
});

test('an array literal quotes what PostgreSQL would read otherwise', () => {
  expect(arrayLiteral(['a', 'null', 'b"c', '\\', '{x}', ''])).toBe('{"a","null","b\\"c","\\\\","{x}",""}');
});
