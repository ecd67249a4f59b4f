import { commonErrors, refuse, refuseStale, useCase } from '@ashlar/kernel';
import { z } from 'zod';
import { leaveSerials } from '../adapters/serials.ts';
import { lockLevels, placeKey } from '../adapters/stock-levels.ts';
import { findTransfer, insertTransfer, setTransferState } from '../adapters/transfers.ts';
import { LocationId, TransferId } from '../domain/ids.ts';
import { inventoryErrors } from '../domain/inventory-errors.ts';
import { measureLines } from './known-items.ts';
import { ExpectedVersion, MAX_LINES, PlaceLine } from './inputs.ts';
import type { InventoryContext } from './posting.ts';

const Answer = z.object({
  id: TransferId,
  state: z.enum(['draft', 'in_transit', 'received', 'cancelled']),
  version: z.int(),
});

export const startTransfer = useCase('inventory.start-transfer', {
  summary: 'Writes down what shall go from one location to another. Nothing moves yet.',
  input: z.strictObject({
    fromLocationId: LocationId,
    toLocationId: LocationId,
    lines: z
      .array(PlaceLine.omit({ locationId: true }))
      .min(1)
      .max(MAX_LINES),
  }),
  output: Answer,
  errors: [inventoryErrors.sameLocation, inventoryErrors.itemUnknown, inventoryErrors.serialUnknown],
  permission: 'inventory.transfer',
  on: { http: 'POST /transfers', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ fromLocationId, toLocationId, ...input }, context: InventoryContext) => {
    const { db, newId, audit } = context;
    if (fromLocationId === toLocationId) return refuse(inventoryErrors.sameLocation());
    const places = input.lines.map((line) => ({ ...line, locationId: fromLocationId, lotId: line.lotId ?? null }));
    const lines = await measureLines(db, places);
    const levels = await lockLevels(db, lines);
    const serials = await leaveSerials(db, lines, (lineNo) => {
      const line = lines[lineNo - 1];
      return (line && levels.get(placeKey(line))?.id) ?? '';
    });
    const id = newId(TransferId);
    await insertTransfer(db, { id, fromLocationId, toLocationId }, lines, serials);
    audit({ subject: id, after: { fromLocationId, toLocationId, lines: lines.length } });
    return { id, state: 'draft' as const, version: 1 };
  },
});

export const cancelTransfer = useCase('inventory.cancel-transfer', {
  summary: 'Gives a transfer up before it leaves.',
  input: z.strictObject({ transferId: TransferId, expectedVersion: ExpectedVersion }),
  output: Answer,
  errors: [],
  permission: 'inventory.transfer',
  on: { http: 'POST /transfers/:transferId/cancel', graphql: 'mutation', grpc: true },
  run: async ({ transferId, expectedVersion }, context: InventoryContext) => {
    const { state, version } = await findTransfer(context.db, transferId);
    const stale = refuseStale(version, expectedVersion, { id: transferId, state, version });
    if (stale !== null) return stale;
    if (state !== 'draft') {
      return refuse(commonErrors.illegalTransition({ from: state, to: 'cancelled', allowed: ['received'] }));
    }
    await setTransferState(context.db, transferId, 'cancelled');
    context.audit({ subject: transferId, before: { state }, after: { state: 'cancelled' } });
    return { id: transferId, state: 'cancelled' as const, version: version + 1 };
  },
});
