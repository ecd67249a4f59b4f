import { refuse, useCase } from '@ashlar/kernel';
import { z } from 'zod';
import { touched } from '@ashlar/kernel/touched';
import { billingErrors } from '../domain/billing-errors.ts';
import { periodClosed } from '../domain/billing-events.ts';
import { type BillingContext, type BillingQuery, readBooks } from './books.ts';
import { driftsOfBooks } from './check-books.ts';

const Month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'Expected a month, such as 2026-11');
const State = z.enum(['open', 'soft_closed', 'closed']);
const Period = z.object({ month: z.string(), state: State });

export const closePeriod = useCase('billing.close-period', {
  summary: 'Closes a month: softly, so that accountants still post in it, or for everybody.',
  description: 'Refused while drafts are dated in it, or while accounts differ from what they are the sum of.',
  input: z.strictObject({ month: Month, state: z.enum(['soft_closed', 'closed']) }),
  output: Period,
  errors: [billingErrors.booksMissing, billingErrors.draftsExist, billingErrors.booksDrift],
  permission: 'billing.close',
  on: { http: 'POST /periods/:month/closing', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ month, state }, context: BillingContext) => {
    const { db } = context;
    await readBooks(context);
    // Who posts in the month has the row, so this waits for them before it looks.
    await setState(context, month, state);
    const { drafts } = await db
      .selectFrom('billing.invoices')
      .select((eb) => eb.fn.countAll<bigint>().as('drafts'))
      .where('status', '=', 'draft')
      .where('supply_date', '>=', firstDay(month))
      .where('supply_date', '<', firstDay(nextMonth(month)))
      .executeTakeFirstOrThrow();
    if (drafts > 0n) return refuse(billingErrors.draftsExist({ count: drafts.toString() }));
    const drifts = await driftsOfBooks(db);
    const [first] = drifts;
    if (first !== undefined) {
      return refuse(billingErrors.booksDrift({ count: drifts.length, first: `${first.check} (${first.subject})` }));
    }
    return { month, state };
  },
});

export const reopenPeriod = useCase('billing.reopen-period', {
  summary: 'Opens a month again.',
  input: z.strictObject({ month: Month, reason: z.string().trim().min(1).max(500) }),
  output: Period,
  errors: [billingErrors.booksMissing],
  permission: 'billing.close',
  on: { http: 'POST /periods/:month/opening', graphql: 'mutation', grpc: true },
  run: async ({ month, reason }, context: BillingContext) => {
    await readBooks(context);
    await setState(context, month, 'open', reason);
    return { month, state: 'open' as const };
  },
});

export const listPeriods = useCase('billing.list-periods', {
  kind: 'query',
  summary: 'Months in which something was posted, or that somebody closed; all others are open.',
  input: z.strictObject({ year: z.int().min(1900).max(2200).optional() }),
  output: z.object({ periods: z.array(Period) }),
  errors: [],
  permission: 'billing.read',
  on: { http: 'GET /periods', graphql: 'query', grpc: true, mcp: true },
  run: async ({ year }, { db, orgId }: BillingQuery) => {
    let query = db.selectFrom('billing.fiscal_periods').select(['starts_on', 'state']).where('org_id', '=', orgId);
    if (year !== undefined) {
      query = query.where('starts_on', '>=', `${year}-01-01`).where('starts_on', '<=', `${year}-12-31`);
    }
    const rows = await query.orderBy('starts_on').limit(1000).execute();
    return { periods: rows.map(({ starts_on: startsOn, state }) => ({ month: startsOn.slice(0, 7), state })) };
  },
});

async function setState(
  { db, audit, emit }: BillingContext,
  month: string,
  state: z.output<typeof State>,
  reason?: string,
): Promise<void> {
  const startsOn = firstDay(month);
  await db
    .insertInto('billing.fiscal_periods')
    .values({ starts_on: startsOn, state })
    .onConflict((conflict) => conflict.columns(['org_id', 'starts_on']).doUpdateSet({ state, ...versioned }))
    .execute();
  audit({ subject: month, after: { state }, ...(reason === undefined ? {} : { reason }) });
  emit(periodClosed.of({ subject: month, data: { startsOn, state } }));
}

const versioned = { updated_at: touched.updated_at, updated_by: touched.updated_by };

function firstDay(month: string): string {
  return `${month}-01`;
}

function nextMonth(month: string): string {
  const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(5))];
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
}
