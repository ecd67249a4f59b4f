import { expect, test } from 'vitest';
import { storableJson, storageFault } from './storable-json.ts';

test('what jsonb cannot hold is replaced, and nothing else', () => {
  expect(JSON.parse(storableJson(['a\0b', '\ud83d', '\ud83d\ude00', String.raw`\u0000`, '\\\0']))).toEqual([
    'a\u{FFFD}b',
    '\u{FFFD}',
    '\ud83d\ude00',
    String.raw`\u0000`,
    '\\\u{FFFD}',
  ]);
  expect(storableJson(undefined)).toBe('null');
});

test('what is refused is said why', () => {
  let deep: unknown = 1;
  for (let level = 0; level < 5_000; level += 1) deep = [deep];
  expect(storageFault(deep)).toContain('levels');
  expect(storageFault({ a: 'x\0' })).toContain('NUL');
  expect(storageFault({ a: [1, 'x', null] })).toBeNull();
});
