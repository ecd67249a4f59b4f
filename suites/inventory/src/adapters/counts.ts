import { type CommandContext, commonErrors } from '@ashlar/kernel';
import { microsText, parseMicros } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import type { LocationId } from '../domain/ids.ts';
import type { InventoryDb, InventoryTables } from './tables.ts';

type CountState = 'open' | 'review' | 'approved' | 'cancelled';

/** Begins a count with what is on hand at its location now. */
export async function insertCount(
  db: InventoryDb,
  count: {
    readonly id: string;
    readonly locationId: string;
    readonly blind: boolean;
    readonly startedBy: string | null;
  },
): Promise<void> {
  await db
    .insertInto('inventory.counts')
    .values({
      id: count.id,
      location_id: count.locationId,
      blind: count.blind,
      created_by: count.startedBy,
      snapshot_seq: sql`(select coalesce(max(seq), 0) from inventory.stock_ledger)`,
      submitted_by: null,
      approved_by: null,
    })
    .execute();
  await sql`
    insert into inventory.count_lines (count_id, item_id, lot_id, snapshot_qty)
    select ${count.id}::uuid, item_id, lot_id, on_hand
    from inventory.stock_levels where location_id = ${count.locationId}::uuid and on_hand <> 0`.execute(db);
}

export interface Count {
  readonly state: CountState;
  readonly version: number;
  readonly locationId: LocationId;
  readonly submittedBy: string | null;
}

/** A count, locked. @throws {AshlarError} `common.not_found` */
export async function findCount(db: InventoryDb, id: string): Promise<Count> {
  const row = await db.selectFrom('inventory.counts').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (row === undefined) throw commonErrors.notFound({ what: 'count', id });
  // The id out of our own table is what it was when it was made.
  const locationId = row.location_id as LocationId;
  return { state: row.state, version: row.version, locationId, submittedBy: row.submitted_by };
}

export interface CountLine {
  readonly itemId: string;
  readonly lotId: string | null;
  readonly counted: bigint;
  /** On hand by the ledger when it was counted. */
  readonly expected: bigint;
  /** Of an item kept by serial: ids of what should have been there, and codes of what was found besides. */
  readonly missing: readonly string[];
  readonly found: readonly string[];
}

/** The lines that were counted, by SKU and lot: the order in which they are numbered where they correct something. */
export async function findCountLines(db: InventoryDb, countId: string): Promise<readonly CountLine[]> {
  const rows = await db
    .selectFrom('inventory.count_lines as line')
    .innerJoin('inventory.items as item', 'item.id', 'line.item_id')
    .leftJoin('inventory.lots as lot', 'lot.id', 'line.lot_id')
    .select(['line.item_id', 'line.lot_id', 'line.counted', 'line.expected'])
    .select(['line.missing_serials', 'line.found_serials'])
    .where('line.count_id', '=', countId)
    .where('line.counted', 'is not', null)
    .orderBy('item.sku')
    .orderBy('lot.code')
    .orderBy('line.item_id')
    .execute();
  return rows.map((row) => ({
    itemId: row.item_id,
    lotId: row.lot_id,
    counted: parseMicros(row.counted ?? '0'),
    expected: parseMicros(row.expected ?? '0'),
    missing: row.missing_serials,
    found: row.found_serials,
  }));
}

export async function setCounted(db: InventoryDb, countId: string, lines: readonly CountLine[]): Promise<void> {
  await db
    .insertInto('inventory.count_lines')
    .values(
      lines.map((line) => ({
        count_id: countId,
        item_id: line.itemId,
        lot_id: line.lotId,
        snapshot_qty: '0',
        counted: microsText(line.counted),
        expected: microsText(line.expected),
        missing_serials: [...line.missing],
        found_serials: [...line.found],
      })),
    )
    .onConflict((conflict) =>
      conflict.constraint('one_line_per_lot').doUpdateSet((eb) => ({
        counted: eb.ref('excluded.counted'),
        expected: eb.ref('excluded.expected'),
        missing_serials: eb.ref('excluded.missing_serials'),
        found_serials: eb.ref('excluded.found_serials'),
      })),
    )
    .execute();
}

export async function setCountState(
  { db, clock, actor }: Pick<CommandContext<InventoryTables>, 'db' | 'clock' | 'actor'>,
  id: string,
  change: {
    readonly state: CountState;
    readonly version: number;
    readonly submittedBy?: true;
    readonly approvedBy?: true;
  },
): Promise<void> {
  await db
    .updateTable('inventory.counts')
    .set({
      state: change.state,
      version: change.version + 1,
      updated_at: clock(),
      ...(change.submittedBy && { submitted_by: actor.id }),
      ...(change.approvedBy && { approved_by: actor.id }),
    })
    .where('id', '=', id)
    .execute();
}
