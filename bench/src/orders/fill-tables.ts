import type { Client } from 'pg';

/**
 * Orders of so many lines each, as if they had been placed over the last year. Written past the rules of the tables:
 * commands would take an hour.
 */
export async function fillOrders(admin: Client, orders: number, linesEach: number): Promise<void> {
  await pastTheRules(admin, [
    `create temp table made on commit drop as
       select gen_random_uuid() as cart_id, gen_random_uuid() as id, n, org_id
       from generate_series(1, ${orders}) n, (select org_id from billing.settings limit 1) o`,
    `insert into orders.carts (id, org_id, status, channel, currency) select cart_id, org_id, 'placed', 'web', 'USD' from made`,
    `insert into orders.orders (id, org_id, year, number, label, cart_id, channel, tender, party, ship_to, currency, prices,
         net, tax, total, placed_at, return_days, ships_unpaid, status)
       select id, org_id, 2025, n, '2025-' || n, cart_id, 'web', 'by_hand', '{"name": "Ada"}', '{}', 'USD', 'exclusive',
         1000 * ${linesEach}, 100 * ${linesEach}, 1100 * ${linesEach}, now() - n * interval '1 minute', 14, false, 'confirmed'
       from made`,
    `insert into orders.order_lines (order_id, org_id, line_no, variant_id, sku, title, is_stocked, quantity, uom, unit_price,
         tax_category, net, tax)
       select m.id, m.org_id, l, v.id, v.sku, v.title, true, 1, 'pcs', 1000, 'standard', 1000, 100
       from made m cross join generate_series(1, ${linesEach}) l
         join (select id, sku, title, row_number() over (order by sku) - 1 as n, count(*) over () as many from product.variants) v
           on v.n = (m.n * 7 + l) % v.many`,
  ]);
  await admin.query('vacuum analyze orders.orders');
  await admin.query('vacuum analyze orders.order_lines');
}

/** Journals of four lines, over the accounts there are. */
export async function fillJournals(admin: Client, lines: number): Promise<void> {
  await pastTheRules(admin, [
    `create temp table made on commit drop as
       select gen_random_uuid() as id, n, org_id, date '2025-01-01' + n % 600 as day
       from generate_series(1, ${lines / 4}) n, (select org_id from billing.settings limit 1) o`,
    `insert into billing.journals (id, org_id, kind, posting_date) select id, org_id, 'manual', day from made`,
    `insert into billing.journal_lines (org_id, journal_id, line_no, account_id, debit, credit, posting_date)
       select m.org_id, m.id, l, a.id, case when l <= 2 then 500 else 0 end, case when l <= 2 then 0 else 500 end, m.day
       from made m cross join generate_series(1, 4) l
         join (select id, row_number() over (order by code) - 1 as n, count(*) over () as many from billing.accounts) a
           on a.n = (m.n * 3 + l) % a.many`,
  ]);
  await admin.query('vacuum analyze billing.journal_lines');
}

/** Triggers and foreign keys are not asked, and the indexes are. */
async function pastTheRules(admin: Client, statements: readonly string[]): Promise<void> {
  await admin.query(['begin', 'set local session_replication_role = replica', ...statements, 'commit'].join(';\n'));
}
