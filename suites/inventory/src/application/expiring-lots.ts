import { type QueryContext, useCase } from '@ashlar/kernel';
import { parseMicros, Quantity } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import { z } from 'zod';
import type { InventoryTables } from '../adapters/tables.ts';
import { ItemId, LocationId, LotId } from '../domain/ids.ts';
import { today } from './posting.ts';

const MAX_DAYS = 3650;

interface StoredRow {
  readonly item_id: ItemId;
  readonly location_id: LocationId;
  readonly lot_id: LotId;
  readonly code: string;
  readonly expires_on: string;
  readonly on_hand: string;
  readonly base_uom: string;
}

export const expiringLots = useCase('inventory.expiring-lots', {
  kind: 'query',
  summary: 'What is on hand of lots that expire within so many days or have expired, the first to expire first.',
  input: z.strictObject({
    days: z.int().min(0).max(MAX_DAYS).default(30),
    limit: z.int().min(1).max(1000).default(100),
  }),
  output: z.object({
    places: z.array(
      z.object({
        itemId: ItemId,
        locationId: LocationId,
        lotId: LotId,
        lot: z.string(),
        expiresOn: z.string(),
        onHand: Quantity,
      }),
    ),
  }),
  errors: [],
  permission: 'inventory.read',
  on: { http: 'GET /lots/expiring', graphql: 'query', grpc: true, mcp: true },
  run: async ({ days, limit }, { db, orgId, clock }: QueryContext<InventoryTables>) => {
    const day = await today({ db, clock });
    const { rows } = await sql<StoredRow>`
      select l.item_id, l.location_id, l.lot_id, t.code, t.expires_on::text, l.on_hand::text, i.base_uom
      from inventory.lots t
        join inventory.stock_levels l on l.lot_id = t.id
        join inventory.items i on i.id = l.item_id
      where t.org_id = ${orgId}::uuid and t.expires_on <= ${day}::date + ${days}::int and l.on_hand > 0
      order by t.expires_on, l.id limit ${limit}`.execute(db);
    return {
      places: rows.map((row) => ({
        itemId: row.item_id,
        locationId: row.location_id,
        lotId: row.lot_id,
        lot: row.code,
        expiresOn: row.expires_on,
        onHand: { micros: parseMicros(row.on_hand), uom: row.base_uom },
      })),
    };
  },
});
