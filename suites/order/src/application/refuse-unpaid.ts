import type { AshlarError } from '@ashlar/kernel';
import { sql } from 'kysely';
import type { OrderRow } from '../adapters/orders.ts';
import { orderErrors } from '../domain/order-errors.ts';
import type { OrderContext } from './order-context.ts';

/**
 * What is still wanted of the order has to be paid, unless it was agreed that goods leave before: what its invoices ask
 * for with what is not invoiced yet, or what its lines come to. They differ by what rounding piece by piece makes.
 */
export async function refuseUnpaid(db: OrderContext['db'], order: OrderRow): Promise<AshlarError | null> {
  if (order.ships_unpaid) return null;
  const { rows } = await sql<{ by_lines: bigint; not_invoiced: bigint; invoiced: bigint }>`
    select floor(sum((l.net + l.tax) * (l.quantity - l.qty_cancelled) / l.quantity))::bigint as by_lines,
      sum(floor((l.net + l.tax) * greatest(l.quantity - l.qty_cancelled - l.qty_returned - l.qty_invoiced, 0)
        / l.quantity))::bigint as not_invoiced,
      (select coalesce(sum(case d.kind when 'invoice' then d.total else -d.total end), 0)::bigint
        from orders.documents d where d.order_id = ${order.id}) as invoiced
    from orders.order_lines l where l.order_id = ${order.id}`.execute(db);
  const {
    by_lines: byLines,
    not_invoiced: notInvoiced,
    invoiced,
  } = rows[0] ?? {
    by_lines: 0n,
    not_invoiced: 0n,
    invoiced: 0n,
  };
  const byInvoices = invoiced + notInvoiced;
  const due = byLines < byInvoices ? byLines : byInvoices;
  return order.captured - order.refunded + order.credit >= due ? null : orderErrors.unpaid();
}
