import { commonErrors } from '@ashlar/kernel';
import { touched } from '@ashlar/kernel/touched';
import { microsText, parseMicros } from '@ashlar/kernel/values';
import { type Selectable, sql } from 'kysely';
import type { AddedLine, ChangeableLine, ChangeState, Lowering, Patch } from '../domain/change-order.ts';
import { lockOrder, orderLines, underWay } from './orders.ts';
import type { OrderDb, OrderTables } from './tables.ts';

export type ChangeRow = Selectable<OrderTables['orders.order_changes']>;

/** A change, with its order held first. */
export async function lockChange(db: OrderDb, id: string): Promise<ChangeRow> {
  const seen = await db.selectFrom('orders.order_changes').select('order_id').where('id', '=', id).executeTakeFirst();
  if (seen === undefined) throw commonErrors.notFound({ what: 'change', id });
  await lockOrder(db, seen.order_id);
  return db.selectFrom('orders.order_changes').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
}

export interface NewChange {
  readonly id: string;
  readonly orderId: string;
  readonly kind: ChangeRow['kind'];
  readonly state: 'proposed' | 'accepted';
  readonly reason: string;
  readonly patch: Patch;
  readonly addedMinor: bigint;
  readonly cancelledMinor: bigint;
  readonly expiresAt: Date | null;
}

export async function insertChange(db: OrderDb, change: NewChange): Promise<ChangeRow> {
  const { number } = await db
    .selectFrom('orders.order_changes')
    .select(sql<number>`(coalesce(max(number), 0) + 1)::integer`.as('number'))
    .where('order_id', '=', change.orderId)
    .executeTakeFirstOrThrow();
  return db
    .insertInto('orders.order_changes')
    .values({
      id: change.id,
      order_id: change.orderId,
      number,
      kind: change.kind,
      state: change.state,
      reason: change.reason,
      resolution: null,
      patch: JSON.stringify(change.patch),
      added_total: change.addedMinor,
      cancelled_total: change.cancelledMinor,
      expires_at: change.expiresAt,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** @returns Its new version. */
export async function moveChange(
  db: OrderDb,
  id: string,
  state: ChangeState,
  resolution: string | null = null,
): Promise<number> {
  const { version } = await db
    .updateTable('orders.order_changes')
    .set({ state, resolution, ...touched })
    .where('id', '=', id)
    .returning('version')
    .executeTakeFirstOrThrow();
  return version;
}

/** Changes of an order that are under way: neither applied nor given up. */
export async function changesUnderWay(db: OrderDb, orderId: string): Promise<readonly ChangeRow[]> {
  return db
    .selectFrom('orders.order_changes')
    .selectAll()
    .where('order_id', '=', orderId)
    .where('state', 'in', ['payment_needed', 'accepted'])
    .orderBy('number')
    .execute();
}

/** Lines of a locked order, with what of each may still change. */
export async function changeableLines(db: OrderDb, orderId: string): Promise<readonly ChangeableLine[]> {
  const [lines, gone] = await Promise.all([orderLines(db, orderId), underWay(db, orderId)]);
  return lines.map((line) => ({
    line: line.line_no,
    variantId: line.variant_id,
    sku: line.sku,
    uom: line.uom,
    micros: parseMicros(line.quantity),
    cancelledMicros: parseMicros(line.qty_cancelled),
    leavingMicros: parseMicros(line.qty_leaving),
    underWayMicros: gone.get(line.line_no) ?? 0n,
    netMinor: line.net,
    taxMinor: line.tax,
  }));
}

/** The number the next line of an order has: none is given twice, also not by proposals. */
export async function nextLineNumber(db: OrderDb, orderId: string): Promise<number> {
  const { rows } = await sql<{ next: number }>`
    select (max(line) + 1)::integer as next from (
      select max(line_no) as line from orders.order_lines where order_id = ${orderId}
      union all
      select max((added->>'line')::integer) from orders.order_changes c, jsonb_array_elements(c.patch->'added') added
      where c.order_id = ${orderId}) known`.execute(db);
  return rows[0]?.next ?? 1;
}

/** Marks what is to be cancelled, or takes the marks away again. */
export async function markLeaving(
  db: OrderDb,
  orderId: string,
  lowered: readonly Lowering[],
  sign: 1n | -1n,
): Promise<void> {
  if (lowered.length === 0) return;
  const rows = lowered.map(({ line, micros }) => ({ line, quantity: microsText(micros * sign) }));
  await sql`
    update orders.order_lines l set qty_leaving = l.qty_leaving + q.quantity
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as q(line integer, quantity numeric)
    where l.order_id = ${orderId} and l.line_no = q.line`.execute(db);
}

/** Quantities of a patch, in millionths. */
export function loweringsOf({ cancelled }: Patch): readonly Lowering[] {
  return cancelled.map(({ line, quantity }) => ({ line, micros: parseMicros(quantity) }));
}

/** What was marked is cancelled, and no longer reserved. */
export async function cancelMarked(db: OrderDb, orderId: string, patch: Patch): Promise<void> {
  if (patch.cancelled.length === 0) return;
  await sql`
    update orders.order_lines l set qty_leaving = l.qty_leaving - q.quantity,
      qty_cancelled = l.qty_cancelled + q.quantity, qty_reserved = greatest(l.qty_reserved - q.quantity, 0),
      qty_promised = least(l.qty_promised, greatest(l.qty_reserved - q.quantity, 0))
    from jsonb_to_recordset(${JSON.stringify(patch.cancelled)}::jsonb) as q(line integer, quantity numeric)
    where l.order_id = ${orderId} and l.line_no = q.line`.execute(db);
}

/** Lines of an accepted change, in one statement; what is in stock is held for them already. */
export async function insertAddedLines(
  db: OrderDb,
  { order_id: orderId, id: changeId }: ChangeRow,
  added: readonly AddedLine[],
): Promise<void> {
  if (added.length === 0) return;
  await sql`
    insert into orders.order_lines (order_id, change_id, qty_reserved, line_no, variant_id, sku, title, choices, is_stocked,
      quantity, uom, unit_price, discount, tax_category, taxes, net, tax)
    select ${orderId}, ${changeId}, case when r."isStocked" then r.quantity else 0 end, r.line, r."variantId", r.sku, r.title,
      r.choices, r."isStocked", r.quantity, r.uom, r."unitPrice", 0, r."taxCategory", r.taxes, r.net, r.tax
    from jsonb_to_recordset(${JSON.stringify(added)}::jsonb) as r(line integer, "variantId" uuid, sku text, title jsonb,
      choices jsonb, "isStocked" boolean, quantity numeric, uom text, "unitPrice" numeric, "taxCategory" text, taxes jsonb,
      net bigint, tax bigint)`.execute(db);
}

/** Writes how much of each line is still to come; what was told before never grows by it. */
export async function setPromised(
  db: OrderDb,
  orderId: string,
  promised: readonly { readonly line: number; readonly quantity: string }[],
  isNew: boolean,
): Promise<void> {
  if (promised.length === 0) return;
  await sql`
    update orders.order_lines l
    set qty_promised = least(l.qty_reserved, q.quantity, case when ${isNew} then q.quantity else l.qty_promised end)
    from jsonb_to_recordset(${JSON.stringify(promised)}::jsonb) as q(line integer, quantity numeric)
    where l.order_id = ${orderId} and l.line_no = q.line`.execute(db);
}
