import { useCase } from '@ashlar/kernel';
import { BusinessDate, type Currency, Money, money } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import { z } from 'zod';
import { billingErrors } from '../domain/billing-errors.ts';
import { AccountId } from '../domain/ids.ts';
import { type BillingQuery, readBooks } from './books.ts';

const Row = z.object({ id: AccountId, code: z.string(), name: z.record(z.string(), z.string()), balance: Money });
const on = (route: `GET /${string}`) => ({ http: route, graphql: 'query', grpc: true, mcp: true }) as const;
const common = { errors: [billingErrors.booksMissing], permission: 'billing.read' } as const;

export const trialBalance = useCase('billing.trial-balance', {
  kind: 'query',
  ...common,
  summary: 'What every account has been debited and credited with until the end of a day.',
  input: z.strictObject({ asOf: BusinessDate.optional() }),
  output: z.object({
    asOf: z.string(),
    accounts: z.array(Row.extend({ type: z.string(), debit: Money, credit: Money })),
    debit: Money,
    credit: Money,
  }),
  on: on('GET /reports/trial-balance'),
  run: async ({ asOf }, context: BillingQuery) => {
    const { currency, today } = await readBooks(context);
    const day = asOf ?? today;
    const rows = await sumsOf(context, { to: day });
    return {
      asOf: day,
      accounts: rows.map((row) => ({
        ...rowOf(row, currency, row.debit - row.credit),
        type: row.type,
        debit: money(row.debit, currency),
        credit: money(row.credit, currency),
      })),
      debit: total(rows, currency, ({ debit }) => debit),
      credit: total(rows, currency, ({ credit }) => credit),
    };
  },
});

export const profitAndLoss = useCase('billing.profit-and-loss', {
  kind: 'query',
  ...common,
  summary: 'What was earned and spent between two days, and what is left of it.',
  input: z.strictObject({ from: BusinessDate, to: BusinessDate }),
  output: z.object({ income: z.array(Row), expenses: z.array(Row), profit: Money }),
  on: on('GET /reports/profit-and-loss'),
  run: async ({ from, to }, context: BillingQuery) => {
    const { currency } = await readBooks(context);
    const rows = await sumsOf(context, { from, to });
    const income = rows.filter(({ type }) => type === 'income');
    const expenses = rows.filter(({ type }) => type === 'expense');
    return {
      income: income.map((row) => rowOf(row, currency, row.credit - row.debit)),
      expenses: expenses.map((row) => rowOf(row, currency, row.debit - row.credit)),
      profit: total([...income, ...expenses], currency, ({ debit, credit }) => credit - debit),
    };
  },
});

export const balanceSheet = useCase('billing.balance-sheet', {
  kind: 'query',
  ...common,
  summary: 'What the organisation has, owes and is worth at the end of a day.',
  description:
    'What was earned and not carried over is told beside the equity; assets = liabilities + equity + earnings.',
  input: z.strictObject({ asOf: BusinessDate.optional() }),
  output: z.object({
    asOf: z.string(),
    assets: z.array(Row),
    liabilities: z.array(Row),
    equity: z.array(Row),
    earnings: Money,
    totalAssets: Money,
    totalLiabilitiesAndEquity: Money,
  }),
  on: on('GET /reports/balance-sheet'),
  run: async ({ asOf }, context: BillingQuery) => {
    const { currency, today } = await readBooks(context);
    const day = asOf ?? today;
    const rows = await sumsOf(context, { to: day });
    const of = (...types: readonly string[]) => rows.filter(({ type }) => types.includes(type));
    return {
      asOf: day,
      assets: of('asset').map((row) => rowOf(row, currency, row.debit - row.credit)),
      liabilities: of('liability').map((row) => rowOf(row, currency, owed(row))),
      equity: of('equity').map((row) => rowOf(row, currency, owed(row))),
      earnings: total(of('income', 'expense'), currency, owed),
      totalAssets: total(of('asset'), currency, ({ debit, credit }) => debit - credit),
      totalLiabilitiesAndEquity: total(of('liability', 'equity', 'income', 'expense'), currency, owed),
    };
  },
});

export const taxSummary = useCase('billing.tax-summary', {
  kind: 'query',
  ...common,
  summary: 'What documents issued between two days bear of each tax; credit notes take back.',
  input: z.strictObject({ from: BusinessDate, to: BusinessDate }),
  output: z.object({
    taxes: z.array(z.object({ code: z.string(), percent: z.string(), base: Money, tax: Money })),
    tax: Money,
  }),
  on: on('GET /reports/tax'),
  run: async ({ from, to }, context: BillingQuery) => {
    const { currency } = await readBooks(context);
    const { rows } = await sql<{ code: string; percent: string; base: bigint; tax: bigint }>`
      select code, trim_scale(percent)::text as percent, sum(base * sign)::bigint as base, sum(tax * sign)::bigint as tax
      from billing.invoice_taxes
      where org_id = ${context.orgId} and issue_date between ${from} and ${to}
      group by code, percent order by code, percent
    `.execute(context.db);
    return {
      taxes: rows.map(({ code, percent, base, tax }) => ({
        code,
        percent,
        base: money(base, currency),
        tax: money(tax, currency),
      })),
      tax: money(
        rows.reduce((sum, { tax }) => sum + tax, 0n),
        currency,
      ),
    };
  },
});

const owed = ({ debit, credit }: AccountSums): bigint => credit - debit;

interface AccountSums {
  readonly id: AccountId;
  readonly code: string;
  readonly name: Record<string, string>;
  readonly type: string;
  readonly debit: bigint;
  readonly credit: bigint;
}

/** Sums of every account that was posted to, in the order of the codes. */
async function sumsOf(
  { db, orgId }: BillingQuery,
  { from = '1900-01-01', to }: { readonly from?: string; readonly to: string },
): Promise<readonly AccountSums[]> {
  const { rows } = await sql<AccountSums>`
    select a.id, a.code, a.name, a.type, s.debit, s.credit
    from (
      select account_id, sum(debit)::bigint as debit, sum(credit)::bigint as credit
      from billing.journal_lines
      where org_id = ${orgId} and posting_date between ${from} and ${to}
      group by account_id
    ) s join billing.accounts a on a.id = s.account_id
    order by a.code
  `.execute(db);
  return rows;
}

function rowOf({ id, code, name }: AccountSums, currency: Currency, balanceMinor: bigint): z.output<typeof Row> {
  return { id, code, name, balance: money(balanceMinor, currency) };
}

function total(rows: readonly AccountSums[], currency: Currency, of: (row: AccountSums) => bigint): Money {
  return money(
    rows.reduce((sum, row) => sum + of(row), 0n),
    currency,
  );
}
