import { expect, test } from 'vitest';
import { BoundedCache } from './bounded-cache.ts';

test('the entry read longest ago goes first', () => {
  const evicted: string[] = [];
  const cache = new BoundedCache<string, number>(2, (key) => evicted.push(key));
  cache.set('a', 1);
  cache.set('b', 2);
  cache.get('a');
  cache.set('c', 3);
  expect(evicted).toEqual(['b']);
  expect([...cache.values()]).toEqual([1, 3]);
});

test('setting a key again replaces its value and evicts nothing', () => {
  const cache = new BoundedCache<string, number>(1, () => expect.unreachable());
  cache.set('a', 1);
  cache.set('a', 2);
  expect(cache.get('a')).toBe(2);
  expect(cache.size).toBe(1);
});

test('when all were read the oldest goes, and no more than one', () => {
  const evicted: string[] = [];
  const cache = new BoundedCache<string, number>(3, (key) => evicted.push(key));
  for (const [value, key] of ['a', 'b', 'c'].entries()) cache.set(key, value);
  for (const key of ['a', 'b', 'c']) cache.get(key);
  cache.set('d', 3);
  expect(evicted).toEqual(['a']);
  expect(cache.size).toBe(3);
});

test('a flood of new entries leaves those that are read', () => {
  const cache = new BoundedCache<string, number>(10);
  cache.set('wanted', 1);
  for (let turn = 0; turn < 1_000; turn += 1) {
    expect(cache.get('wanted')).toBe(1);
    cache.set(`passing ${turn}`, turn);
    expect(cache.size).toBeLessThanOrEqual(10);
  }
});
