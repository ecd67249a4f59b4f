import { expect, test } from 'vitest';
import { retryPauseMs } from './retry-pause.ts';

test('pauses double up to an hour, a quarter more or less', () => {
  expect([1, 2, 3, 4].map((attempt) => retryPauseMs(attempt, 2_000, 0.5))).toEqual([2_000, 4_000, 8_000, 16_000]);
  expect(retryPauseMs(49, 2_000, 0.5)).toBe(3_600_000);
  expect([0, 1].map((random) => retryPauseMs(1, 1_000, random))).toEqual([750, 1_250]);
});
