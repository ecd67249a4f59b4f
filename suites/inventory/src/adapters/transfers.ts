import { commonErrors } from '@ashlar/kernel';
import { touched } from '@ashlar/kernel/touched';
import { microsText, parseMicros } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import type { InventoryDb } from './tables.ts';

type TransferState = 'draft' | 'in_transit' | 'received' | 'cancelled';

export interface Transfer {
  readonly id: string;
  readonly fromLocationId: string;
  readonly toLocationId: string;
  readonly state: TransferState;
  readonly version: number;
}

export interface TransferLine {
  readonly lineNo: number;
  readonly itemId: string;
  readonly lotId: string | null;
  readonly serialId: string | null;
  readonly quantity: bigint;
  /** Still on its way, and what that cost. */
  readonly transitQuantity: bigint;
  readonly transitMinor: bigint;
}

interface NewLine {
  readonly itemId: string;
  readonly lotId: string | null;
  readonly micros: bigint;
}

/** Writes a draft. Each serial is a line of its own, since it may arrive or get lost by itself. */
export async function insertTransfer(
  db: InventoryDb,
  { id, fromLocationId, toLocationId }: Pick<Transfer, 'id' | 'fromLocationId' | 'toLocationId'>,
  lines: readonly NewLine[],
  serials: readonly (readonly string[])[],
): Promise<void> {
  await db
    .insertInto('inventory.transfers')
    .values({ id, from_location_id: fromLocationId, to_location_id: toLocationId })
    .execute();
  const pieces = lines.flatMap((line, index): readonly (NewLine & { readonly serialId: string | null })[] => {
    const own = serials[index] ?? [];
    if (own.length === 0) return [{ ...line, serialId: null }];
    return own.map((serialId) => ({ ...line, serialId, micros: line.micros / BigInt(own.length) }));
  });
  await db
    .insertInto('inventory.transfer_lines')
    .values(
      pieces.map(({ itemId, lotId, serialId, micros }, index) => ({
        transfer_id: id,
        line_no: index + 1,
        item_id: itemId,
        lot_id: lotId,
        serial_id: serialId,
        qty: microsText(micros),
      })),
    )
    .execute();
}

/** A transfer, locked. @throws {AshlarError} `common.not_found` */
export async function findTransfer(db: InventoryDb, id: string): Promise<Transfer> {
  const row = await db
    .selectFrom('inventory.transfers')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw commonErrors.notFound({ what: 'transfer', id });
  const { from_location_id: fromLocationId, to_location_id: toLocationId, state, version } = row;
  return { id, fromLocationId, toLocationId, state, version };
}

export async function findTransferLines(db: InventoryDb, id: string): Promise<readonly TransferLine[]> {
  const rows = await db
    .selectFrom('inventory.transfer_lines')
    .selectAll()
    .where('transfer_id', '=', id)
    .orderBy('line_no')
    .execute();
  return rows.map((row) => ({
    lineNo: row.line_no,
    itemId: row.item_id,
    lotId: row.lot_id,
    serialId: row.serial_id,
    quantity: parseMicros(row.qty),
    transitQuantity: parseMicros(row.transit_qty),
    transitMinor: row.transit_value,
  }));
}

/** What of each line is on its way from now on. */
export async function setInTransit(
  db: InventoryDb,
  id: string,
  lines: readonly Pick<TransferLine, 'lineNo' | 'transitQuantity' | 'transitMinor'>[],
): Promise<void> {
  await sql`
    update inventory.transfer_lines l set transit_qty = n.quantity, transit_value = n.value
    from unnest(${lines.map(({ lineNo }) => lineNo)}::integer[],
      ${lines.map(({ transitQuantity }) => microsText(transitQuantity))}::numeric[],
      ${lines.map(({ transitMinor }) => transitMinor.toString())}::bigint[]) n(line_no, quantity, value)
    where l.transfer_id = ${id} and l.line_no = n.line_no`.execute(db);
}

export async function setTransferState(db: InventoryDb, id: string, state: TransferState): Promise<void> {
  await db
    .updateTable('inventory.transfers')
    .set({ state, ...touched })
    .where('id', '=', id)
    .execute();
}

/** Where goods are between two locations. */
export async function transitLocation(db: InventoryDb): Promise<string> {
  const { id } = await db
    .selectFrom('inventory.locations')
    .select('id')
    .where('kind', '=', 'transit')
    .executeTakeFirstOrThrow();
  return id;
}
