import { defineSaga, type DomainEvent, type Saga } from '@ashlar/kernel';
import { orderOfSource } from '../note-facts.ts';
import { beginCash } from './cash-state.ts';
import { evolveCash } from './evolve-cash.ts';
import { planCash } from './plan-cash.ts';

/** From a placed order to goods that have arrived and money that has settled, or to all of it undone. */
export const orderToCash: Saga = defineSaga({
  name: 'order.order-to-cash',
  title: { en: 'From order to money', ar: 'من الطلب إلى المال' },
  startedBy: ['order.order.placed'],
  events: [
    'order.order.placed',
    'order.order.held',
    'order.order.resumed',
    'order.order.confirmed',
    'order.order.cancel_requested',
    'order.order.change_accepted',
    'order.order.change_withdrawn',
    'order.fulfilment.ship_requested',
    'order.fulfilment.delivered',
    'inventory.reservation.covered',
    'billing.invoice.issued',
    'billing.invoice.credited',
    'billing.payment.captured',
    'billing.payment.failed',
    'billing.payment.refunded',
    'billing.payment.refund_failed',
  ],
  key: (event: DomainEvent) => {
    if (!event.type.startsWith('order.')) return orderOfSource(event);
    const { orderId } = event.data;
    return typeof orderId === 'string' ? orderId : null;
  },
  begin: beginCash,
  evolve: evolveCash,
  plan: planCash,
});
