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
