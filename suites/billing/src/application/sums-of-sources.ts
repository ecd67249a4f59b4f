import { useCase } from '@ashlar/kernel';
import { type Currency, Money, money } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import { z } from 'zod';
import type { BillingQuery } from './books.ts';

const PAGE = 500;
const Id = z.string().min(1).max(200);

interface SourceRow {
  readonly id: string;
  readonly currency: string;
  readonly captured: string;
  readonly refunded: string;
  readonly invoiced: string;
  readonly credited: string;
  readonly lines: readonly { readonly sourceLine: string; readonly quantity: string }[];
  readonly quiet: number;
}

export const sumsOfSources = useCase('billing.sums-of-sources', {
  kind: 'query',
  summary: 'What was invoiced, credited, taken and given back for each of many sources, such as orders.',
  description: 'For whoever reckons documents of their own against the books.',
  input: z.strictObject({
    type: z.string().min(1).max(100).describe('Of the sources, such as order.order'),
    ids: z.array(Id).min(1).max(PAGE).optional().describe('Only of these; absent: of all, the last ids first'),
    before: Id.optional().describe('The last id of the page before'),
    limit: z.int().min(1).max(PAGE).default(PAGE),
  }),
  output: z.object({
    sources: z.array(
      z.object({
        id: z.string(),
        captured: Money,
        refunded: Money,
        invoiced: Money,
        credited: Money,
        lines: z
          .array(z.object({ sourceLine: z.string(), quantity: z.string() }))
          .describe('Invoiced and not credited, by line of the source'),
        quietSeconds: z.number().describe('Since anything of it moved'),
      }),
    ),
    next: z.string().nullable(),
  }),
  errors: [],
  permission: 'billing.read',
  on: { grpc: true },
  run: async ({ type, ids, before, limit }, { db, orgId }: BillingQuery) => {
    const mine = sql`org_id = ${orgId} and source_type = ${type} and source_id is not null
      and (${ids ?? null}::text[] is null or source_id = any (${ids ?? null}::text[]))
      and (${before ?? null}::text is null or source_id < ${before ?? null})`;
    const { rows } = await sql<SourceRow>`
      with wanted as (
        select source_id as id from (
          select source_id from billing.payments where ${mine}
          union select source_id from billing.invoices where ${mine} and status = 'issued') s
        order by source_id desc limit ${limit}
      ),
      paid as (
        select p.source_id as id, sum(p.captured) as captured, sum(p.refunded) as refunded,
          max(greatest(p.created_at, m.at)) as at, min(p.currency) as currency
        from billing.payments p, lateral (
          select max(recorded_at) as at from billing.money_moves where payment_id = p.id) m
        where p.org_id = ${orgId} and p.source_type = ${type} and p.source_id in (select id from wanted) group by p.source_id
      ),
      billed as (
        select source_id as id, sum(total) filter (where kind = 'invoice') as invoiced,
          sum(total) filter (where kind = 'credit_note') as credited, max(issued_at) as at, min(currency) as currency
        from billing.invoices
        where org_id = ${orgId} and source_type = ${type} and source_id in (select id from wanted) and status = 'issued'
        group by source_id
      ),
      lines as (
        select id, jsonb_agg(jsonb_build_object('sourceLine', source_line, 'quantity', quantity)) as lines from (
          select i.source_id as id, l.source_line,
            sum(case i.kind when 'invoice' then l.quantity else -l.quantity end)::text as quantity
          from billing.invoices i join billing.invoice_lines l on l.invoice_id = i.id
          where i.org_id = ${orgId} and i.source_type = ${type} and i.source_id in (select id from wanted)
            and i.status = 'issued' and l.source_line is not null
          group by i.source_id, l.source_line) q group by id
      )
      select w.id, coalesce(p.currency, b.currency) as currency, coalesce(p.captured, 0)::text as captured,
        coalesce(p.refunded, 0)::text as refunded, coalesce(b.invoiced, 0)::text as invoiced,
        coalesce(b.credited, 0)::text as credited, coalesce(l.lines, '[]') as lines,
        extract(epoch from clock_timestamp() - greatest(p.at, b.at))::float8 as quiet
      from wanted w left join paid p using (id) left join billed b using (id) left join lines l using (id)
      order by w.id desc`.execute(db);
    return {
      sources: rows.map(({ id, currency, lines, quiet, ...sums }) => {
        // Checked when the documents were written.
        const amount = (minor: string): Money => money(BigInt(minor), currency as Currency);
        return {
          id,
          captured: amount(sums.captured),
          refunded: amount(sums.refunded),
          invoiced: amount(sums.invoiced),
          credited: amount(sums.credited),
          lines: [...lines],
          quietSeconds: quiet,
        };
      }),
      next: rows.length < limit ? null : (rows.at(-1)?.id ?? null),
    };
  },
});
