import { expect, test } from 'vitest';
import { aggregateOf } from './event.ts';

test('facts of one subject in one aggregate belong together, and those of others do not', () => {
  const placed = aggregateOf({ id: '1', type: 'order.order.placed', subject: 'o-1' });
  expect(aggregateOf({ id: '2', type: 'order.order.cancelled', subject: 'o-1' })).toBe(placed);
  expect(aggregateOf({ id: '3', type: 'order.order.placed', subject: 'o-2' })).not.toBe(placed);
  expect(aggregateOf({ id: '4', type: 'order.fulfilment.failed', subject: 'o-1' })).not.toBe(placed);
});

test('a fact about nothing in particular stands for itself', () => {
  const first = aggregateOf({ id: '1', type: 'app.tick', subject: null });
  expect(aggregateOf({ id: '2', type: 'app.tick', subject: null })).not.toBe(first);
});
