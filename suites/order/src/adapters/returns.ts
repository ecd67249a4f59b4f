import { commonErrors } from '@ashlar/kernel';
import { parseMicros } from '@ashlar/kernel/values';
import { type Selectable, sql } from 'kysely';
import type { InvoicedLine } from '../domain/plan-credits.ts';
import { lockOrder } from './orders.ts';
import type { OrderDb, OrderTables } from './tables.ts';
import { touched } from '@ashlar/kernel/touched';

export type ReturnRow = Selectable<OrderTables['orders.returns']>;
export type ReturnLineRow = Selectable<OrderTables['orders.return_lines']>;

/** A return, with its order held first. */
export async function lockReturn(db: OrderDb, id: string): Promise<ReturnRow> {
  const seen = await db.selectFrom('orders.returns').select('order_id').where('id', '=', id).executeTakeFirst();
  if (seen === undefined) throw commonErrors.notFound({ what: 'return', id });
  await lockOrder(db, seen.order_id);
  return db.selectFrom('orders.returns').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
}

export async function returnLines(db: OrderDb, returnId: string): Promise<readonly ReturnLineRow[]> {
  return db
    .selectFrom('orders.return_lines')
    .selectAll()
    .where('return_id', '=', returnId)
    .orderBy('line_no')
    .execute();
}

export async function changeReturn(
  db: OrderDb,
  id: string,
  change: Partial<Pick<ReturnRow, 'state' | 'resolution' | 'outcome'>> & { readonly exchange_for?: string },
): Promise<number> {
  const { version } = await db
    .updateTable('orders.returns')
    .set({ ...change, ...touched })
    .where('id', '=', id)
    .returning('version')
    .executeTakeFirstOrThrow();
  return version;
}

/** What of the order's invoices is not taken back yet, the first invoice first. */
export async function invoicedLines(db: OrderDb, orderId: string): Promise<readonly InvoicedLine[]> {
  const { rows } = await sql<{ invoice_id: string; invoice_line: number; line: number; left: string }>`
    select i.document_id as invoice_id, x."invoiceLine" as invoice_line, x.line,
      (x.quantity - coalesce((
        select sum(c.quantity) from orders.documents n,
          jsonb_to_recordset(n.lines) as c("invoiceLine" integer, quantity numeric)
        where n.invoice_id = i.document_id and c."invoiceLine" = x."invoiceLine"), 0))::text as left
    from orders.documents i, jsonb_to_recordset(i.lines) as x(line integer, "invoiceLine" integer, quantity numeric)
    where i.order_id = ${orderId} and i.kind = 'invoice'
    order by i.noted_at, i.document_id, x.line`.execute(db);
  return rows.map((row) => ({
    invoiceId: row.invoice_id,
    invoiceLine: row.invoice_line,
    line: row.line,
    leftMicros: parseMicros(row.left),
  }));
}

/** What is left of each payment of an order, in minor units. */
export async function paymentsLeft(
  db: OrderDb,
  orderId: string,
): Promise<readonly { readonly paymentId: string; readonly leftMinor: bigint }[]> {
  const rows = await db
    .selectFrom('orders.payment_facts')
    .select([
      'payment_id',
      sql<bigint>`sum(case kind when 'captured' then amount when 'refunded' then -amount else 0 end)::bigint`.as(
        'left',
      ),
    ])
    .where('order_id', '=', orderId)
    .groupBy('payment_id')
    .orderBy('payment_id')
    .execute();
  return rows.flatMap(({ payment_id: paymentId, left }) => (left > 0n ? [{ paymentId, leftMinor: left }] : []));
}

/** What one piece of a line cost us when it left: sums over its parcels. */
export async function costsOf(
  db: OrderDb,
  orderId: string,
): Promise<ReadonlyMap<number, { readonly costMinor: bigint; readonly micros: bigint }>> {
  const rows = await db
    .selectFrom('orders.fulfilment_lines')
    .select(['line_no', sql<bigint>`sum(cost)::bigint`.as('cost'), sql<string>`sum(quantity)`.as('quantity')])
    .where('order_id', '=', orderId)
    .where('cost', 'is not', null)
    .groupBy('line_no')
    .execute();
  return new Map(rows.map((row) => [row.line_no, { costMinor: row.cost, micros: parseMicros(row.quantity) }]));
}
