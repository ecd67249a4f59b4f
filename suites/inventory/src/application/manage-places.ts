import { useCase } from '@ashlar/kernel';
import { Currency, Zone } from '@ashlar/kernel/values';
import { z } from 'zod';
import { LocationId, WarehouseId } from '../domain/ids.ts';
import { inventoryErrors } from '../domain/inventory-errors.ts';
import type { InventoryContext } from './posting.ts';

const Code = z.string().trim().min(1).max(50);
const Name = z.record(z.string().max(35), z.string().max(200)).default({});
/** Code of the one place that belongs to no warehouse. */
const TRANSIT_CODE = 'TRANSIT';

export const addWarehouse = useCase('inventory.add-warehouse', {
  summary: 'Adds a warehouse; the first one brings the place that goods on their way are at.',
  input: z.strictObject({ code: Code, name: Name, branch: z.string().trim().max(50).default('') }),
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
    code: Code,
    name: Name,
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

export const setPolicy = useCase('inventory.set-policy', {
  summary:
    'Says in which zone days begin, until when stock is closed, how much anybody may adjust, and the currency of new items.',
  input: z.strictObject({
    timeZone: Zone.default('UTC'),
    closedUntil: z.iso.date().nullable().default(null),
    approvalLimit: z
      .string()
      .regex(/^\d{1,16}$/, 'Expected whole minor units as digits')
      .nullable()
      .default(null),
    currency: Currency.default('USD' as Currency).describe('What items that come from the catalogue are valued in'),
  }),
  output: z.object({
    timeZone: z.string(),
    closedUntil: z.string().nullable(),
    approvalLimit: z.string().nullable(),
    currency: Currency,
  }),
  errors: [],
  permission: 'inventory.manage',
  on: { http: 'PUT /policy', graphql: 'mutation', grpc: true },
  run: async (policy, { db, clock, actor, audit }: InventoryContext) => {
    const row = {
      time_zone: policy.timeZone,
      closed_until: policy.closedUntil,
      approval_limit: policy.approvalLimit === null ? null : BigInt(policy.approvalLimit),
      currency: policy.currency,
      updated_at: clock(),
      updated_by: actor.id,
    };
    await db
      .insertInto('inventory.policies')
      .values(row)
      .onConflict((conflict) => conflict.column('org_id').doUpdateSet(row))
      .execute();
    audit({ after: policy });
    return policy;
  },
});
