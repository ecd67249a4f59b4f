import { commonErrors, refuse, refuseStale, useCase } from '@ashlar/kernel';
import { touched } from '@ashlar/kernel/touched';
import { z } from 'zod';
import { LotId } from '../domain/ids.ts';
import type { ItemId } from '../domain/ids.ts';
import { lotRecalled } from '../domain/inventory-events.ts';
import { ExpectedVersion, Reason } from './inputs.ts';
import type { InventoryContext } from './posting.ts';
import { tellLevels } from './tell-levels.ts';

const LotStatus = z.enum(['ok', 'quarantine', 'recalled']);
const input = z.strictObject({ lotId: LotId, reason: Reason, expectedVersion: ExpectedVersion });
const output = z.object({ id: LotId, status: LotStatus, version: z.int() });
type Status = z.output<typeof LotStatus>;

export const blockLot = useCase('inventory.block-lot', {
  summary: 'Puts a lot into quarantine: nothing of it is held or handed out until it is cleared.',
  input,
  output,
  errors: [],
  permission: 'inventory.adjust',
  on: { http: 'POST /lots/:lotId/block', graphql: 'mutation', grpc: true, mcp: true },
  run: (given, context: InventoryContext) => setStatus(given, context, 'quarantine'),
});

export const clearLot = useCase('inventory.clear-lot', {
  summary: 'Lets a lot out of quarantine.',
  input,
  output,
  errors: [],
  permission: 'inventory.approve',
  on: { http: 'POST /lots/:lotId/clear', graphql: 'mutation', grpc: true },
  run: (given, context: InventoryContext) => setStatus(given, context, 'ok'),
});

export const recallLot = useCase('inventory.recall-lot', {
  summary: 'Calls a lot back for good.',
  input,
  output,
  errors: [],
  permission: 'inventory.approve',
  on: { http: 'POST /lots/:lotId/recall', graphql: 'mutation', grpc: true },
  run: (given, context: InventoryContext) => setStatus(given, context, 'recalled'),
});

async function setStatus(
  { lotId, reason, expectedVersion }: z.output<typeof input>,
  context: InventoryContext,
  status: Status,
) {
  const { db, emit, audit } = context;
  // Levels come before everything else that is locked, so that whoever holds one never waits for a lot.
  const levels = await db
    .selectFrom('inventory.stock_levels')
    .select('id')
    .where('lot_id', '=', lotId)
    .orderBy('item_id')
    .orderBy('location_id')
    .forUpdate()
    .execute();
  const lot = await db.selectFrom('inventory.lots').selectAll().where('id', '=', lotId).forUpdate().executeTakeFirst();
  if (lot === undefined) return refuse(commonErrors.notFound({ what: 'lot', id: lotId }));
  const stale = refuseStale(lot.version, expectedVersion, { id: lotId, status: lot.status, version: lot.version });
  if (stale !== null) return stale;
  if (lot.status === status) return { id: lotId, status, version: lot.version };
  if (lot.status === 'recalled')
    return refuse(commonErrors.illegalTransition({ from: 'recalled', to: status, allowed: [] }));
  const version = lot.version + 1;
  await db
    .updateTable('inventory.lots')
    .set({ status, reason, ...touched })
    .where('id', '=', lotId)
    .execute();
  await tellLevels(
    context,
    levels.map(({ id }) => id.toString()),
  );
  if (status === 'recalled') {
    // The id out of our own table is what it was when it was made.
    emit(
      lotRecalled.of({
        subject: lotId,
        data: { lotId, itemId: lot.item_id as ItemId, code: lot.code, reason },
      }),
    );
  }
  audit({ subject: lotId, reason, before: { status: lot.status }, after: { status } });
  return { id: lotId, status, version };
}
