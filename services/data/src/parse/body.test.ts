import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RestError } from '../rest-error.ts';
import { csvToJson } from './csv-body.ts';
import { outlineJson } from './json-body.ts';

test.each<[string, object]>([
  ['{}', { form: 'object', keys: [], rows: 1, uniform: true }],
  [' {"a":1,"b":[{"c":2}]} ', { form: 'object', keys: ['a', 'b'] }],
  ['{"a\\"b":1,"\\u0063":2}', { keys: ['a"b', 'c'] }],
  ['[]', { form: 'array', keys: [], rows: 0, uniform: true }],
  ['[{"a":1,"b":2},{"b":1,"a":2}]', { form: 'array', keys: ['a', 'b'], rows: 2, uniform: true }],
  ['[{"a":1},{"a":1,"b":2}]', { uniform: false }],
  ['[{"a":1},{"b":1}]', { uniform: false }],
  ['[1]', { form: 'array', uniform: false }],
  ['null', { form: 'other' }],
  ['-1.5e+3', { form: 'other' }],
])('the outline of %s', (text, expected) => {
  expect(outlineJson(Buffer.from(text))).toMatchObject(expected);
});

test.each([
  '',
  ' ',
  '{',
  '{"a"}',
  '{"a":}',
  '{a:1}',
  '[1,]',
  '{"a":1,}',
  '01',
  '1.',
  '"a',
  '"\n"',
  '"\\x"',
  'tru',
  '{} {}',
  '\0',
])('%j is no JSON', (text) => {
  expect(() => outlineJson(Buffer.from(text))).toThrow(RestError);
});

test('it takes exactly what JSON.parse takes', () => {
  const mutated = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '}', ']', ':', '0', '\\', 'e', '-', '\t'), fc.boolean())
    .map(([text, at, piece, change]) => {
      const place = at % (text.length + 1);
      return change ? text.slice(0, place) + piece + text.slice(place + 1) : text;
    });
  fc.assert(
    fc.property(mutated, (text) => {
      const accepts = (parse: (text: string) => unknown): boolean => {
        try {
          parse(text);
          return true;
        } catch {
          return false;
        }
      };
      expect(accepts((json) => outlineJson(Buffer.from(json)))).toBe(accepts(JSON.parse));
    }),
    { numRuns: 3000, seed: 11 },
  );
});

test('CSV becomes rows of texts and nulls', () => {
  const { json, columns, rows } = csvToJson('a,"b ""c"""\r\n1,NULL\n"NULL",\n');
  expect([columns, rows]).toEqual([['a', 'b "c"'], 2]);
  expect(JSON.parse(json)).toEqual([
    { a: '1', 'b "c"': null },
    { a: 'NULL', 'b "c"': '' },
  ]);
});

test.each(['a,b\n1', 'a\n1,2', 'a\n"x', 'a\n"x"y'])('%j is no CSV', (text) => {
  expect(() => csvToJson(text)).toThrow(RestError);
});
