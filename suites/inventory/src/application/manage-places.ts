import { commonErrors, refuse, refuseStale, useCase } from '@ashlar/kernel';
import { touched } from '@ashlar/kernel/touched';
import { text } from '@ashlar/kernel/values';
import { z } from 'zod';
import { lockLevelsAt } from '../adapters/stock-levels.ts';
import { LocationId, WarehouseId } from '../domain/ids.ts';
import { inventoryErrors } from '../domain/inventory-errors.ts';
import { ExpectedVersion, Name, PlaceCode } from './inputs.ts';
import type { InventoryContext } from './posting.ts';
import { tellLevels } from './tell-levels.ts';

const Branch = text({ max: 50, min: 0 });
/** Code of the one place that belongs to no warehouse. */
const TRANSIT_CODE = 'TRANSIT';

export const addWarehouse = useCase('inventory.add-warehouse', {
  summary: 'Adds a warehouse; the first one brings the place that goods on their way are at.',
  input: z.strictObject({ code: PlaceCode, name: Name.default({}), branch: Branch.default('') }),
  output: z.object({ id: WarehouseId }),
  errors: [inventoryErrors.codeTaken],
  permission: 'inventory.manage',
  on: { http: 'POST /warehouses', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ code, name, branch }, { db, newId, audit }: InventoryContext) => {
    const id = newId(WarehouseId);
    await db
      .insertInto('inventory.warehouses')
      .values({ id, code, name: JSON.stringify(name), branch })
      .execute();
    await db
      .insertInto('inventory.locations')
      .values({
        id: newId(LocationId),
        kind: 'transit',
        code: TRANSIT_CODE,
        name: '{}',
        pickable: false,
        warehouse_id: null,
        parent_id: null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    audit({ subject: id, after: { code, branch } });
    return { id };
  },
});

export const addLocation = useCase('inventory.add-location', {
  summary: 'Adds a place in a warehouse.',
  input: z.strictObject({
    warehouseId: WarehouseId,
    parentId: LocationId.optional(),
    code: PlaceCode,
    name: Name.default({}),
    kind: z.enum(['internal', 'scrap', 'repair']).default('internal'),
    pickable: z.boolean().optional().describe('Whether orders are served from here; internal places are unless told'),
    allowNegative: z.boolean().default(false).describe('Whether more may leave than is known to be here'),
  }),
  output: z.object({ id: LocationId }),
  errors: [inventoryErrors.codeTaken],
  permission: 'inventory.manage',
  on: { http: 'POST /locations', graphql: 'mutation', grpc: true, mcp: true },
  run: async (
    { warehouseId, parentId, code, name, kind, pickable, allowNegative },
    { db, newId, audit }: InventoryContext,
  ) => {
    const id = newId(LocationId);
    const row = {
      warehouse_id: warehouseId,
      parent_id: parentId ?? null,
      kind,
      code,
      name: JSON.stringify(name),
      pickable: kind === 'internal' && (pickable ?? true),
      allow_negative: allowNegative,
    };
    await db
      .insertInto('inventory.locations')
      .values({ id, ...row })
      .execute();
    audit({ subject: id, after: row });
    return { id };
  },
});

export const changeWarehouse = useCase('inventory.change-warehouse', {
  summary: 'Gives a warehouse another name, or another branch for the numbers of its documents from now on.',
  input: z.strictObject({
    warehouseId: WarehouseId,
    name: Name.optional(),
    branch: Branch.optional(),
    expectedVersion: ExpectedVersion,
  }),
  output: z.object({ id: WarehouseId, version: z.int() }),
  errors: [],
  permission: 'inventory.manage',
  on: { http: 'PATCH /warehouses/:warehouseId', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ warehouseId: id, name, branch, ...given }, context: InventoryContext) => {
    const { db, audit } = context;
    const before = await db
      .selectFrom('inventory.warehouses')
      .select(['name', 'branch', 'version'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (before === undefined) return refuse(commonErrors.notFound({ what: 'warehouse', id }));
    const stale = refuseStale(before.version, given.expectedVersion, { id, ...before });
    if (stale !== null) return stale;
    const after = { name: name ?? before.name, branch: branch ?? before.branch };
    await db
      .updateTable('inventory.warehouses')
      .set({ ...after, name: JSON.stringify(after.name), ...touched })
      .where('id', '=', id)
      .execute();
    audit({ subject: id, before, after });
    return { id, version: before.version + 1 };
  },
});

export const changeLocation = useCase('inventory.change-location', {
  summary: 'Gives a location another name, or says whether orders are served from it.',
  input: z.strictObject({
    locationId: LocationId,
    name: Name.optional(),
    pickable: z.boolean().optional(),
    expectedVersion: ExpectedVersion,
  }),
  output: z.object({ id: LocationId, version: z.int() }),
  errors: [],
  permission: 'inventory.manage',
  on: { http: 'PATCH /locations/:locationId', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ locationId: id, name, pickable, ...given }, context: InventoryContext) => {
    const { db, audit } = context;
    // Levels come before everything else that is locked. Whoever holds stock here reads the location after them.
    const levels = pickable === undefined ? [] : await lockLevelsAt(db, id);
    const before = await db
      .selectFrom('inventory.locations')
      .select(['name', 'pickable', 'kind', 'version'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (before === undefined) return refuse(commonErrors.notFound({ what: 'location', id }));
    const stale = refuseStale(before.version, given.expectedVersion, { id, ...before });
    if (stale !== null) return stale;
    if (pickable === true && before.kind !== 'internal') {
      return refuse(commonErrors.illegalTransition({ from: before.kind, to: 'pickable', allowed: [] }));
    }
    const after = { name: name ?? before.name, pickable: pickable ?? before.pickable };
    await db
      .updateTable('inventory.locations')
      .set({ ...after, name: JSON.stringify(after.name), ...touched })
      .where('id', '=', id)
      .execute();
    if (after.pickable !== before.pickable) await tellLevels(context, levels);
    audit({ subject: id, before, after });
    return { id, version: before.version + 1 };
  },
});
