import { expect, test } from 'vitest';
import { closest } from './similar-name.ts';

test('a misspelt name finds its neighbour', () => {
  expect(closest('todoss', ['users', 'todos', 'profiles'], 0.75)).toBe('todos');
  expect(closest('Todos', ['users', 'todos'], 0.75)).toBe('todos');
});

test('a name unlike all others finds none', () => {
  expect(closest('invoices', ['users', 'todos'], 0.75)).toBeNull();
  expect(closest('invoices', [], 0.33)).toBeNull();
});

test('the cut-off decides how far a name may be off', () => {
  expect(closest('factories', ['factory'], 0.75)).toBeNull();
  expect(closest('factories', ['factory'], 0.33)).toBe('factory');
});

test('of equally similar names the first stands', () => {
  expect(closest('item', ['items', 'item1'], 0.75)).toBe('items');
});

test('a name of any length is compared in bounded time', () => {
  const started = performance.now();
  expect(
    closest(
      'x'.repeat(1_000_000),
      Array.from({ length: 200 }, (_, index) => `xxxx_${index}`),
      0.75,
    ),
  ).toBeNull();
  expect(performance.now() - started).toBeLessThan(2_000);
});
