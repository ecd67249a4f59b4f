import { isRefused, refuse, useCase } from '@ashlar/kernel';
import { parseMicros, text } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import { z } from 'zod';
import { changeFulfilment, lockFulfilment } from '../../adapters/fulfilments.ts';
import { remember } from '../../adapters/history.ts';
import { changeOrder, lockOrder, orderLines, stateOf } from '../../adapters/orders.ts';
import { ChangeId, FulfilmentId, type OrderId } from '../../domain/ids.ts';
import { orderErrors } from '../../domain/order-errors.ts';
import { fulfilmentFailed } from '../../domain/order-events.ts';
import { nextFulfilmentStates, requireStep } from '../../domain/order-status.ts';
import { FulfilmentMoved, movedOf } from '../fulfil.ts';
import type { OrderContext } from '../order-context.ts';
import { cancelSome } from './begin-change.ts';

const SHORT_PICK = 'short_pick';

export const packShort = useCase('order.pack-short', {
  summary:
    'Closes a parcel with what was picked for it; what could not be found is cancelled, and its money goes back.',
  description: 'Where nothing was picked there is no parcel.',
  input: z.strictObject({ fulfilmentId: FulfilmentId, reason: text({ max: 500 }).default(SHORT_PICK) }),
  output: FulfilmentMoved.extend({ changeId: ChangeId.nullable().describe('Null: the whole order is cancelled') }),
  errors: [orderErrors.nothingShort],
  permission: 'order.fulfil',
  on: { http: 'POST /fulfilments/:fulfilmentId/pack-short', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ fulfilmentId, reason }, context: OrderContext) => {
    const { db, emit, audit } = context;
    const row = await lockFulfilment(db, fulfilmentId);
    const lines = await db
      .selectFrom('orders.fulfilment_lines')
      .select(['line_no', 'quantity', 'picked'])
      .where('fulfilment_id', '=', fulfilmentId)
      .execute();
    const isNothingPicked = lines.every(({ picked }) => parseMicros(picked) === 0n);
    const state = isNothingPicked ? 'cancelled' : 'packed';
    requireStep(nextFulfilmentStates, row.state, state);
    const missing = lines.flatMap(({ line_no: line, quantity, picked }) => {
      const micros = parseMicros(quantity) - parseMicros(picked);
      return micros > 0n ? [{ line, micros }] : [];
    });
    if (missing.length === 0) return refuse(orderErrors.nothingShort());
    if (!isNothingPicked) {
      await db
        .deleteFrom('orders.fulfilment_lines')
        .where('fulfilment_id', '=', fulfilmentId)
        .where('picked', '=', '0')
        .execute();
      await db
        .updateTable('orders.fulfilment_lines')
        .set({ quantity: sql<string>`picked` })
        .where('fulfilment_id', '=', fulfilmentId)
        .execute();
    }
    const version = await changeFulfilment(db, fulfilmentId, { state, failure: reason });
    const seen = await lockOrder(db, row.order_id);
    if (!(await stateOf(db, seen)).isUnderWay) await changeOrder(db, seen.id, { status: 'confirmed' });
    const order = await lockOrder(db, row.order_id);
    await remember(db, order.id, SHORT_PICK, { number: row.number });
    const data = { orderId: order.id as OrderId, number: order.label, fulfilmentId, reason: SHORT_PICK };
    emit(fulfilmentFailed.of({ subject: fulfilmentId, data }));
    const units = new Map((await orderLines(db, order.id)).map(({ line_no: line, uom }) => [line, uom]));
    const wishes = missing.map(({ line, micros }) => ({ line, quantity: { micros, uom: units.get(line) ?? '' } }));
    const begun = await cancelSome(context, order, wishes, { kind: 'short_pick', reason });
    if (isRefused(begun)) return begun;
    audit({ subject: fulfilmentId, reason, after: { state, short: missing.length } });
    return { ...movedOf(row, state, version), changeId: begun.changeId };
  },
});
