import { useCase } from '@ashlar/kernel';
import { z } from 'zod';
import { setPromised } from '../../adapters/changes.ts';
import { remember } from '../../adapters/history.ts';
import { changeOrder, lockOrder } from '../../adapters/orders.ts';
import { OrderId } from '../../domain/ids.ts';
import { orderCovered } from '../../domain/order-events.ts';
import type { OrderContext } from '../order-context.ts';

export const noteCovered = useCase('order.note-covered', {
  summary: 'Takes down what of an order is still to come into the stock; the rest can be packed.',
  input: z.strictObject({
    orderId: OrderId,
    promised: z.array(z.strictObject({ line: z.int().min(1), quantity: z.string().max(40) })).max(100_000),
  }),
  output: z.object({ id: OrderId }),
  errors: [],
  permission: 'order.process',
  on: { grpc: true },
  run: async ({ orderId, promised }, { db, emit, audit }: OrderContext) => {
    const order = await lockOrder(db, orderId);
    await setPromised(db, orderId, promised, false);
    await changeOrder(db, orderId, {});
    await remember(db, orderId, 'covered', { promised: promised.slice(0, 50) });
    emit(orderCovered.of({ subject: orderId, data: { orderId, number: order.label, promised } }));
    audit({ subject: orderId, after: { promised: promised.length } });
    return { id: orderId };
  },
});
