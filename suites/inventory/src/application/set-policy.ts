import { useCase } from '@ashlar/kernel';
import { Currency, Zone } from '@ashlar/kernel/values';
import { z } from 'zod';
import type { InventoryContext } from './posting.ts';

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
