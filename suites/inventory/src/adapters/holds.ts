import { microsText, parseMicros } from '@ashlar/kernel/values';
import { type Selectable, sql } from 'kysely';
import type { Consumption, Reservation, Shrinking } from '../domain/reservation.ts';
import type { CommandContext } from '@ashlar/kernel';
import { ReservationId } from '../domain/ids.ts';
import type { Grant } from '../domain/reserve-stock.ts';
import type { InventoryDb, InventoryTables } from './tables.ts';

export interface Source {
  readonly type: string;
  readonly id: string;
}

/** A reservation with whom it is for. */
export type StoredReservation = Reservation & { readonly source: Source };

export interface NewHold {
  readonly holdId: string;
  readonly source: Source;
  readonly expiresAt: string | null;
  readonly priority: number;
}

/** Writes what was granted; the levels hold it from here on. */
export async function insertReservations(
  { db, newId }: Pick<CommandContext<InventoryTables>, 'db' | 'newId'>,
  { holdId, source, expiresAt, priority }: NewHold,
  grants: readonly Grant[],
): Promise<void> {
  const rows = grants.map((grant) => ({
    id: newId(ReservationId),
    hold_id: holdId,
    line_no: grant.lineNo,
    level_id: BigInt(grant.levelId),
    source_type: source.type,
    source_id: source.id,
    qty: microsText(grant.quantity),
    backordered: microsText(grant.backordered),
    expires_at: expiresAt === null ? null : new Date(expiresAt),
    priority,
  }));
  await db.insertInto('inventory.reservations').values(rows).execute();
}

/** The reservations of a hold, in the order of its lines. Their levels are locked before they are believed. */
export async function findHold(db: InventoryDb, holdId: string): Promise<readonly StoredReservation[]> {
  const rows = await db
    .selectFrom('inventory.reservations')
    .selectAll()
    .where('hold_id', '=', holdId)
    .orderBy('line_no')
    .orderBy('id')
    .execute();
  return rows.map(toReservation);
}

/** What waits for stock at a level, the most urgent first and the oldest of those. */
export async function findWaiting(db: InventoryDb, levelId: string, at: Date): Promise<readonly StoredReservation[]> {
  const rows = await db
    .selectFrom('inventory.reservations')
    .selectAll()
    .where('level_id', '=', BigInt(levelId))
    .where('state', '=', 'active')
    .where('backordered', '>', '0')
    .where(({ or, eb }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', at)]))
    .orderBy('priority', 'desc')
    .orderBy('created_at')
    .orderBy('id')
    .limit(1000)
    .execute();
  return rows.map(toReservation);
}

/**
 * Writes down which reservations of these levels are over by the clock, so that what they held can be held anew.
 * The levels are locked by the caller.
 */
export async function expireOverdue(
  db: InventoryDb,
  levelIds: readonly string[],
  at: Date,
): Promise<readonly StoredReservation[]> {
  const rows = await db
    .updateTable('inventory.reservations')
    .set({ state: 'expired', updated_at: at })
    .where(sql<boolean>`level_id = any(${[...levelIds]}::bigint[])`)
    .where('state', '=', 'active')
    .where('expires_at', '<=', at)
    .returningAll()
    .execute();
  return rows.map(toReservation);
}

export async function endReservations(
  db: InventoryDb,
  ids: readonly string[],
  state: 'released' | 'expired',
  at: Date,
): Promise<void> {
  await db.updateTable('inventory.reservations').set({ state, updated_at: at }).where('id', 'in', ids).execute();
}

/** What of each was issued. One that gave all it had is over. */
export async function consumeReservations(
  db: InventoryDb,
  consumptions: readonly Consumption[],
  at: Date,
): Promise<void> {
  if (consumptions.length === 0) return;
  await sql`
    update inventory.reservations r
    set consumed = r.consumed + c.quantity, updated_at = ${at},
      state = case when r.consumed + c.quantity = r.qty then 'consumed' else r.state end
    from unnest(${consumptions.map(({ reservation }) => reservation.id)}::uuid[],
      ${consumptions.map(({ quantity }) => microsText(quantity))}::numeric[]) c(id, quantity)
    where r.id = c.id`.execute(db);
}

/** A reservation of which something that was promised is there now, as it is after that. */
export interface Covered {
  readonly reservation: StoredReservation;
  readonly covered: bigint;
  readonly uom: string;
}

/** What of each waited, and is there now. */
export async function coverReservations(
  db: InventoryDb,
  covered: readonly Consumption[],
  at: Date,
): Promise<readonly Covered[]> {
  if (covered.length === 0) return [];
  const { rows } = await sql<Selectable<InventoryTables['inventory.reservations']> & { base_uom: string }>`
    update inventory.reservations r set backordered = r.backordered - c.quantity, updated_at = ${at}
    from unnest(${covered.map(({ reservation }) => reservation.id)}::uuid[],
      ${covered.map(({ quantity }) => microsText(quantity))}::numeric[]) c(id, quantity),
      inventory.stock_levels l, inventory.items i
    where r.id = c.id and l.id = r.level_id and i.id = l.item_id
    returning r.*, i.base_uom`.execute(db);
  const quantities = new Map(covered.map(({ reservation, quantity }) => [reservation.id, quantity]));
  return rows
    .map((row) => ({
      reservation: toReservation(row),
      covered: quantities.get(row.id) ?? 0n,
      uom: row.base_uom,
    }))
    .toSorted((left, right) => left.reservation.lineNo - right.reservation.lineNo);
}

const left = ({ reservation, quantity }: Shrinking): bigint => reservation.quantity - reservation.consumed - quantity;

/** Takes out of each what is given up of it; one of which nothing is left has been given up. */
export async function shrinkReservations(db: InventoryDb, shrunk: readonly Shrinking[], at: Date): Promise<void> {
  const over = shrunk.filter((one) => left(one) === 0n);
  const smaller = shrunk.filter((one) => left(one) > 0n);
  if (over.length > 0) {
    await endReservations(
      db,
      over.map(({ reservation: { id } }) => id),
      'released',
      at,
    );
  }
  if (smaller.length === 0) return;
  await sql`
    update inventory.reservations r
    set qty = r.qty - c.quantity, backordered = r.backordered - c.backordered, updated_at = ${at}
    from unnest(${smaller.map(({ reservation }) => reservation.id)}::uuid[],
      ${smaller.map(({ quantity }) => microsText(quantity))}::numeric[],
      ${smaller.map(({ backordered }) => microsText(backordered))}::numeric[]) c(id, quantity, backordered)
    where r.id = c.id`.execute(db);
}

function toReservation(row: Selectable<InventoryTables['inventory.reservations']>): StoredReservation {
  return {
    id: row.id,
    holdId: row.hold_id,
    lineNo: row.line_no,
    levelId: row.level_id.toString(),
    quantity: parseMicros(row.qty),
    consumed: parseMicros(row.consumed),
    backordered: parseMicros(row.backordered),
    state: row.state,
    expiresAt: row.expires_at,
    source: { type: row.source_type, id: row.source_id },
  };
}
