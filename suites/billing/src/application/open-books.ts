import { commonErrors, refuse, refuseStale, useCase } from '@ashlar/kernel';
import { Currency, dayInZone, instant, localizedText, text, Zone } from '@ashlar/kernel/values';
import { z } from 'zod';
import { chartOfAccounts } from '../domain/chart-of-accounts.ts';
import { billingErrors } from '../domain/billing-errors.ts';
import { AccountId } from '../domain/ids.ts';
import { type BillingContext, type BillingQuery, fiscalYearOf, readBooks } from './books.ts';
import { touched } from '@ashlar/kernel/touched';

const Seller = z.strictObject({
  name: localizedText({ max: 200 }),
  address: localizedText({ max: 1000, isMultiline: true }).optional(),
  taxNumber: text({ max: 50 }).optional(),
  phone: text({ max: 50 }).optional(),
  email: z.email().max(320).optional(),
});

const Limit = z.string().regex(/^\d{1,16}$/, 'Expected whole minor units as digits');

const terms = {
  timeZone: Zone.default('UTC').describe('Where "today" is'),
  fiscalYearStart: z.int().min(1).max(12).default(1).describe('Month a fiscal year begins with'),
  roundingLevel: z.enum(['line', 'document']).default('line'),
  roundingMode: z.enum(['half_up', 'half_even']).default('half_up'),
  seller: Seller,
  paymentDays: z.int().min(0).max(3650).default(0).describe('Days until an invoice is due unless it says so itself'),
  writeOffLimit: Limit.default('0').describe('Minor units one person may give up alone'),
  refundLimit: Limit.nullable().default(null).describe('Minor units one person may give back alone; null: any'),
};

const BooksOutput = z.object({
  currency: Currency,
  timeZone: z.string(),
  fiscalYearStart: z.int(),
  roundingLevel: z.enum(['line', 'document']),
  roundingMode: z.enum(['half_up', 'half_even']),
  seller: z.record(z.string(), z.unknown()),
  paymentDays: z.int(),
  writeOffLimit: z.string(),
  refundLimit: z.string().nullable(),
  version: z.int(),
});

export const openBooks = useCase('billing.open-books', {
  summary: 'Begins to keep books in a currency, with a chart of accounts to start from.',
  input: z.strictObject({ currency: Currency, ...terms }),
  output: z.object({ accounts: z.array(z.object({ id: AccountId, code: z.string() })) }),
  errors: [billingErrors.booksBegun],
  permission: 'billing.manage',
  on: { http: 'POST /books', graphql: 'mutation', grpc: true, mcp: true },
  run: async (input, { db, newId, audit }: BillingContext) => {
    const { numInsertedOrUpdatedRows: inserted } = await db
      .insertInto('billing.settings')
      .values({ currency: input.currency, ...rowOf(input) })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow();
    if (inserted === 0n) return refuse(billingErrors.booksBegun());
    const accounts = chartOfAccounts.map((entry) => ({ id: newId(AccountId), entry }));
    await db
      .insertInto('billing.accounts')
      .values(
        accounts.map(({ id, entry: { code, name, type, control = 'none', purpose = null } }) => ({
          id,
          code,
          name: JSON.stringify(name),
          type,
          control,
          purpose,
        })),
      )
      .execute();
    audit({ after: { currency: input.currency } });
    return { accounts: accounts.map(({ id, entry: { code } }) => ({ id, code })) };
  },
});

export const changeBooks = useCase('billing.change-books', {
  summary: 'Changes how books are kept: who sells, when a year begins, how is rounded, and the limits of one person.',
  description: 'Currency and fiscal year stay once something is posted; rounding changes with a new fiscal year.',
  input: z.strictObject({ expectedVersion: z.int().optional(), ...terms }),
  output: z.object({ version: z.int() }),
  errors: [billingErrors.booksMissing, billingErrors.booksBegun, billingErrors.roundingFixed],
  permission: 'billing.manage',
  on: { http: 'PUT /books', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ expectedVersion, ...input }, context: BillingContext) => {
    const { db, clock, orgId, audit } = context;
    const books = await readBooks(context);
    const stale = refuseStale(books.version, expectedVersion, { version: books.version });
    if (stale !== null) return stale;
    if (input.roundingLevel !== books.roundingLevel || input.roundingMode !== books.roundingMode) {
      const year = fiscalYearOf(dayInZone(instant(clock()), input.timeZone), input.fiscalYearStart);
      const issued = await db
        .selectFrom('billing.invoices')
        .select('id')
        .where('status', '=', 'issued')
        .where('fiscal_year', '>=', year)
        .limit(1)
        .executeTakeFirst();
      if (issued !== undefined) return refuse(billingErrors.roundingFixed({ year: String(year) }));
    }
    const changed = await db
      .updateTable('billing.settings')
      .set({ ...rowOf(input), ...touched })
      .where('org_id', '=', orgId)
      .where('version', '=', books.version)
      .returning('version')
      .executeTakeFirst();
    if (changed === undefined) return refuse(commonErrors.busy());
    audit({ before: { seller: books.seller }, after: input });
    return { version: changed.version };
  },
});

export const getBooks = useCase('billing.get-books', {
  kind: 'query',
  summary: 'How books are kept.',
  input: z.strictObject({}),
  output: BooksOutput,
  errors: [billingErrors.booksMissing],
  permission: 'billing.read',
  on: { http: 'GET /books', graphql: 'query', grpc: true, mcp: true },
  run: async (_input, { db, orgId }: BillingQuery) => {
    const row = await db.selectFrom('billing.settings').selectAll().where('org_id', '=', orgId).executeTakeFirst();
    if (row === undefined) return refuse(billingErrors.booksMissing());
    return {
      // Checked when the books were opened.
      currency: row.currency as Currency,
      timeZone: row.time_zone,
      fiscalYearStart: row.fiscal_year_start,
      roundingLevel: row.rounding_level,
      roundingMode: row.rounding_mode,
      seller: row.seller,
      paymentDays: row.payment_days,
      writeOffLimit: row.write_off_limit.toString(),
      refundLimit: row.refund_limit?.toString() ?? null,
      version: row.version,
    };
  },
});

type Terms = z.output<z.ZodObject<typeof terms>>;

function rowOf(input: Terms) {
  return {
    time_zone: input.timeZone,
    fiscal_year_start: input.fiscalYearStart,
    rounding_level: input.roundingLevel,
    rounding_mode: input.roundingMode,
    seller: JSON.stringify(input.seller),
    payment_days: input.paymentDays,
    write_off_limit: BigInt(input.writeOffLimit),
    refund_limit: input.refundLimit === null ? null : BigInt(input.refundLimit),
  };
}
