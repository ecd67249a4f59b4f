import { expect, test } from 'vitest';
import { RateLimiter } from './rate-limiter.ts';

test('a burst passes, then the rate counts', () => {
  const limiter = new RateLimiter({ perSecond: 2, burst: 3 });
  expect([0, 0, 0].map(() => limiter.take('a', 1000))).toEqual([0, 0, 0]);
  expect(limiter.take('a', 1000)).toBe(1);
  expect(limiter.take('a', 1499)).toBe(1);
  expect(limiter.take('a', 1500)).toBe(0);
  expect(limiter.take('a', 1500)).toBe(1);
});

test('callers are counted apart', () => {
  const limiter = new RateLimiter({ perSecond: 1, burst: 1 });
  expect(limiter.take('a', 0)).toBe(0);
  expect(limiter.take('a', 0)).toBe(1);
  expect(limiter.take('b', 0)).toBe(0);
});

test('a refused request costs the caller nothing', () => {
  const limiter = new RateLimiter({ perSecond: 1, burst: 1 });
  limiter.take('a', 0);
  for (let times = 0; times < 100; times += 1) limiter.take('a', 500);
  expect(limiter.take('a', 1000)).toBe(0);
});

test('the wait says when it is worth coming back', () => {
  const limiter = new RateLimiter({ perSecond: 0.1, burst: 1 });
  limiter.take('a', 0);
  expect(limiter.take('a', 0)).toBe(10);
  expect(limiter.take('a', 8500)).toBe(2);
});
