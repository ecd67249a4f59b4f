import { commonErrors, refuse, useCase } from '@ashlar/kernel';
import { Instant, microsText, PositiveQuantity, Quantity } from '@ashlar/kernel/values';
import { z } from 'zod';
import { findHold, insertReservations, type Source } from '../adapters/holds.ts';
import { glanceAtPickLevels } from '../adapters/pick-levels.ts';
import { HoldId, ItemId, LocationId, LotId, WarehouseId } from '../domain/ids.ts';
import { inventoryErrors } from '../domain/inventory-errors.ts';
import { reservationCreated } from '../domain/inventory-events.ts';
import { allocateLines } from './allocate-lines.ts';
import { heldLine, HeldLine } from './held-line.ts';
import { measureLines, refuseArchived } from './known-items.ts';
import { MAX_LINES, SourceInput } from './inputs.ts';
import type { InventoryDb } from '../adapters/tables.ts';
import type { InventoryContext } from './posting.ts';
import { requirePickable } from './require-pickable.ts';
import { tellHeld } from './tell-levels.ts';

const Line = z.strictObject({
  line: z.int().min(1).max(1_000_000).optional().describe('Its number in the hold; counted from 1 unless told'),
  itemId: ItemId,
  quantity: PositiveQuantity,
  warehouseId: WarehouseId.optional(),
  locationId: LocationId.optional().describe('Only from here; otherwise from wherever stock is handed out'),
  lotId: LotId.optional(),
});

export const reserveStock = useCase('inventory.reserve-stock', {
  summary: 'Holds quantities for somebody until they are issued, given up or overdue.',
  description: 'Lots that expire first are held first, then what has been kept longest.',
  input: z.strictObject({
    source: SourceInput,
    holdId: HoldId.optional().describe('Adds to that hold of the same source; a new one unless told'),
    lines: z.array(Line).min(1).max(MAX_LINES),
    expiresAt: Instant.optional().describe('From this moment on it holds nothing; absent: until somebody ends it'),
    priority: z.int().min(-1000).max(1000).default(0).describe('Who gets what arrives when several wait for it'),
    allowPartial: z.boolean().default(false).describe('Hold what there is, if it is anything at all'),
    allowBackorder: z.boolean().default(false).describe('Promise what there is not'),
  }),
  output: z.object({
    id: HoldId,
    held: z.array(HeldLine),
    short: z.array(z.object({ line: z.int(), wanted: Quantity, available: Quantity })),
  }),
  errors: [
    inventoryErrors.insufficientStock,
    inventoryErrors.itemUnknown,
    inventoryErrors.locationNotPickable,
    inventoryErrors.alreadyExpired,
  ],
  permission: 'inventory.reserve',
  on: { http: 'POST /holds', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ source, expiresAt, priority, allowPartial, allowBackorder, ...input }, context: InventoryContext) => {
    const { db, clock, emit, audit, newId } = context;
    const id = input.holdId ?? newId(HoldId);
    if (expiresAt !== undefined && new Date(expiresAt) <= clock())
      return refuse(inventoryErrors.alreadyExpired({ hold: id }));
    // What none of them waits for another to know is asked in one round trip.
    const itemIds = [...new Set(input.lines.map(({ itemId }) => itemId))];
    const [lines, seen] = await Promise.all([
      measureLines(db, input.lines),
      glanceAtPickLevels(db, itemIds, clock()),
      requirePickable(db, input.lines),
    ]);
    refuseArchived(lines);
    if (input.holdId !== undefined && !(await isOfSource(db, input.holdId, source))) {
      return refuse(commonErrors.notFound({ what: 'hold', id: input.holdId }));
    }
    const numberOf = (lineNo: number): number => lines[lineNo - 1]?.line ?? lineNo;

    const { grants, shortages, levels } = await allocateLines(context, lines, seen, { allowPartial, allowBackorder });
    const [short] = shortages;
    if (short !== undefined && !(allowPartial && grants.length > 0)) {
      const [wanted, available] = [microsText(short.wanted), microsText(short.available)];
      return refuse(inventoryErrors.insufficientStock({ line: numberOf(short.lineNo), wanted, available }));
    }
    const named = grants.map((grant) => ({ ...grant, lineNo: numberOf(grant.lineNo) }));
    await insertReservations(context, { holdId: id, source, expiresAt: expiresAt ?? null, priority }, named);

    const unitOf = (lineNo: number): string => lines[lineNo - 1]?.item.baseUom ?? '';
    const held = named.map((grant, index) => heldLine(grant, levels, unitOf(grants[index]?.lineNo ?? 0)));
    emit(
      reservationCreated.of({ subject: id, data: { holdId: id, source, expiresAt: expiresAt ?? null, lines: held } }),
    );
    const units = new Map(lines.map(({ item }) => [item.id, item.baseUom]));
    await tellHeld(context, levels, grants, (itemId) => units.get(itemId) ?? '');
    audit({ subject: id, after: { source, lines: input.lines.length } });
    return {
      id,
      held,
      short: shortages.map(({ lineNo, wanted, available }) => ({
        line: numberOf(lineNo),
        wanted: { micros: wanted, uom: unitOf(lineNo) },
        available: { micros: available, uom: unitOf(lineNo) },
      })),
    };
  },
});

async function isOfSource(db: InventoryDb, holdId: string, { type, id }: Source): Promise<boolean> {
  const [known] = await findHold(db, holdId);
  return known !== undefined && known.source.type === type && known.source.id === id;
}
