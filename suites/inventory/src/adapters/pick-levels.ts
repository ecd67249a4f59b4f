import { parseMicros } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import type { StockLevel } from '../domain/stock-level.ts';
import { toLevel } from './stock-levels.ts';
import type { InventoryDb } from './tables.ts';

/** A level something may be handed out from. */
export interface PickLevel extends StockLevel {
  readonly warehouseId: string | null;
  readonly pickable: boolean;
  /** The last day its lot may be handed out. */
  readonly expiresOn: string | null;
  /** Of how little somebody wants to be told. */
  readonly minimum: bigint | null;
}

/** What is held by reservations that are overdue, and not yet written off. */
export interface LockedLevels {
  readonly levels: readonly PickLevel[];
  readonly hasOverdue: boolean;
}

/**
 * Locks every level of the items, in the order in which everybody locks levels: which of them serve an order is
 * decided when nobody else can decide it too.
 */
export async function lockPickLevels(db: InventoryDb, itemIds: readonly string[], at: Date): Promise<LockedLevels> {
  const { rows } = await sql<PickRow>`${pickLevels(itemIds, at)} for update of level`.execute(db);
  return { levels: rows.map(toPickLevel), hasOverdue: rows.some(({ overdue }) => parseMicros(overdue) > 0n) };
}

/** The same levels as they were a moment ago, without a lock and as if overdue reservations were written off. */
export async function glanceAtPickLevels(
  db: InventoryDb,
  itemIds: readonly string[],
  at: Date,
): Promise<readonly PickLevel[]> {
  const { rows } = await sql<PickRow>`${pickLevels(itemIds, at)}`.execute(db);
  return rows.map((row) => {
    const level = toPickLevel(row);
    return { ...level, reserved: level.reserved - parseMicros(row.overdue) };
  });
}

type PickRow = Parameters<typeof toLevel>[0] & {
  readonly warehouse_id: string | null;
  readonly pickable: boolean;
  readonly expires_on: string | null;
  readonly minimum: string | null;
  readonly overdue: string;
};

/** As text: where two hundred ask for one item at once, a query that is put together each time is most of the work. */
function pickLevels(itemIds: readonly string[], at: Date) {
  return sql`
    select level.*, location.warehouse_id, location.pickable, lot.expires_on, low.minimum,
      (select coalesce(sum(r.held), 0) from inventory.reservations r
       where r.level_id = level.id and r.state = 'active' and r.expires_at <= ${at}) as overdue
    from inventory.stock_levels level
      join inventory.locations location on location.id = level.location_id and location.kind = 'internal'
      left join inventory.lots lot on lot.id = level.lot_id
      left join inventory.stock_minimums low on low.item_id = level.item_id and low.location_id = level.location_id
    where level.item_id = any(${[...itemIds]}::uuid[])
    order by level.item_id, level.location_id, level.lot_id`;
}

function toPickLevel(row: PickRow): PickLevel {
  return {
    ...toLevel(row),
    warehouseId: row.warehouse_id,
    pickable: row.pickable,
    expiresOn: row.expires_on,
    minimum: row.minimum === null ? null : parseMicros(row.minimum),
  };
}
