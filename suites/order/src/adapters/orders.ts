import { commonErrors } from '@ashlar/kernel';
import { parseMicros } from '@ashlar/kernel/values';
import { type Selectable, sql } from 'kysely';
import type { OrderState } from '../domain/order-status.ts';
import type { OrderDb, OrderTables } from './tables.ts';
import { touched } from '@ashlar/kernel/touched';

export type OrderRow = Selectable<OrderTables['orders.orders']>;
export type OrderLineRow = Selectable<OrderTables['orders.order_lines']>;

/** An order, held until the transaction ends: whoever changes it or its lines, parcels and returns holds it first. */
export async function lockOrder(db: OrderDb, id: string): Promise<OrderRow> {
  const row = await db.selectFrom('orders.orders').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (row === undefined) throw commonErrors.notFound({ what: 'order', id });
  return row;
}

export async function orderLines(db: OrderDb, orderId: string): Promise<readonly OrderLineRow[]> {
  return db.selectFrom('orders.order_lines').selectAll().where('order_id', '=', orderId).orderBy('line_no').execute();
}

export async function shippingOf(
  db: OrderDb,
  orderId: string,
): Promise<readonly Selectable<OrderTables['orders.shipping_lines']>[]> {
  return db.selectFrom('orders.shipping_lines').selectAll().where('order_id', '=', orderId).execute();
}

/** What of each line invoices ever asked for, and what of that no credit note took back. */
export async function invoicedBefore(
  db: OrderDb,
  orderId: string,
): Promise<ReadonlyMap<number, { readonly allMicros: bigint; readonly standingMicros: bigint }>> {
  const { rows } = await sql<{ line: number; all: string; standing: string }>`
    select x.line, coalesce(sum(x.quantity) filter (where d.kind = 'invoice'), 0)::text as all,
      sum(case d.kind when 'invoice' then x.quantity else -x.quantity end)::text as standing
    from orders.documents d, jsonb_to_recordset(d.lines) as x(line integer, quantity numeric)
    where d.order_id = ${orderId} group by x.line`.execute(db);
  return new Map(
    rows.map(({ line, all, standing }) => [
      line,
      { allMicros: parseMicros(all), standingMicros: parseMicros(standing) },
    ]),
  );
}

/** What of a locked order decides about its next state. */
export async function stateOf(db: OrderDb, row: OrderRow): Promise<OrderState> {
  const parcel = await db
    .selectFrom('orders.fulfilments')
    .select('id')
    .where('order_id', '=', row.id)
    .where('state', '<>', 'cancelled')
    .limit(1)
    .executeTakeFirst();
  return { status: row.status, cancelReason: row.cancel_reason, isUnderWay: parcel !== undefined };
}

/** @returns Its new version. */
export async function changeOrder(
  db: OrderDb,
  id: string,
  change: Partial<Pick<OrderRow, 'status' | 'status_reason' | 'cancel_reason' | 'hold_id' | 'delivered_at' | 'credit'>>,
): Promise<number> {
  const { version } = await db
    .updateTable('orders.orders')
    .set({ ...change, ...touched })
    .where('id', '=', id)
    .returning('version')
    .executeTakeFirstOrThrow();
  return version;
}

/** Quantities by line, in millionths. */
export type ByLine = ReadonlyMap<number, bigint>;

/** What of each line is in parcels that are not cancelled: gone or about to. */
export async function underWay(db: OrderDb, orderId: string): Promise<ByLine> {
  const rows = await db
    .selectFrom('orders.fulfilment_lines as l')
    .innerJoin('orders.fulfilments as f', 'f.id', 'l.fulfilment_id')
    .select(['l.line_no', sql<string>`sum(l.quantity)`.as('quantity')])
    .where('l.order_id', '=', orderId)
    .where('f.state', '<>', 'cancelled')
    .groupBy('l.line_no')
    .execute();
  return new Map(rows.map((row) => [row.line_no, parseMicros(row.quantity)]));
}

/** Adds to one quantity of many lines in one statement. */
export async function addToLines(
  db: OrderDb,
  orderId: string,
  column: 'qty_reserved' | 'qty_fulfilled' | 'qty_cancelled' | 'qty_returned',
  quantities: readonly { readonly line: number; readonly quantity: string }[],
): Promise<void> {
  if (quantities.length === 0) return;
  const name = sql.ref(column);
  await sql`
    update orders.order_lines l set ${name} = l.${name} + q.quantity
    from jsonb_to_recordset(${JSON.stringify(quantities)}::jsonb) as q(line integer, quantity numeric)
    where l.order_id = ${orderId} and l.line_no = q.line`.execute(db);
}
