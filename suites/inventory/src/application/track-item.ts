import { refuseStale, useCase } from '@ashlar/kernel';
import { Currency, localizedText, UnitCode } from '@ashlar/kernel/values';
import { z } from 'zod';
import { ItemId } from '../domain/ids.ts';
import { inventoryErrors } from '../domain/inventory-errors.ts';
import { ExpectedVersion, Sku } from './inputs.ts';
import type { InventoryContext } from './posting.ts';

const Unit = z.strictObject({
  uom: UnitCode,
  num: z.string().regex(/^[1-9]\d{0,17}$/, 'Expected a whole number above zero as digits'),
  den: z
    .string()
    .regex(/^[1-9]\d{0,17}$/, 'Expected a whole number above zero as digits')
    .default('1'),
});

const input = z.strictObject({
  itemId: ItemId.describe("The variant's id in the catalogue"),
  sku: Sku,
  title: localizedText({ max: 500 }).default({}),
  baseUom: UnitCode.default('pcs'),
  wholeUnits: z.boolean().default(true),
  tracking: z.enum(['none', 'lot', 'serial']).default('none'),
  currency: Currency,
  status: z.enum(['active', 'archived']).default('active'),
  expectedVersion: ExpectedVersion,
  units: z.array(Unit).max(50).default([]).describe('Other units: one of them is num ÷ den of the base unit'),
});

/** This suite's own picture of a variant. Told again, it is brought up to date. */
export const trackItem = useCase('inventory.track-item', {
  summary: 'Keeps stock of a variant, or learns how it changed.',
  input,
  output: z.object({ id: ItemId, version: z.int() }),
  errors: [inventoryErrors.frozenField, inventoryErrors.codeTaken],
  permission: 'inventory.manage',
  on: { http: 'PUT /items/:itemId', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ itemId, units, expectedVersion, ...item }, { db, clock, actor, audit }: InventoryContext) => {
    const before =
      expectedVersion === undefined
        ? undefined
        : await db
            .selectFrom('inventory.items')
            .select(['sku', 'status', 'version'])
            .where('id', '=', itemId)
            .forUpdate()
            .executeTakeFirst();
    const stale = refuseStale(before?.version ?? 0, expectedVersion, { id: itemId, ...before });
    if (stale !== null) return stale;
    const row = {
      sku: item.sku,
      title: JSON.stringify(item.title),
      base_uom: item.baseUom,
      whole_units: item.wholeUnits,
      tracking: item.tracking,
      currency: item.currency,
      status: item.status,
    };
    const { version } = await db
      .insertInto('inventory.items')
      .values({ id: itemId, ...row })
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((eb) => ({
          ...row,
          version: eb('inventory.items.version', '+', 1),
          updated_at: clock(),
          updated_by: actor.id,
        })),
      )
      .returning('version')
      .executeTakeFirstOrThrow();
    await db.deleteFrom('inventory.item_units').where('item_id', '=', itemId).execute();
    if (units.length > 0) {
      await db
        .insertInto('inventory.item_units')
        .values(units.map(({ uom, num, den }) => ({ item_id: itemId, uom, num: BigInt(num), den: BigInt(den) })))
        .execute();
    }
    audit({ subject: itemId, after: row });
    return { id: itemId, version };
  },
});
