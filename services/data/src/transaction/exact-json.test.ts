import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseExactJson } from './exact-json.ts';

test.each([
  '12345678901234567890',
  '1.10',
  '-0',
  '1e400',
  '0.1',
  '[1E5,{"a":-0.0,"b":9007199254740993}]',
  '{"__proto__":{"a":1.0}}',
])('%s is written as it was read', (text) => {
  expect(JSON.stringify(parseExactJson(text))).toBe(text);
});

test('any JSON is the same again', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(JSON.parse(JSON.stringify(parseExactJson(text)))).toEqual(JSON.parse(text));
    }),
    { seed: 20261121, numRuns: 500 },
  );
});
