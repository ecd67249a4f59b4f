import { expect, test } from 'vitest';
import { parseBanDuration } from './ban-duration.ts';

test.each([
  ['none', 0],
  ['0', 0],
  ['24h', 86_400_000],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['100ms', 100],
  ['876000h', 3_153_600_000_000],
  ['-1h', null],
  ['1d', null],
  ['1h ', null],
  ['h', null],
  ['', null],
  ['9999999999h', null],
])('%j lasts %j milliseconds', (text, durationMs) => {
  expect(parseBanDuration(text)).toBe(durationMs);
});
