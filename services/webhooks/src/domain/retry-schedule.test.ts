import { expect, test } from 'vitest';
import { DEFAULT_TERMS, nextPause, readRetryAfter } from './retry-schedule.ts';

const NOW = new Date('2026-03-04T05:06:07Z');

test('pauses follow the schedule within their jitter, and after the last attempt there is none', () => {
  const attempts = DEFAULT_TERMS.retryAfterSeconds.length;
  for (const [index, planned] of DEFAULT_TERMS.retryAfterSeconds.entries()) {
    expect(nextPause(DEFAULT_TERMS, index + 1, null, 0)).toBeCloseTo(planned * 0.8);
    expect(nextPause(DEFAULT_TERMS, index + 1, null, 0.5)).toBeCloseTo(planned);
    expect(nextPause(DEFAULT_TERMS, index + 1, null, 1)).toBeCloseTo(planned * 1.2);
  }
  expect(nextPause(DEFAULT_TERMS, attempts + 1, null, 0.5)).toBeNull();
  expect(nextPause(DEFAULT_TERMS, attempts + 1, 60, 0.5)).toBeNull();
});

test('a receiver makes a pause longer, never shorter, and never longer than a day', () => {
  expect(nextPause(DEFAULT_TERMS, 1, 60, 0.5)).toBe(60);
  expect(nextPause(DEFAULT_TERMS, 2, 1, 0.5)).toBe(300);
  expect(nextPause(DEFAULT_TERMS, 1, 999_999_999, 0.5)).toBe(86_400);
});

test.each([
  ['0', 0],
  ['120', 120],
  [' 7 ', 7],
  ['Wed, 04 Mar 2026 05:07:07 GMT', 60],
  ['Wed, 04 Mar 2026 05:05:07 GMT', 0],
  [undefined, null],
  ['', null],
  ['-5', null],
  ['1.5', null],
  ['1e3', null],
  ['1234567890', null],
  ['2026-03-04', null],
  ['Soon, please', null],
  ['9'.repeat(100), null],
])('Retry-After: %j means %j seconds', (value, seconds) => {
  expect(readRetryAfter(value, NOW)).toBe(seconds);
});
