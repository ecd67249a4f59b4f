import { useCase } from '@ashlar/kernel';
import { type Checks, Drift, findDrifts } from '@ashlar/kernel/reconciliation';
import { z } from 'zod';
import type { OrderContext } from './order-context.ts';

const lineSum = (column: string, sums: string): string => `
  select l.order_id || '/' || l.line_no as subject, coalesce(s.quantity, 0)::text as expected, l.${column}::text as found
  from orders.order_lines l left join (${sums}) s on s.order_id = l.order_id and s.line_no = l.line_no
  where l.${column} <> coalesce(s.quantity, 0)`;

/** What orders say against what they are made of. */
const CHECKS: Checks = {
  'fulfilled is what shipped parcels held': lineSum(
    'qty_fulfilled',
    `select f.order_id, f.line_no, sum(f.quantity) as quantity from orders.fulfilment_lines f
       join orders.fulfilments h on h.id = f.fulfilment_id and h.state in ('shipped', 'delivered', 'failed')
     group by f.order_id, f.line_no`,
  ),
  'returned is what was inspected': lineSum(
    'qty_returned',
    `select order_id, line_no, sum(restocked + scrapped) as quantity from orders.return_lines group by order_id, line_no`,
  ),
  'invoiced is what was invoiced, less what was credited': lineSum(
    'qty_invoiced',
    `select d.order_id, x.line as line_no, sum(case d.kind when 'invoice' then x.quantity else -x.quantity end) as quantity
     from orders.documents d, jsonb_to_recordset(d.lines) as x(line integer, quantity numeric)
     group by d.order_id, x.line`,
  ),
  'shipped goods were issued from the stock': `
    select h.id::text as subject, 'a posting' as expected, 'none' as found
    from orders.fulfilments h where h.state in ('shipped', 'delivered', 'failed') and h.stock_document_id is null
      and exists (select from orders.fulfilment_lines f
        join orders.order_lines l on l.order_id = f.order_id and l.line_no = f.line_no and l.is_stocked
        where f.fulfilment_id = h.id)`,
  'money is what was told of it': `
    select o.id::text as subject, coalesce(s.net, 0)::text as expected, (o.captured - o.refunded)::text as found
    from orders.orders o left join (
      select order_id, sum(case kind when 'captured' then amount when 'refunded' then -amount else 0 end) as net
      from orders.payment_facts group by order_id) s on s.order_id = o.id
    where o.captured - o.refunded <> coalesce(s.net, 0)`,
  'orders add up': `
    select o.id::text as subject, o.total::text as expected, (l.gross + coalesce(s.gross, 0))::text as found
    from orders.orders o
      join (select order_id, sum(net + tax) as gross from orders.order_lines where change_id is null group by order_id) l on l.order_id = o.id
      left join (select order_id, sum(net + tax) as gross from orders.shipping_lines group by order_id) s on s.order_id = o.id
    where o.total <> l.gross + coalesce(s.gross, 0)`,
  'discounts are what is written down of them': `
    select l.order_id || '/' || l.line_no as subject, coalesce(a.amount, 0)::text as expected, l.discount::text as found
    from (select order_id, line_no, discount from orders.order_lines
        union all select order_id, line_no, discount from orders.shipping_lines) l
      left join (select order_id, line_no, sum(amount) as amount from orders.adjustments group by order_id, line_no) a
        on a.order_id = l.order_id and a.line_no = l.line_no
    where l.discount <> coalesce(a.amount, 0)`,
  'promotions were used as often and gave as much as orders that stand say': `
    select p.id::text as subject, count(u.order_id) || ' for ' || coalesce(sum(u.amount), 0) as expected,
      p.used || ' for ' || p.spent as found
    from orders.promotions p left join orders.promotion_uses u on u.promotion_id = p.id and not u.is_given_back
    group by p.id, p.used, p.spent having p.used <> count(u.order_id) or p.spent <> coalesce(sum(u.amount), 0)`,
  'coupons were used as often as orders that stand say': `
    select c.id::text as subject, count(u.order_id)::text as expected, c.used::text as found
    from orders.coupons c left join orders.promotion_uses u on u.coupon_id = c.id and not u.is_given_back
    group by c.id, c.used having c.used <> count(u.order_id)`,
  'what ended unhad uses no promotion': `
    select o.id::text as subject, 'no use' as expected, o.status as found
    from orders.orders o where o.status in ('cancelled', 'rejected') and exists (
      select from orders.promotion_uses u where u.order_id = o.id and not u.is_given_back)`,
  'what is to be cancelled is what changes under way say': lineSum(
    'qty_leaving',
    `select c.order_id, x.line as line_no, sum(x.quantity) as quantity from orders.order_changes c,
       jsonb_to_recordset(c.patch->'cancelled') as x(line integer, quantity numeric)
     where c.state in ('payment_needed', 'accepted') group by c.order_id, x.line`,
  ),
  'what was added is what applied changes say': `
    select c.id::text as subject, c.added_total::text as expected, coalesce(sum(l.net + l.tax), 0)::text as found
    from orders.order_changes c left join orders.order_lines l on l.change_id = c.id
    group by c.id, c.state, c.added_total
    having coalesce(sum(l.net + l.tax), 0) <> case c.state when 'applied' then c.added_total else 0 end`,
  'what ended is not being changed': `
    select c.id::text as subject, 'no change under way' as expected, o.status as found
    from orders.order_changes c join orders.orders o on o.id = c.order_id
    where c.state in ('payment_needed', 'accepted') and o.status in ('completed', 'cancelled', 'rejected')`,
  'numbers have no gaps': `
    select s.branch || '/' || s.year as subject, (s.next_number - 1)::text as expected, count(o.id)::text as found
    from orders.number_series s
      left join orders.orders o on o.org_id = s.org_id and o.branch = s.branch and o.year = s.year
    group by s.org_id, s.branch, s.year, s.next_number
    having count(o.id) <> s.next_number - 1 or max(o.number) is distinct from nullif(s.next_number - 1, 0)`,
  'what has left was wanted': `
    select o.id::text as subject, 'nothing under way' as expected, o.status as found
    from orders.orders o where o.status in ('cancelled', 'rejected') and exists (
      select from orders.fulfilments f where f.order_id = o.id and f.state <> 'cancelled')`,
  'what is fulfilled has left': `
    select o.id::text as subject, 'every open line shipped' as expected, o.status as found
    from orders.orders o where o.status in ('fulfilled', 'completed') and exists (
      select from orders.order_lines l where l.order_id = o.id and l.qty_fulfilled + l.qty_cancelled <> l.quantity)`,
};

export const checkOrders = useCase('order.check-orders', {
  summary: 'Reckons all orders anew and names every drift; none is expected.',
  input: z.strictObject({}),
  output: z.object({ checks: z.int(), drifts: z.array(Drift) }),
  errors: [],
  permission: 'order.audit',
  on: { http: 'POST /checks', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async (_input, { db, audit }: OrderContext) => {
    const drifts = await findDrifts(db, CHECKS);
    audit({ after: { drifts: drifts.length } });
    return { checks: Object.keys(CHECKS).length, drifts };
  },
});
