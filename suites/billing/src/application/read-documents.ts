import { commonErrors, refuse, useCase } from '@ashlar/kernel';
import { type Currency, Money, money } from '@ashlar/kernel/values';
import { z } from 'zod';
import { InvoiceId, PartyId, PaymentId } from '../domain/ids.ts';
import { type BillingQuery, todayOf } from './books.ts';

const PaymentStatus = z.enum(['draft', 'unpaid', 'partial', 'paid', 'overdue']);
const Source = z.object({ type: z.string(), id: z.string() }).nullable();

const Listed = z.object({
  id: InvoiceId,
  kind: z.enum(['invoice', 'credit_note']),
  label: z.string().nullable(),
  partyId: PartyId.nullable(),
  partyName: z.string(),
  issueDate: z.string().nullable(),
  dueDate: z.string().nullable(),
  total: Money,
  open: Money,
  state: PaymentStatus,
});

export const listInvoices = useCase('billing.list-invoices', {
  kind: 'query',
  summary: 'A page of invoices and credit notes, the latest first.',
  input: z.strictObject({
    kind: z.enum(['invoice', 'credit_note']).optional(),
    status: z.enum(['draft', 'issued']).optional(),
    onlyOpen: z.boolean().default(false),
    partyId: PartyId.optional(),
    source: z.strictObject({ type: z.string().max(100), id: z.string().max(200) }).optional(),
    after: InvoiceId.optional().describe('The last id of the page before'),
    limit: z.int().min(1).max(200).default(50),
  }),
  output: z.object({ invoices: z.array(Listed), next: InvoiceId.nullable() }),
  errors: [],
  permission: 'billing.read',
  on: { http: 'GET /invoices', graphql: 'query', grpc: true, mcp: true },
  run: async ({ kind, status, onlyOpen, partyId, source, after, limit }, context: BillingQuery) => {
    const { db, orgId } = context;
    let query = db
      .selectFrom('billing.invoices as i')
      .leftJoin('billing.open_items as o', 'o.document_id', 'i.id')
      .select(['i.id', 'i.kind', 'i.status', 'i.label', 'i.party_id', 'i.party', 'i.issue_date', 'i.due_date'])
      .select(['i.total', 'i.currency', 'o.settled'])
      .where('i.org_id', '=', orgId);
    if (kind !== undefined) query = query.where('i.kind', '=', kind);
    if (status !== undefined) query = query.where('i.status', '=', status);
    if (onlyOpen) query = query.whereRef('o.settled', '<', 'o.total');
    if (partyId !== undefined) query = query.where('i.party_id', '=', partyId);
    if (source !== undefined) {
      query = query.where('i.source_type', '=', source.type).where('i.source_id', '=', source.id);
    }
    if (after !== undefined) query = query.where('i.id', '<', after);
    const rows = await query
      .orderBy('i.id', 'desc')
      .limit(limit + 1)
      .execute();
    const page = rows.slice(0, limit);
    const day = await todayOf(context);
    return {
      invoices: page.map((row) => {
        // Checked when the document was written.
        const currency = row.currency as Currency;
        const openMinor = row.settled === null ? 0n : row.total - row.settled;
        return {
          id: row.id as InvoiceId,
          kind: row.kind,
          label: row.label,
          partyId: row.party_id as PartyId | null,
          partyName: nameOf(row.party),
          issueDate: row.issue_date,
          dueDate: row.due_date,
          total: money(row.total, currency),
          open: money(openMinor, currency),
          state: stateOf(row, openMinor, day),
        };
      }),
      next: rows.length > limit ? ((page.at(-1)?.id as InvoiceId | undefined) ?? null) : null,
    };
  },
});

function stateOf(
  { status, total, due_date: dueDate }: { status: string; total: bigint; due_date: string | null },
  openMinor: bigint,
  day: string,
): z.output<typeof PaymentStatus> {
  if (status === 'draft') return 'draft';
  if (openMinor === 0n) return 'paid';
  if (dueDate !== null && dueDate < day) return 'overdue';
  return openMinor < total ? 'partial' : 'unpaid';
}

function nameOf({ name }: Readonly<Record<string, unknown>>): string {
  return typeof name === 'string' ? name : '';
}

export const getInvoice = useCase('billing.get-invoice', {
  kind: 'query',
  summary: 'A document with its lines, its taxes and what settles it.',
  input: z.strictObject({ invoiceId: InvoiceId }),
  output: z.object({
    id: InvoiceId,
    kind: z.enum(['invoice', 'credit_note']),
    status: z.enum(['draft', 'issued']),
    label: z.string().nullable(),
    version: z.int(),
    partyId: PartyId.nullable(),
    party: z.record(z.string(), z.unknown()),
    issueDate: z.string().nullable(),
    supplyDate: z.string().nullable(),
    dueDate: z.string().nullable(),
    prices: z.enum(['inclusive', 'exclusive']),
    net: Money,
    tax: Money,
    rounding: Money,
    total: Money,
    open: Money.describe('Still asked for, or still given'),
    credits: InvoiceId.nullable(),
    reason: z.string().nullable(),
    note: z.string().nullable(),
    source: Source,
    contentHash: z.string().nullable().describe('SHA-256 of the document as it was issued, in hexadecimal digits'),
    lines: z.array(
      z.object({
        line: z.int(),
        kind: z.enum(['item', 'shipping']),
        title: z.record(z.string(), z.string()),
        sku: z.string().nullable(),
        quantity: z.object({ value: z.string(), uom: z.string() }),
        unitPrice: z.string().describe('Minor units, with up to six decimals'),
        discount: Money,
        taxes: z.array(z.object({ code: z.string(), percent: z.string(), tax: Money })),
        net: Money,
        tax: Money,
        sourceLine: z.string().nullable(),
      }),
    ),
    settledBy: z.array(
      z.object({
        kind: z.enum(['payment', 'credit_note', 'write_off']),
        id: z.string().nullable(),
        amount: Money,
        date: z.string(),
      }),
    ),
  }),
  errors: [],
  permission: 'billing.read',
  on: { http: 'GET /invoices/:invoiceId', graphql: 'query', grpc: true, mcp: true },
  run: async ({ invoiceId: id }, { db }: BillingQuery) => {
    const row = await db
      .selectFrom('billing.invoices as i')
      .leftJoin('billing.open_items as o', 'o.document_id', 'i.id')
      .selectAll('i')
      .select('o.settled')
      .where('i.id', '=', id)
      .executeTakeFirst();
    if (row === undefined) return refuse(commonErrors.notFound({ what: 'invoice', id }));
    const lines = await db
      .selectFrom('billing.invoice_lines')
      .selectAll()
      .where('invoice_id', '=', id)
      .orderBy('line_no')
      .execute();
    const allocations = await db
      .selectFrom('billing.allocations')
      .select(['kind', 'payment_id', 'credit_note_id', 'amount', 'on_date'])
      .where('invoice_id', '=', id)
      .orderBy('recorded_at')
      .limit(1000)
      .execute();
    // Checked when the document was written.
    const amount = (minor: bigint): Money => money(minor, row.currency as Currency);
    return {
      id,
      kind: row.kind,
      status: row.status,
      label: row.label,
      version: row.version,
      partyId: row.party_id as PartyId | null,
      party: row.party,
      issueDate: row.issue_date,
      supplyDate: row.supply_date,
      dueDate: row.due_date,
      prices: row.prices,
      net: amount(row.net),
      tax: amount(row.tax),
      rounding: amount(row.rounding),
      total: amount(row.total),
      open: amount(row.settled === null ? 0n : row.total - row.settled),
      credits: row.credits as InvoiceId | null,
      reason: row.reason,
      note: row.note,
      source: row.source_type === null ? null : { type: row.source_type, id: row.source_id ?? '' },
      contentHash: row.content_hash?.slice(2) ?? null,
      lines: lines.map((line) => ({
        line: line.line_no,
        kind: line.kind,
        title: line.title,
        sku: line.sku,
        quantity: { value: line.quantity, uom: line.uom },
        unitPrice: line.unit_price,
        discount: amount(line.discount),
        taxes: line.taxes.map(({ code, percent, tax }) => ({ code, percent, tax: amount(BigInt(tax)) })),
        net: amount(line.net),
        tax: amount(line.tax),
        sourceLine: line.source_line,
      })),
      settledBy: allocations.map((one) => ({
        kind: one.kind,
        id: one.payment_id ?? one.credit_note_id,
        amount: amount(one.amount),
        date: one.on_date,
      })),
    };
  },
});

export const listPayments = useCase('billing.list-payments', {
  kind: 'query',
  summary: 'A page of payments, the latest first.',
  input: z.strictObject({
    partyId: PartyId.optional(),
    source: z.strictObject({ type: z.string().max(100), id: z.string().max(200) }).optional(),
    after: PaymentId.optional().describe('The last id of the page before'),
    limit: z.int().min(1).max(200).default(50),
  }),
  output: z.object({
    payments: z.array(
      z.object({
        id: PaymentId,
        method: z.string(),
        provider: z.string(),
        partyId: PartyId.nullable(),
        state: z.string(),
        amount: Money,
        captured: Money,
        refunded: Money,
        unapplied: Money,
        failure: z.string().nullable(),
        reference: z.string().nullable(),
        source: Source,
      }),
    ),
    next: PaymentId.nullable(),
  }),
  errors: [],
  permission: 'billing.read',
  on: { http: 'GET /payments', graphql: 'query', grpc: true, mcp: true },
  run: async ({ partyId, source, after, limit }, { db, orgId }: BillingQuery) => {
    let query = db.selectFrom('billing.payments').selectAll().where('org_id', '=', orgId);
    if (partyId !== undefined) query = query.where('party_id', '=', partyId);
    if (source !== undefined) query = query.where('source_type', '=', source.type).where('source_id', '=', source.id);
    if (after !== undefined) query = query.where('id', '<', after);
    const rows = await query
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
    const page = rows.slice(0, limit);
    return {
      payments: page.map((row) => {
        // Checked when the payment was written.
        const amount = (minor: bigint): Money => money(minor, row.currency as Currency);
        return {
          id: row.id as PaymentId,
          method: row.method,
          provider: row.provider,
          partyId: row.party_id as PartyId | null,
          state: row.state,
          amount: amount(row.amount),
          captured: amount(row.captured),
          refunded: amount(row.refunded),
          unapplied: amount(row.captured - row.refunded - row.promised - row.allocated),
          failure: row.failure,
          reference: row.reference,
          source: row.source_type === null ? null : { type: row.source_type, id: row.source_id ?? '' },
        };
      }),
      next: rows.length > limit ? ((page.at(-1)?.id as PaymentId | undefined) ?? null) : null,
    };
  },
});
