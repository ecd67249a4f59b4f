import { expect, test } from 'vitest';
import { RestError } from '../rest-error.ts';
import { MAX_EMBED_DEPTH } from './bounds.ts';
import { parseSelect } from './select.ts';

const field = (name: string, more: object = {}): object => ({
  kind: 'field',
  field: { name, path: [] },
  alias: null,
  cast: null,
  aggregate: null,
  ...more,
});
const embed = (target: string, items: readonly object[], more: object = {}): object => ({
  kind: 'embed',
  target,
  alias: null,
  hint: null,
  inner: false,
  spread: false,
  items,
  ...more,
});

test.each<[string, readonly object[]]>([
  ['', []],
  ['*', [{ kind: 'star' }]],
  ['id, name', [field('id'), field('name')]],
])('the list %j', (text, expected) => {
  expect(parseSelect(text)).toEqual(expected);
});

test.each<[string, object]>([
  ['"a,\\"b"', field('a,"b')],
  ['n:name', field('name', { alias: 'n' })],
  ['first-name', field('first-name')],
  ['id::text', field('id', { cast: 'text' })],
  ['x::double precision', field('x', { cast: 'double precision' })],
  ['a:b::int', field('b', { alias: 'a', cast: 'int' })],
  ['price.sum()', field('price', { aggregate: { name: 'sum', cast: null } })],
  ['t:price::int.avg()::text', field('price', { alias: 't', cast: 'int', aggregate: { name: 'avg', cast: 'text' } })],
  ['count()', { kind: 'count', alias: null, cast: null }],
  ['n:count()::text', { kind: 'count', alias: 'n', cast: 'text' }],
  ['count', field('count')],
  [
    'd->a->>0',
    field('', {
      field: {
        name: 'd',
        path: [
          { asText: false, operand: 'a', isIndex: false },
          { asText: true, operand: '0', isIndex: true },
        ],
      },
    }),
  ],
  [
    'd->-1->"x.y"',
    field('', {
      field: {
        name: 'd',
        path: [
          { asText: false, operand: '-1', isIndex: true },
          { asText: false, operand: 'x.y', isIndex: false },
        ],
      },
    }),
  ],
  ['rel()', embed('rel', [])],
  ['rel(id)', embed('rel', [field('id')])],
  ['r:rel!fk!inner(*)', embed('rel', [{ kind: 'star' }], { alias: 'r', hint: 'fk', inner: true })],
  ['rel!inner!fk(*)', embed('rel', [{ kind: 'star' }], { hint: 'fk', inner: true })],
  ['rel!left(*)', embed('rel', [{ kind: 'star' }])],
  ['...rel(a)', embed('rel', [field('a')], { spread: true })],
  ['a(b(c))', embed('a', [embed('b', [field('c')])])],
])('%s', (text, expected) => {
  expect(parseSelect(text)).toEqual([expected]);
});

test.each([
  ['id,', 'unexpected end of input expecting field name (* or [a..z0..9_$])', 4],
  ['id)', 'unexpected ")" expecting "," or end of input', 3],
  ['rel(id', 'unexpected end of input expecting "," or ")"', 7],
  ['a.median()', 'unexpected "m" expecting an aggregate (sum, avg, count, max, min) with "()"', 3],
  ['a::', 'unexpected end of input expecting a type name', 4],
])('%s is refused where it goes wrong', (text, details, column) => {
  expect(() => parseSelect(text)).toThrow(
    expect.objectContaining({
      code: 'PGRST100',
      details,
      message: `"failed to parse select parameter (${text})" (line 1, column ${column})`,
    }),
  );
});

function nested(levels: number): string {
  return `${'a('.repeat(levels)}id${')'.repeat(levels)}`;
}

test('levels have a bound', () => {
  expect(() => parseSelect(nested(MAX_EMBED_DEPTH))).not.toThrow();
  expect(() => parseSelect(nested(MAX_EMBED_DEPTH + 1))).toThrow(RestError);
});
