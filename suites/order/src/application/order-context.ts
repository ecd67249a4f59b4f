import type { CommandContext, QueryContext } from '@ashlar/kernel';
import type { OrderTables } from '../adapters/tables.ts';

export type OrderContext = CommandContext<OrderTables>;
export type OrderQuery = QueryContext<OrderTables>;

/** What documents of other suites call an order, and its parcels and returns. */
export const ORDER_SOURCE = 'order.order';
export const FULFILMENT_SOURCE = 'order.fulfilment';
export const RETURN_SOURCE = 'order.return';

/** Lines of one cart, and so of one order. */
export const MAX_LINES = 1000;
