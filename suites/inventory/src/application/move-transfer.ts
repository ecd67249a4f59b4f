import { commonErrors, refuse, refuseStale, useCase } from '@ashlar/kernel';
import { BusinessDate, microsText, parseMicros } from '@ashlar/kernel/values';
import { z } from 'zod';
import { findItems } from '../adapters/items.ts';
import { byId } from '../adapters/stock-levels.ts';
import { setInTransit, setTransferState } from '../adapters/transfers.ts';
import { TransferId } from '../domain/ids.ts';
import { inventoryErrors } from '../domain/inventory-errors.ts';
import { stockTransferred } from '../domain/inventory-events.ts';
import { issueStock } from '../domain/issue-stock.ts';
import { arriveStock, enterTransit } from '../domain/transfer-stock.ts';
import { coverWaiting } from './cover-waiting.ts';
import { decideOrFreeOverdue } from './free-overdue.ts';
import { ExpectedVersion, MAX_LINES } from './inputs.ts';
import { openTransfer } from './open-transfer.ts';
import { PostedDocument } from './posted-output.ts';
import { branchOf, type InventoryContext, post, postingDay } from './posting.ts';
import { tellLevels } from './tell-levels.ts';

const Answer = z.object({
  id: TransferId,
  state: z.enum(['in_transit', 'received']),
  version: z.int(),
  posting: PostedDocument,
});

export const dispatchTransfer = useCase('inventory.dispatch-transfer', {
  summary: 'Lets a transfer leave: its goods are on their way, at the cost they left with.',
  input: z.strictObject({
    transferId: TransferId,
    postingDate: BusinessDate.optional(),
    expectedVersion: ExpectedVersion,
  }),
  output: Answer,
  errors: [inventoryErrors.insufficientStock, inventoryErrors.periodClosed],
  permission: 'inventory.transfer',
  on: { http: 'POST /transfers/:transferId/dispatch', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ transferId, expectedVersion, ...given }, context: InventoryContext) => {
    const { db, emit } = context;
    const postingDate = await postingDay(context, given.postingDate);
    const { transfer, lines, levels, sourceOf, transitOf } = await openTransfer(context, transferId);
    const { state, version } = transfer;
    const stale = refuseStale(version, expectedVersion, { id: transferId, state, version });
    if (stale !== null) return stale;
    if (state !== 'draft')
      return refuse(commonErrors.illegalTransition({ from: state, to: 'in_transit', allowed: [] }));

    const wanted = lines.map((line) => ({
      lineNo: line.lineNo,
      levelId: sourceOf(line),
      quantity: line.quantity,
      fromHold: 0n,
      entered: null,
      serialIds: line.serialId === null ? [] : [line.serialId],
    }));
    const decision = await decideOrFreeOverdue(context, byId(levels.values()), (now) => issueStock(now, wanted));
    if (!decision.accepted) return decision;
    const byLine = new Map(lines.map((line) => [line.lineNo, line]));
    const entered = enterTransit(decision.events, (lineNo) => transitOf(byLine.get(lineNo)));
    const posted = await post(context, {
      kind: 'dispatch',
      branch: await branchOf(db, transfer.fromLocationId),
      postingDate,
      source: { type: 'transfer', id: transferId },
      movements: [...decision.events, ...entered],
      levels: byId(levels.values()),
      items: await findItems(
        db,
        lines.map(({ itemId }) => itemId),
      ),
    });
    await setInTransit(
      db,
      transferId,
      entered.map(({ lineNo, quantity, valueMinor }) => ({
        lineNo,
        transitQuantity: quantity,
        transitMinor: valueMinor,
      })),
    );
    await setTransferState(db, transferId, 'in_transit');
    await tellLevels(context, byId(levels.values()).keys());
    const next = { id: transferId, state: 'in_transit' as const, version: version + 1 };
    emit(
      stockTransferred.of({
        subject: transferId,
        data: { transferId, state: next.state, posting: posted.fact },
      }),
    );
    return { ...next, posting: posted.answer };
  },
});

export const receiveTransfer = useCase('inventory.receive-transfer', {
  summary: 'Takes in what arrived of a transfer. What did not stays on its way until it arrives.',
  input: z.strictObject({
    transferId: TransferId,
    postingDate: BusinessDate.optional(),
    lines: z
      .array(z.strictObject({ line: z.int().min(1), quantity: z.string().max(40).describe('In base units') }))
      .min(1)
      .max(MAX_LINES)
      .optional()
      .describe('What arrived; absent: everything'),
    expectedVersion: ExpectedVersion,
  }),
  output: Answer,
  errors: [inventoryErrors.overReceipt, inventoryErrors.periodClosed],
  permission: 'inventory.transfer',
  on: { http: 'POST /transfers/:transferId/receive', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ transferId, expectedVersion, ...given }, context: InventoryContext) => {
    const { db, emit } = context;
    const postingDate = await postingDay(context, given.postingDate);
    const { transfer, lines, levels, targetOf, transitOf } = await openTransfer(context, transferId);
    const { state, version } = transfer;
    const stale = refuseStale(version, expectedVersion, { id: transferId, state, version });
    if (stale !== null) return stale;
    if (state !== 'in_transit')
      return refuse(commonErrors.illegalTransition({ from: state, to: 'received', allowed: [] }));

    const arrived = new Map(given.lines?.map(({ line, quantity }) => [line, parseMicros(quantity)]));
    const unknown = [...arrived].find(
      ([line, quantity]) => quantity <= 0n || !lines.some(({ lineNo }) => lineNo === line),
    );
    if (unknown !== undefined) {
      return refuse(inventoryErrors.overReceipt({ line: unknown[0], arrived: microsText(unknown[1]), inTransit: '0' }));
    }
    const arrivals = lines
      .map((line) => ({
        line,
        quantity: given.lines === undefined ? line.transitQuantity : (arrived.get(line.lineNo) ?? 0n),
      }))
      .filter(({ quantity }) => quantity > 0n);
    const decision = arriveStock(
      byId(levels.values()),
      arrivals.map(({ line, quantity }) => ({
        quantity,
        line: {
          lineNo: line.lineNo,
          serialId: line.serialId,
          transitLevelId: transitOf(line),
          targetLevelId: targetOf(line),
          quantity: line.transitQuantity,
          valueMinor: line.transitMinor,
        },
      })),
    );
    if (!decision.accepted) return decision;
    const posted = await post(context, {
      kind: 'arrival',
      branch: await branchOf(db, transfer.toLocationId),
      postingDate,
      source: { type: 'transfer', id: transferId },
      movements: decision.events,
      levels: byId(levels.values()),
      items: await findItems(
        db,
        lines.map(({ itemId }) => itemId),
      ),
    });
    await coverWaiting(context, byId(levels.values()), decision.events);
    const gone = new Map(
      decision.events.filter(({ quantity }) => quantity < 0n).map((movement) => [movement.lineNo, movement]),
    );
    const left = arrivals.map(({ line, quantity }) => ({
      lineNo: line.lineNo,
      transitQuantity: line.transitQuantity - quantity,
      transitMinor: line.transitMinor + (gone.get(line.lineNo)?.valueMinor ?? 0n),
    }));
    await setInTransit(db, transferId, left);
    const open = new Map([...lines, ...left].map((line) => [line.lineNo, line.transitQuantity]));
    const done = [...open.values()].every((quantity) => quantity === 0n);
    const next = {
      id: transferId,
      state: done ? ('received' as const) : ('in_transit' as const),
      version: version + 1,
    };
    await setTransferState(db, transferId, next.state);
    await tellLevels(context, byId(levels.values()).keys());
    emit(
      stockTransferred.of({
        subject: transferId,
        data: { transferId, state: next.state, posting: posted.fact },
      }),
    );
    return { ...next, posting: posted.answer };
  },
});
