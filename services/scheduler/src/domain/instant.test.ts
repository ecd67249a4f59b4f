import { expect, test } from 'vitest';
import { Instant } from './instant.ts';

test.each([
  ['2026-01-02T03:04:05+20:00', '2026-01-01T07:04:05.000Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ['0000-12-31T23:59:59Z', null],
  ['0001-01-01T00:00:00+01:00', null],
  ['9999-12-31T23:59:59-01:00', null],
  ['2026-01-02', null],
])('%s is %s', (text, expected) => {
  expect(Instant.safeParse(text).data ?? null).toBe(expected);
});
