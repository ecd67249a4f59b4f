import { refuse, useCase } from '@ashlar/kernel';
import { BusinessDate, Money, money } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import { z } from 'zod';
import { billingErrors } from '../domain/billing-errors.ts';
import { InvoiceId, PartyId } from '../domain/ids.ts';
import { type BillingQuery, readBooks } from './books.ts';

const MAX_PARTIES = 10_000;
const MAX_ENTRIES = 5000;

const Edges = z
  .array(z.int().min(1).max(3650))
  .min(1)
  .max(10)
  .refine((edges) => edges.every((edge, index) => index === 0 || edge > (edges[index - 1] ?? 0)), {
    message: 'Expected each edge to be later than the one before',
  });

export const receivablesAgeing = useCase('billing.receivables-ageing', {
  kind: 'query',
  summary: 'What each party owed at the end of a day, by how long it had been due.',
  input: z.strictObject({
    asOf: BusinessDate.optional(),
    edges: Edges.default([30, 60, 90, 120]).describe('Last day of each bucket but the last'),
    partyId: PartyId.optional(),
  }),
  output: z.object({
    asOf: z.string(),
    buckets: z.array(z.string()).describe('What the amounts of a row are in the order of: not due first'),
    parties: z.array(
      z.object({
        partyId: PartyId.nullable(),
        amounts: z.array(Money),
        outstanding: Money,
        credit: Money.describe('Paid or credited, and settling nothing yet'),
      }),
    ),
    outstanding: Money,
  }),
  errors: [billingErrors.booksMissing],
  permission: 'billing.read',
  on: { http: 'GET /reports/receivables', graphql: 'query', grpc: true, mcp: true },
  run: async ({ asOf, edges, partyId }, context: BillingQuery) => {
    const { currency, today } = await readBooks(context);
    const day = asOf ?? today;
    const { orgId, db } = context;
    const onlyParty = partyId ?? null;
    const { rows } = await sql<{ party_id: PartyId | null; bucket: number; amount: bigint }>`
      with items as (
        select o.party_id, o.kind, o.due_date, o.total - coalesce((
          select sum(a.amount) from billing.allocations a
          where a.on_date <= ${day} and case o.kind when 'invoice' then a.invoice_id else a.credit_note_id end = o.document_id
        ), 0) as amount
        from billing.open_items o
        where o.org_id = ${orgId} and o.issue_date <= ${day} and (${onlyParty}::uuid is null or o.party_id = ${onlyParty})
      ), credit as (
        select p.party_id, coalesce((
          select sum(case m.kind when 'capture' then m.amount else -m.amount end) from billing.money_moves m
          where m.payment_id = p.id and m.on_date <= ${day}), 0)
          - coalesce((select sum(a.amount) from billing.allocations a where a.payment_id = p.id and a.on_date <= ${day}), 0)
          as amount
        from billing.payments p
        where p.org_id = ${orgId} and (${onlyParty}::uuid is null or p.party_id = ${onlyParty})
      )
      select party_id, case when ${day}::date <= due_date then 0
          else 1 + width_bucket((${day}::date - due_date - 1)::integer, ${edges.map(String)}::integer[]) end as bucket,
        sum(amount)::bigint as amount
      from items where kind = 'invoice' and amount <> 0 group by 1, 2
      union all
      select party_id, -1, sum(amount)::bigint from (
        select party_id, amount from items where kind = 'credit_note' and amount <> 0
        union all select party_id, amount from credit where amount <> 0) c group by 1
      order by 1 limit ${MAX_PARTIES}
    `.execute(db);
    const parties = [...Map.groupBy(rows, ({ party_id: id }) => id)].map(([id, of]) => {
      const amountIn = (bucket: number): bigint => of.find((row) => row.bucket === bucket)?.amount ?? 0n;
      const amounts = Array.from({ length: edges.length + 2 }, (_, bucket) => amountIn(bucket));
      return { id, amounts, outstanding: amounts.reduce((sum, amount) => sum + amount, 0n), credit: amountIn(-1) };
    });
    return {
      asOf: day,
      buckets: [
        'not due',
        ...edges.map((edge, index) => `${(edges[index - 1] ?? 0) + 1}-${edge}`),
        `over ${edges.at(-1)}`,
      ],
      parties: parties.map(({ id, amounts, outstanding, credit }) => ({
        partyId: id,
        amounts: amounts.map((amount) => money(amount, currency)),
        outstanding: money(outstanding, currency),
        credit: money(credit, currency),
      })),
      outstanding: money(
        parties.reduce((sum, { outstanding }) => sum + outstanding, 0n),
        currency,
      ),
    };
  },
});

export const statementOfAccount = useCase('billing.statement', {
  kind: 'query',
  summary: 'What was asked of a party between two days, what it paid, and what it owes after each.',
  input: z.strictObject({ partyId: PartyId, from: BusinessDate, to: BusinessDate }),
  output: z.object({
    opening: Money,
    entries: z.array(
      z.object({
        date: z.string(),
        kind: z.enum(['invoice', 'credit_note', 'payment', 'refund', 'write_off']),
        documentId: InvoiceId.nullable(),
        label: z.string().nullable(),
        amount: Money.describe('Above zero is owed'),
        balance: Money,
      }),
    ),
    closing: Money,
  }),
  errors: [billingErrors.booksMissing],
  permission: 'billing.read',
  on: { http: 'GET /parties/:partyId/statement', graphql: 'query', grpc: true, mcp: true },
  run: async ({ partyId, from, to }, context: BillingQuery) => {
    const { currency } = await readBooks(context);
    type Entry = {
      date: string;
      kind: 'invoice' | 'credit_note' | 'payment' | 'refund' | 'write_off';
      document_id: InvoiceId | null;
      label: string | null;
      amount: bigint;
    };
    const { rows } = await sql<Entry>`
      select * from (
        select issue_date as date, kind, id as document_id, label, case kind when 'invoice' then total else -total end as amount,
          issued_at as at
        from billing.invoices where org_id = ${context.orgId} and party_id = ${partyId} and status = 'issued'
        union all
        select m.on_date, case m.kind when 'capture' then 'payment' else 'refund' end, null, p.reference,
          case m.kind when 'capture' then -m.amount else m.amount end, m.recorded_at
        from billing.money_moves m join billing.payments p on p.id = m.payment_id
        where p.org_id = ${context.orgId} and p.party_id = ${partyId}
        union all
        select a.on_date, 'write_off', a.invoice_id, i.label, -a.amount, a.recorded_at
        from billing.allocations a join billing.invoices i on i.id = a.invoice_id
        where a.kind = 'write_off' and a.org_id = ${context.orgId} and i.party_id = ${partyId}
      ) e where date <= ${to} order by date, at limit ${MAX_ENTRIES + 1}
    `.execute(context.db);
    if (rows.length > MAX_ENTRIES) return refuse(billingErrors.tooMuch({ most: MAX_ENTRIES }));
    let balance = 0n;
    const entries = rows.map((row) => {
      balance += row.amount;
      return { ...row, balance };
    });
    const before = entries.filter(({ date }) => date < from);
    return {
      opening: money(before.at(-1)?.balance ?? 0n, currency),
      entries: entries.slice(before.length).map((entry) => ({
        date: entry.date,
        kind: entry.kind,
        documentId: entry.document_id,
        label: entry.label,
        amount: money(entry.amount, currency),
        balance: money(entry.balance, currency),
      })),
      closing: money(balance, currency),
    };
  },
});
