import { commonErrors, refuse, refuseStale, useCase } from '@ashlar/kernel';
import { BusinessDate } from '@ashlar/kernel/values';
import { z } from 'zod';
import { findItems } from '../adapters/items.ts';
import { byId } from '../adapters/stock-levels.ts';
import { setInTransit, setTransferState } from '../adapters/transfers.ts';
import { TransferId } from '../domain/ids.ts';
import { inventoryErrors } from '../domain/inventory-errors.ts';
import { stockAdjusted } from '../domain/inventory-events.ts';
import { loseInTransit } from '../domain/transfer-stock.ts';
import { ExpectedVersion, Reason } from './inputs.ts';
import { openTransfer } from './open-transfer.ts';
import { PostedDocument } from './posted-output.ts';
import { branchOf, type InventoryContext, post, postingDay } from './posting.ts';
import { tellLevels } from './tell-levels.ts';

export const writeOffTransfer = useCase('inventory.write-off-transfer', {
  summary: 'Ends a transfer of which something got lost on the way: what has not arrived is written off.',
  input: z.strictObject({
    transferId: TransferId,
    reason: Reason,
    postingDate: BusinessDate.optional(),
    expectedVersion: ExpectedVersion,
  }),
  output: z.object({ id: TransferId, state: z.literal('received'), version: z.int(), posting: PostedDocument }),
  errors: [inventoryErrors.periodClosed],
  permission: 'inventory.approve',
  on: { http: 'POST /transfers/:transferId/write-off', graphql: 'mutation', grpc: true },
  run: async ({ transferId, reason, expectedVersion, ...given }, context: InventoryContext) => {
    const { db, emit } = context;
    const postingDate = await postingDay(context, given.postingDate);
    const { transfer, lines, levels, transitOf } = await openTransfer(context, transferId);
    const { state, version } = transfer;
    const stale = refuseStale(version, expectedVersion, { id: transferId, state, version });
    if (stale !== null) return stale;
    if (state !== 'in_transit') {
      return refuse(commonErrors.illegalTransition({ from: state, to: 'received', allowed: [] }));
    }
    const lost = lines.filter(({ transitQuantity }) => transitQuantity > 0n);
    const { answer, fact } = await post(context, {
      kind: 'adjustment',
      branch: await branchOf(db, transfer.fromLocationId),
      postingDate,
      reason,
      source: { type: 'transfer', id: transferId },
      movements: loseInTransit(lost.map((line) => ({ ...line, transitLevelId: transitOf(line) }))),
      levels: byId(levels.values()),
      items: await findItems(
        db,
        lost.map(({ itemId }) => itemId),
      ),
    });
    await setInTransit(
      db,
      transferId,
      lost.map(({ lineNo }) => ({ lineNo, transitQuantity: 0n, transitMinor: 0n })),
    );
    await setTransferState(db, transferId, 'received');
    await tellLevels(context, byId(levels.values()).keys());
    emit(stockAdjusted.of({ subject: answer.id, data: fact }));
    return { id: transferId, state: 'received' as const, version: version + 1, posting: answer };
  },
});
