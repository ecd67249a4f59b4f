import { useCase } from '@ashlar/kernel';
import { type Checks, Drift, findDrifts } from '@ashlar/kernel/reconciliation';
import { z } from 'zod';
import type { BillingDb } from '../adapters/tables.ts';
import type { BillingContext } from './books.ts';

const balanceOf = (control: string, sign: 1 | -1): string => `(
  select coalesce(sum(l.debit - l.credit), 0) * ${sign} from billing.journal_lines l
  join billing.accounts a on a.id = l.account_id and a.control = '${control}')`;

const sums = (expected: string, found: string): string =>
  `select 'all' as subject, e::text as expected, f::text as found from (select ${expected} as e, ${found} as f) s where e <> f`;

/**
 * What the books say against what they are made of. Triggers and constraints keep both together, and this is how
 * anybody can know that they do.
 */
const CHECKS: Checks = {
  'every journal is balanced': `
    select j.id::text as subject, coalesce(sum(l.debit), 0)::text as expected, coalesce(sum(l.credit), 0)::text as found
    from billing.journals j left join billing.journal_lines l on l.journal_id = j.id
    group by j.id having coalesce(sum(l.debit), 0) <> coalesce(sum(l.credit), 0) or count(l.seq) < 2`,
  'lines carry the day of their journal': `
    select j.id::text as subject, j.posting_date::text as expected, l.posting_date::text as found
    from billing.journals j join billing.journal_lines l on l.journal_id = j.id and l.posting_date <> j.posting_date`,
  'receivables are what invoices still ask for, less what credit notes still give': sums(
    balanceOf('receivable', 1),
    `(select coalesce(sum(case kind when 'invoice' then total - settled else settled - total end), 0) from billing.open_items)`,
  ),
  'deposits are what is left of payments': sums(
    balanceOf('deposits', -1),
    `(select coalesce(sum(captured - refunded - allocated), 0) from billing.payments)`,
  ),
  'money is what came in, less what was given back and what was posted by hand': sums(
    balanceOf('cash', 1),
    `(select coalesce(sum(case m.kind when 'capture' then m.amount else -m.amount end), 0) from billing.money_moves m)
      + (select coalesce(sum(l.debit - l.credit), 0) from billing.journal_lines l
         join billing.accounts a on a.id = l.account_id and a.control = 'cash'
         join billing.journals j on j.id = l.journal_id and j.kind in ('manual', 'reversal'))`,
  ),
  'tax payable is the tax of invoices, less that of credit notes': sums(
    balanceOf('tax', -1),
    `(select coalesce(sum(tax * sign), 0) from billing.invoice_taxes)`,
  ),
  'open items are settled by their allocations': `
    select o.document_id::text as subject, coalesce(sum(a.amount), 0)::text as expected, o.settled::text as found
    from billing.open_items o
      left join billing.allocations a on o.document_id in (a.invoice_id, a.credit_note_id)
    group by o.document_id, o.settled having o.settled <> coalesce(sum(a.amount), 0)`,
  'payments are used by their allocations': `
    select p.id::text as subject, coalesce(sum(a.amount), 0)::text as expected, p.allocated::text as found
    from billing.payments p left join billing.allocations a on a.payment_id = p.id
    group by p.id, p.allocated having p.allocated <> coalesce(sum(a.amount), 0)`,
  'payments are their moves of money': `
    select p.id::text as subject, (p.captured - p.refunded)::text as expected,
      coalesce(sum(case m.kind when 'capture' then m.amount else -m.amount end), 0)::text as found
    from billing.payments p left join billing.money_moves m on m.payment_id = p.id
    group by p.id, p.captured, p.refunded
    having p.captured - p.refunded <> coalesce(sum(case m.kind when 'capture' then m.amount else -m.amount end), 0)`,
  'payments promise what providers are asked for': `
    select p.id::text as subject, coalesce(sum(o.amount - o.returned), 0)::text as expected, p.promised::text as found
    from billing.payments p left join billing.provider_orders o on o.payment_id = p.id and o.kind = 'refund'
      and o.state <> 'refused'
    group by p.id, p.promised having p.promised <> coalesce(sum(o.amount - o.returned), 0)`,
  'documents add up': `
    select i.id::text as subject, i.total::text as expected, (sum(l.net + l.tax) + i.rounding)::text as found
    from billing.invoices i join billing.invoice_lines l on l.invoice_id = i.id where i.status = 'issued'
    group by i.id, i.total, i.rounding having i.total <> sum(l.net + l.tax) + i.rounding`,
  'every issued document is open or settled': `
    select i.id::text as subject, i.total::text as expected, coalesce(o.total::text, 'none') as found
    from billing.invoices i left join billing.open_items o on o.document_id = i.id
    where i.status = 'issued' and o.total is distinct from i.total`,
  'credits take back no more than was asked': `
    select i.id::text as subject, i.total::text as expected, sum(n.total)::text as found
    from billing.invoices i join billing.invoices n on n.credits = i.id and n.status = 'issued'
    group by i.id, i.total having sum(n.total) > i.total`,
  'numbers have no gaps': `
    select s.kind || '/' || s.branch || '/' || s.fiscal_year as subject, (s.next_number - 1)::text as expected,
      count(i.id)::text as found
    from billing.number_series s left join billing.invoices i on i.org_id = s.org_id and i.kind = s.kind
      and i.branch = s.branch and i.fiscal_year = s.fiscal_year and i.status = 'issued'
    group by s.org_id, s.kind, s.branch, s.fiscal_year, s.next_number
    having count(i.id) <> s.next_number - 1 or max(i.number) is distinct from nullif(s.next_number - 1, 0)`,
  'documents are as they were issued': `
    select i.id::text as subject, encode(sha256(convert_to(i.content, 'UTF8')), 'hex') as expected,
      encode(i.content_hash, 'hex') as found
    from billing.invoices i where i.status = 'issued' and (
      sha256(convert_to(i.content, 'UTF8')) <> i.content_hash
      or i.content::jsonb ->> 'total' <> i.total::text or i.content::jsonb ->> 'label' <> i.label
      or i.content::jsonb ->> 'issueDate' <> i.issue_date::text)`,
  'every hash holds the one before': `
    select i.id::text as subject, encode(coalesce(i.before, ''), 'hex') as expected,
      encode(coalesce(i.prev_hash, ''), 'hex') as found
    from (select *, lag(chain_hash) over (partition by org_id, kind, branch, fiscal_year order by number) as before
      from billing.invoices where status = 'issued') i
    where i.prev_hash is distinct from i.before
      or sha256(coalesce(i.prev_hash, '') || i.content_hash) <> i.chain_hash`,
};

/** Every drift between the books of this organisation and what they are made of. */
export function driftsOfBooks(db: BillingDb): Promise<Drift[]> {
  return findDrifts(db, CHECKS);
}

export const checkBooks = useCase('billing.check-books', {
  summary: 'Reckons the books anew and names every drift; none is expected.',
  input: z.strictObject({}),
  output: z.object({ checks: z.int(), drifts: z.array(Drift) }),
  errors: [],
  permission: 'billing.audit',
  on: { http: 'POST /checks', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async (_input, { db, audit }: BillingContext) => {
    const drifts = await driftsOfBooks(db);
    audit({ after: { drifts: drifts.length } });
    return { checks: Object.keys(CHECKS).length, drifts };
  },
});
