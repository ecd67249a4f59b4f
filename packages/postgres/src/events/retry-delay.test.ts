import { expect, test } from 'vitest';
import { DEFAULT_RETRY, retryDelayMs } from './subscription.ts';

test('an attempt waits twice as long as the one before, up to five minutes, less or more than half of it', () => {
  for (const [attempts, fullMs] of [
    [1, 500],
    [2, 1_000],
    [5, 8_000],
    [10, 256_000],
    [11, 300_000],
    [5_000, 300_000],
  ] as const) {
    const drawn = Array.from({ length: 2_000 }, () => retryDelayMs(attempts, DEFAULT_RETRY));
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(fullMs * 0.5);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(fullMs * 1.5);
    // Two thousand that failed together come back all over that time: each tenth of it has some.
    const tenths = new Set(drawn.map((ms) => Math.min(Math.floor(((ms - fullMs * 0.5) / fullMs) * 10), 9)));
    expect(tenths.size).toBe(10);
  }
});
