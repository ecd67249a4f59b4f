import type { DomainEvent } from '@ashlar/kernel';
import { expect, test } from 'vitest';
import { entriesOfStock } from '../domain/stock-entries.ts';
import { stockValueOf } from './stock-value.ts';

const received = (source: { type: string; id: string } | null): DomainEvent =>
  ({
    type: 'inventory.stock.received',
    data: {
      documentId: 'd1',
      postingDate: '2026-03-10',
      source,
      lines: [
        { value: '200', currency: 'USD' },
        { value: '100', currency: 'USD' },
      ],
    },
  }) as unknown as DomainEvent;

test('goods a customer sends back lower what was sold at cost; for those of a supplier somebody is owed', () => {
  const bought = stockValueOf(received({ type: 'purchase.order', id: 'p1' }));
  const back = stockValueOf(received({ type: 'order.return', id: 'r1' }));
  expect(stockValueOf(received(null))).toMatchObject({ move: 'received' });
  expect(bought).toMatchObject({ move: 'received', value: '300' });
  expect(back).toMatchObject({ move: 'returned', value: '300' });
  expect(entriesOfStock('received', 300n)).toContainEqual({ purpose: 'goods_received', amountMinor: -300n });
  expect(entriesOfStock('returned', 300n)).toEqual([
    { purpose: 'inventory', amountMinor: 300n },
    { purpose: 'cost_of_goods', amountMinor: -300n },
  ]);
});
