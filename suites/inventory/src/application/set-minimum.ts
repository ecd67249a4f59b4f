import { refuse, useCase } from '@ashlar/kernel';
import { microsText, PositiveQuantity } from '@ashlar/kernel/values';
import { z } from 'zod';
import { ItemId, LocationId } from '../domain/ids.ts';
import { inventoryErrors } from '../domain/inventory-errors.ts';
import { measureLines } from './known-items.ts';
import type { InventoryContext } from './posting.ts';
import { tellLevels } from './tell-levels.ts';

export const setMinimum = useCase('inventory.set-minimum', {
  summary: 'Says of how little of an item at a location somebody is told.',
  input: z.strictObject({
    itemId: ItemId,
    locationId: LocationId,
    minimum: PositiveQuantity.nullable().describe('Told when less than this is available; null: never'),
  }),
  output: z.object({ itemId: ItemId, locationId: LocationId }),
  errors: [inventoryErrors.itemUnknown, inventoryErrors.locationUnknown],
  permission: 'inventory.manage',
  on: { http: 'PUT /items/:itemId/minimum', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ itemId, locationId, minimum }, context: InventoryContext) => {
    const { db, clock, actor, audit } = context;
    const place = await db
      .selectFrom('inventory.locations')
      .select('id')
      .where('id', '=', locationId)
      .executeTakeFirst();
    if (place === undefined) return refuse(inventoryErrors.locationUnknown({ id: locationId }));
    // Levels come before everything else that is locked.
    const levels = await db
      .selectFrom('inventory.stock_levels')
      .select('id')
      .where('item_id', '=', itemId)
      .where('location_id', '=', locationId)
      .orderBy('lot_id')
      .forUpdate()
      .execute();
    audit({ subject: itemId, after: { locationId, minimum: minimum === null ? null : microsText(minimum.micros) } });
    if (minimum === null) {
      await db
        .deleteFrom('inventory.stock_minimums')
        .where('item_id', '=', itemId)
        .where('location_id', '=', locationId)
        .execute();
      return { itemId, locationId };
    }
    const [line] = await measureLines(db, [{ itemId, quantity: minimum }]);
    const row = { minimum: microsText(line?.micros ?? 0n), updated_at: clock(), updated_by: actor.id };
    await db
      .insertInto('inventory.stock_minimums')
      .values({ item_id: itemId, location_id: locationId, ...row })
      .onConflict((conflict) => conflict.columns(['item_id', 'location_id']).doUpdateSet(row))
      .execute();
    await tellLevels(
      context,
      levels.map(({ id }) => id.toString()),
    );
    return { itemId, locationId };
  },
});
