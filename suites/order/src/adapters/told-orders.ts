import { sql } from 'kysely';
import type { ToldOrder } from '../domain/reckon-order.ts';
import type { OrderDb } from './tables.ts';

/** With how long nothing of it has moved here. */
export type SettlingOrder = ToldOrder & { readonly quietSeconds: number };

/** A page of orders with all that is told of them here, the latest first; one statement for each kind of row. */
export async function toldOrders(
  db: OrderDb,
  orgId: string,
  { before, limit }: { readonly before: string | null; readonly limit: number },
): Promise<readonly SettlingOrder[]> {
  let page = db
    .selectFrom('orders.orders')
    .select(['id', 'status', 'captured', 'refunded'])
    .where('org_id', '=', orgId);
  if (before !== null) page = page.where('id', '<', before);
  const quiet = sql<number>`extract(epoch from clock_timestamp() - greatest(updated_at,
    (select max(updated_at) from orders.fulfilments where order_id = orders.orders.id),
    (select max(updated_at) from orders.returns where order_id = orders.orders.id)))::float8`;
  const rows = await page.select(quiet.as('quiet')).orderBy('id', 'desc').limit(limit).execute();
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const [lines, charges, changes, documents, parcels, returns] = await Promise.all([
    db.selectFrom('orders.order_lines').selectAll().where('order_id', 'in', ids).orderBy('line_no').execute(),
    db.selectFrom('orders.shipping_lines').select(['order_id', 'line_no']).where('order_id', 'in', ids).execute(),
    db
      .selectFrom('orders.order_changes')
      .select(['order_id', 'patch'])
      .where('order_id', 'in', ids)
      .where('state', 'in', ['payment_needed', 'accepted'])
      .execute(),
    db.selectFrom('orders.documents').select(['order_id', 'kind', 'total']).where('order_id', 'in', ids).execute(),
    db
      .selectFrom('orders.fulfilments as h')
      .innerJoin('orders.fulfilment_lines as f', 'f.fulfilment_id', 'h.id')
      .select(['h.id', 'h.order_id', 'h.state', 'f.line_no', 'f.quantity'])
      .where('h.order_id', 'in', ids)
      .execute(),
    db
      .selectFrom('orders.return_lines')
      .select(['return_id as id', 'order_id', 'line_no', 'restocked as quantity'])
      .where('order_id', 'in', ids)
      .execute(),
  ]);
  const linesOf = Map.groupBy(lines, (line) => line.order_id);
  const chargesOf = Map.groupBy(charges, (charge) => charge.order_id);
  const changesOf = Map.groupBy(changes, (change) => change.order_id);
  const documentsOf = Map.groupBy(documents, (document) => document.order_id);
  const parcelsOf = Map.groupBy(parcels, (parcel) => parcel.order_id);
  const returnsOf = Map.groupBy(returns, (back) => back.order_id);
  return rows.map(({ id, status, captured, refunded, quiet: quietSeconds }) => {
    const own = linesOf.get(id) ?? [];
    const stocked = new Map(own.flatMap((line) => (line.is_stocked ? [[line.line_no, line.variant_id]] : [])));
    const goodsOf = (of: readonly { readonly line_no: number; readonly quantity: string }[]) =>
      of.flatMap(({ line_no: line, quantity }) => {
        const variantId = stocked.get(line);
        return variantId === undefined ? [] : [{ variantId, quantity }];
      });
    const sumOf = (kind: 'invoice' | 'credit_note'): bigint =>
      (documentsOf.get(id) ?? []).reduce((sum, one) => (one.kind === kind ? sum + one.total : sum), 0n);
    return {
      id,
      status,
      captured,
      refunded,
      quietSeconds,
      invoiced: sumOf('invoice'),
      credited: sumOf('credit_note'),
      lines: own.map((line) => ({
        line: line.line_no,
        variantId: line.variant_id,
        isStocked: line.is_stocked,
        quantity: line.quantity,
        cancelled: line.qty_cancelled,
        leaving: line.qty_leaving,
        invoiced: line.qty_invoiced,
      })),
      coming: (changesOf.get(id) ?? []).flatMap(({ patch }) =>
        patch.added.flatMap((line) => (line.isStocked ? [{ variantId: line.variantId, quantity: line.quantity }] : [])),
      ),
      charges: (chargesOf.get(id) ?? []).map((charge) => charge.line_no),
      parcels: [...Map.groupBy(parcelsOf.get(id) ?? [], (parcel) => parcel.id)].flatMap(([parcelId, of]) =>
        of[0] === undefined ? [] : [{ id: parcelId, state: of[0].state, goods: goodsOf(of) }],
      ),
      returns: [...Map.groupBy(returnsOf.get(id) ?? [], (back) => back.id)].map(([returnId, of]) => ({
        id: returnId,
        goods: goodsOf(of),
      })),
    };
  });
}

/** Which of these ids are of no order, parcel or return of the organisation. */
export async function strangersAmong(
  db: OrderDb,
  table: 'orders.orders' | 'orders.fulfilments' | 'orders.returns',
  ids: readonly string[],
): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom(table)
    .select('id')
    .where(sql<string>`id::text`, 'in', ids)
    .execute();
  const known = new Set(rows.map(({ id }) => id));
  return ids.filter((id) => !known.has(id));
}
