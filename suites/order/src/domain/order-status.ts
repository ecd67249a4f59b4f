import { accept, commonErrors, type Decision, refuse } from '@ashlar/kernel';
import { orderErrors } from './order-errors.ts';

export type OrderStatus =
  | 'placed'
  | 'on_hold'
  | 'confirmed'
  | 'in_fulfilment'
  | 'fulfilled'
  | 'completed'
  | 'cancelled'
  | 'rejected';

/** The table of states; the database holds the same one. */
const nextStatuses: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  placed: ['confirmed', 'on_hold', 'rejected', 'cancelled'],
  on_hold: ['placed', 'confirmed', 'cancelled'],
  confirmed: ['in_fulfilment', 'on_hold', 'cancelled'],
  in_fulfilment: ['fulfilled', 'confirmed'],
  fulfilled: ['completed'],
  completed: [],
  cancelled: [],
  rejected: [],
};

/** What of an order decides about its next state. */
export interface OrderState {
  readonly status: OrderStatus;
  readonly cancelReason: string | null;
  /** Of one line or more. */
  readonly isUnderWay: boolean;
}

/** From one state to another, along the table; asking for what is already so is no mistake. */
export function moveTo(order: OrderState, to: OrderStatus): Decision<OrderStatus> {
  if (order.status === to) return accept();
  if (!nextStatuses[order.status].includes(to)) {
    return refuse(commonErrors.illegalTransition({ from: order.status, to, allowed: nextStatuses[order.status] }));
  }
  return accept(to);
}

/** Confirming, holding and going on end where somebody wants the order cancelled. */
export function goOn(order: OrderState, to: OrderStatus): Decision<OrderStatus> {
  return order.cancelReason === null ? moveTo(order, to) : refuse(orderErrors.beingCancelled());
}

/**
 * Whether an order may be cancelled: what was done for it is undone first, so this only says that somebody wants it.
 * What has shipped comes back as a return.
 */
export function askToCancel(order: OrderState): Decision<'asked'> {
  if (order.status === 'cancelled' || order.cancelReason !== null) return accept();
  if (order.isUnderWay || order.status === 'in_fulfilment' || order.status === 'fulfilled') {
    return refuse(orderErrors.hasShippedLines());
  }
  const next = moveTo(order, 'cancelled');
  return next.accepted ? accept('asked') : next;
}

export type FulfilmentState =
  | 'pending'
  | 'picking'
  | 'packed'
  | 'ship_requested'
  | 'shipped'
  | 'delivered'
  | 'failed'
  | 'cancelled';

export const nextFulfilmentStates: Readonly<Record<FulfilmentState, readonly FulfilmentState[]>> = {
  pending: ['picking', 'packed', 'cancelled'],
  picking: ['packed', 'cancelled'],
  packed: ['ship_requested', 'cancelled'],
  ship_requested: ['shipped', 'packed'],
  shipped: ['delivered', 'failed'],
  // It did arrive after all, or was sent again.
  failed: ['delivered'],
  delivered: [],
  cancelled: [],
};

export type ReturnState = 'requested' | 'approved' | 'received' | 'inspected' | 'closed' | 'rejected';

export const nextReturnStates: Readonly<Record<ReturnState, readonly ReturnState[]>> = {
  requested: ['approved', 'rejected'],
  approved: ['received', 'rejected'],
  received: ['inspected'],
  inspected: ['closed'],
  closed: [],
  rejected: [],
};

/** Along a table. @throws {AshlarError} `common.illegal_transition` */
export function requireStep<State extends string>(
  table: Readonly<Record<State, readonly State[]>>,
  from: State,
  to: State,
): void {
  if (!table[from].includes(to)) throw commonErrors.illegalTransition({ from, to, allowed: table[from] });
}
