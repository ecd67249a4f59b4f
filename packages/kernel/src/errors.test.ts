import { expect, test } from 'vitest';
import { AshlarError, defineErrors } from './errors.ts';

const shopErrors = defineErrors('shop', {
  hasShippedLines: {
    kind: 'conflict',
    title: 'Order {orderId} has {count} shipped lines',
    hint: 'Open a return instead',
  },
  storeAway: { kind: 'unavailable', title: 'The store cannot be reached', retryable: true },
});

test('a code is the catalogue and the name in snake case', () => {
  expect(shopErrors.hasShippedLines().code).toBe('shop.has_shipped_lines');
});

test('the title takes the parameters, and one that is missing stays visible', () => {
  expect(shopErrors.hasShippedLines({ orderId: 'o-1' }).message).toBe('Order o-1 has {count} shipped lines');
});

test('an error carries kind, hint, parameters, fields and cause', () => {
  const cause = new Error('socket closed');
  const fields = [{ pointer: '/lines/0', code: 'shop.gone', detail: 'No such line' }];
  const error = shopErrors.hasShippedLines({ orderId: 'o-1', count: 2 }, { cause, fields });
  expect(error).toBeInstanceOf(AshlarError);
  expect(error).toMatchObject({
    kind: 'conflict',
    hint: 'Open a return instead',
    params: { orderId: 'o-1', count: 2 },
    retryable: false,
    fields,
    cause,
  });
});

test('only an entry that says so is retryable', () => {
  expect(shopErrors.storeAway().retryable).toBe(true);
});
