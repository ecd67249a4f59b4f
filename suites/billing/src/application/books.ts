import type { CommandContext, QueryContext } from '@ashlar/kernel';
import {
  type BusinessDate,
  type Currency,
  dayInZone,
  instant,
  type RoundingMode,
  valueErrors,
} from '@ashlar/kernel/values';
import type { BillingTables } from '../adapters/tables.ts';
import { billingErrors } from '../domain/billing-errors.ts';

export type BillingContext = CommandContext<BillingTables>;
export type BillingQuery = QueryContext<BillingTables>;

export interface Books {
  readonly currency: Currency;
  readonly today: BusinessDate;
  readonly fiscalYearStart: number;
  readonly roundingLevel: 'line' | 'document';
  readonly roundingMode: RoundingMode;
  readonly seller: Readonly<Record<string, unknown>>;
  readonly paymentDays: number;
  readonly writeOffLimit: bigint;
  readonly refundLimit: bigint | null;
  readonly version: number;
}

/**
 * How the organisation keeps its books, and which day it is for it.
 *
 * @throws {AshlarError} `billing.books_missing`
 */
export async function readBooks({ db, clock, orgId }: Pick<BillingQuery, 'db' | 'clock' | 'orgId'>): Promise<Books> {
  const row = await db.selectFrom('billing.settings').selectAll().where('org_id', '=', orgId).executeTakeFirst();
  if (row === undefined) throw billingErrors.booksMissing();
  return {
    // Checked when the books were opened.
    currency: row.currency as Currency,
    today: dayInZone(instant(clock()), row.time_zone),
    fiscalYearStart: row.fiscal_year_start,
    roundingLevel: row.rounding_level,
    roundingMode: row.rounding_mode,
    seller: row.seller,
    paymentDays: row.payment_days,
    writeOffLimit: row.write_off_limit,
    refundLimit: row.refund_limit,
    version: row.version,
  };
}

/** Which day it is for the organisation, whether or not it keeps books. */
export async function todayOf({
  db,
  clock,
  orgId,
}: Pick<BillingQuery, 'db' | 'clock' | 'orgId'>): Promise<BusinessDate> {
  const row = await db
    .selectFrom('billing.settings')
    .select('time_zone')
    .where('org_id', '=', orgId)
    .executeTakeFirst();
  return dayInZone(instant(clock()), row?.time_zone ?? 'UTC');
}

/** The calendar year the day's fiscal year begins in. */
export function fiscalYearOf(date: string, startMonth: number): number {
  const [year, month] = [Number(date.slice(0, 4)), Number(date.slice(5, 7))];
  return month >= startMonth ? year : year - 1;
}

/** A posting's day: today unless told, and never one to come. @throws {AshlarError} `billing.date_in_future` */
export function postingDay({ today }: Books, given: BusinessDate | undefined): BusinessDate {
  if (given !== undefined && given > today) throw billingErrors.dateInFuture({ date: given });
  return given ?? today;
}

/** @throws {AshlarError} `common.currency_mismatch` when an amount is not in the currency of the books. */
export function inBooks({ currency }: Books, amount: { readonly currency: string }): void {
  if (amount.currency !== currency) {
    throw valueErrors.currencyMismatch({ left: currency, right: amount.currency });
  }
}
