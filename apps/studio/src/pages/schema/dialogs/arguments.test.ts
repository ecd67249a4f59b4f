import { expect, test } from 'vitest';
import { readArguments } from './arguments.ts';

test('arguments are read one from each line', () => {
  expect(readArguments('a integer,\n\n"Big name"  timestamp with time zone\nprice numeric(12, 2) = 0 + 1')).toEqual({
    list: [
      { name: 'a', type: 'integer' },
      { name: 'Big name', type: 'timestamp with time zone' },
      { name: 'price', type: 'numeric(12, 2)', default: '0 + 1' },
    ],
    wrong: null,
  });
  expect(readArguments("who text default 'you'").list).toEqual([{ name: 'who', type: 'text', default: "'you'" }]);
});

test('a line that has no type is told', () => {
  expect(readArguments('a integer\nb')).toMatchObject({ wrong: 2 });
});
