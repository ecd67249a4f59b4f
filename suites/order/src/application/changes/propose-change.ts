import { commonErrors, refuse, refuseStale, isRefused, useCase } from '@ashlar/kernel';
import {
  type Currency,
  LARGEST_ACCEPTED_MINOR,
  microsText,
  Money,
  money,
  parseMicros,
  PositiveQuantity,
  Quantity,
  valueErrors,
} from '@ashlar/kernel/values';
import { z } from 'zod';
import { changeableLines, insertChange, nextLineNumber } from '../../adapters/changes.ts';
import { remember } from '../../adapters/history.ts';
import { lockOrder } from '../../adapters/orders.ts';
import { differFrom, leavesNothing, mayChange, worthOf } from '../../domain/change-order.ts';
import { ChangeId, OrderId, VariantId } from '../../domain/ids.ts';
import { orderErrors } from '../../domain/order-errors.ts';
import { Why } from '../move-order.ts';
import { MAX_LINES, type OrderContext } from '../order-context.ts';
import { priceAdditions } from './price-additions.ts';

/** A proposal is good for as long as a quotation. */
const HOURS = 72;

export const ChangeMoved = z.object({
  id: ChangeId,
  orderId: OrderId,
  number: z.int(),
  state: z.enum(['proposed', 'payment_needed', 'accepted', 'applied', 'rejected', 'withdrawn']),
  delta: Money.describe('What the order comes to more; below zero: less'),
  version: z.int(),
});

export const proposeChange = useCase('order.propose-change', {
  summary: 'Says how a placed order is to be changed, and what that costs; nothing changes before it is accepted.',
  description:
    'What is added has the prices of today. More of a line is a line of its own, because the line keeps its price.',
  input: z.strictObject({
    orderId: OrderId,
    expectedVersion: z.int().optional(),
    lines: z
      .array(z.strictObject({ line: z.int().min(1), quantity: Quantity }))
      .max(MAX_LINES)
      .default([])
      .describe('How much of a line is wanted; 0 takes out what has not left'),
    add: z
      .array(z.strictObject({ variantId: VariantId, quantity: PositiveQuantity }))
      .max(MAX_LINES)
      .default([]),
    reason: Why,
  }),
  output: ChangeMoved.extend({
    added: z.array(z.object({ line: z.int(), sku: z.string(), quantity: Quantity, net: Money, tax: Money })),
    cancelled: z.array(z.object({ line: z.int(), quantity: z.string() })),
    goodUntil: z.string(),
  }),
  errors: [
    orderErrors.notChangeable,
    orderErrors.beingCancelled,
    orderErrors.nothingChanges,
    orderErrors.nothingLeft,
    orderErrors.lineUnknown,
    orderErrors.unitDiffers,
    orderErrors.exceedsOpenQty,
    orderErrors.hasShippedLines,
    orderErrors.variantInactive,
    orderErrors.notSellable,
    orderErrors.qtyStep,
    orderErrors.pricesMixed,
    orderErrors.taxUnresolved,
    orderErrors.cartTooLarge,
  ],
  permission: 'order.change',
  on: { http: 'POST /orders/:orderId/changes', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ orderId, expectedVersion, lines: wishes, add, reason }, context: OrderContext) => {
    const { db, clock, newId, audit } = context;
    const seen = await db.selectFrom('orders.orders').selectAll().where('id', '=', orderId).executeTakeFirst();
    if (seen === undefined) return refuse(commonErrors.notFound({ what: 'order', id: orderId }));
    const stale = refuseStale(seen.version, expectedVersion, { id: orderId, version: seen.version });
    if (stale !== null) return stale;
    const allowed = mayChange(seen.status, seen.cancel_reason);
    if (!allowed.accepted) return allowed;
    const lines = await changeableLines(db, orderId);
    const wished = differFrom(lines, wishes);
    if (!wished.accepted) return wished;
    const [{ lowered, raised } = { lowered: [], raised: [] }] = wished.events;
    const more = [...raised, ...add];
    if (lowered.length === 0 && more.length === 0) return refuse(orderErrors.nothingChanges());
    if (more.length === 0 && leavesNothing(lines, lowered)) return refuse(orderErrors.nothingLeft());
    if (lines.length + more.length > MAX_LINES) return refuse(orderErrors.cartTooLarge({ most: MAX_LINES }));
    // Others answer here, so nothing is locked yet; below it counts only if the order is still what was asked about.
    const priced = await priceAdditions(context, seen, more);
    if (isRefused(priced)) return priced;
    const addedMinor = priced.reduce((sum, { net, tax }) => sum + BigInt(net) + BigInt(tax), 0n);
    if (seen.worth + addedMinor > LARGEST_ACCEPTED_MINOR) {
      const amount = (seen.worth + addedMinor).toString();
      return refuse(valueErrors.amountOutOfRange({ amount, limit: LARGEST_ACCEPTED_MINOR.toString() }));
    }
    const order = await lockOrder(db, orderId);
    if (order.version !== seen.version) return refuse(commonErrors.busy());
    const first = await nextLineNumber(db, orderId);
    const added = priced.map((line, index) => ({ ...line, line: first + index }));
    const cancelled = lowered.map(({ line, micros }) => ({ line, quantity: microsText(micros) }));
    const cancelledMinor = worthOf(lines, lowered);
    const expiresAt = new Date(clock().getTime() + HOURS * 3_600_000);
    const row = await insertChange(db, {
      id: newId(ChangeId),
      orderId,
      kind: 'edit',
      state: 'proposed',
      reason,
      patch: { added, cancelled },
      addedMinor,
      cancelledMinor,
      expiresAt,
    });
    await remember(db, orderId, 'change_proposed', { change: row.number, reason });
    audit({
      subject: orderId,
      reason,
      after: { change: row.number, added: added.length, cancelled: cancelled.length },
    });
    const currency = order.currency as Currency;
    return {
      id: row.id as ChangeId,
      orderId,
      number: row.number,
      state: 'proposed' as const,
      delta: money(addedMinor - cancelledMinor, currency),
      version: row.version,
      added: added.map(({ line, sku, quantity, uom, net, tax }) => ({
        line,
        sku,
        quantity: { micros: parseMicros(quantity), uom },
        net: money(BigInt(net), currency),
        tax: money(BigInt(tax), currency),
      })),
      cancelled,
      goodUntil: expiresAt.toISOString(),
    };
  },
});
