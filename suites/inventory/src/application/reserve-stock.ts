import { refuse, useCase } from '@ashlar/kernel';
import { Instant, microsText, PositiveQuantity, Quantity } from '@ashlar/kernel/values';
import { z } from 'zod';
import { insertReservations } from '../adapters/holds.ts';
import { glanceAtPickLevels } from '../adapters/pick-levels.ts';
import { HoldId, ItemId, LocationId, LotId, WarehouseId } from '../domain/ids.ts';
import { inventoryErrors } from '../domain/inventory-errors.ts';
import { reservationCreated } from '../domain/inventory-events.ts';
import { allocateLines } from './allocate-lines.ts';
import { heldLine, HeldLine } from './held-line.ts';
import { measureLines, refuseArchived } from './known-items.ts';
import { MAX_LINES, SourceInput } from './inputs.ts';
import type { InventoryContext } from './posting.ts';
import { requirePickable } from './require-pickable.ts';
import { tellHeld } from './tell-levels.ts';

const Line = z.strictObject({
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
    const id = newId(HoldId);
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

    const { grants, shortages, levels } = await allocateLines(context, lines, seen, { allowPartial, allowBackorder });
    const [short] = shortages;
    if (short !== undefined && !(allowPartial && grants.length > 0)) {
      const [wanted, available] = [microsText(short.wanted), microsText(short.available)];
      return refuse(inventoryErrors.insufficientStock({ line: short.lineNo, wanted, available }));
    }
    await insertReservations(context, { holdId: id, source, expiresAt: expiresAt ?? null, priority }, grants);

    const unitOf = (lineNo: number): string => lines[lineNo - 1]?.item.baseUom ?? '';
    const held = grants.map((grant) => heldLine(grant, levels, unitOf(grant.lineNo)));
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
        line: lineNo,
        wanted: { micros: wanted, uom: unitOf(lineNo) },
        available: { micros: available, uom: unitOf(lineNo) },
      })),
    };
  },
});
