import { sql } from 'kysely';
import { billingErrors } from '../domain/billing-errors.ts';
import type { BillingDb, InvoiceKind } from './tables.ts';

export interface Series {
  readonly kind: InvoiceKind;
  readonly branch: string;
  readonly fiscalYear: number;
}

export interface TakenNumber {
  readonly number: bigint;
  /** The chain's hash of the number before; null for the first. */
  readonly previous: string | null;
}

/**
 * Takes the next number of a series and holds the series until the transaction ends, so that a number is given back
 * when its document is not issued. Take it last.
 *
 * @throws {AshlarError} `billing.date_before_last` when a later document has a number already.
 */
export async function takeNumber(
  db: BillingDb,
  { kind, branch, fiscalYear }: Series,
  issueDate: string,
): Promise<TakenNumber> {
  const row = await db
    .insertInto('billing.number_series')
    .values({ kind, branch, fiscal_year: fiscalYear, next_number: 2n, last_date: issueDate, last_hash: null })
    .onConflict((conflict) =>
      conflict.columns(['org_id', 'kind', 'branch', 'fiscal_year']).doUpdateSet({
        next_number: sql`number_series.next_number + 1`,
        last_date: sql`greatest(number_series.last_date, excluded.last_date)`,
      }),
    )
    .returning([sql<bigint>`next_number - 1`.as('number'), 'last_date', 'last_hash'])
    .executeTakeFirstOrThrow();
  if (row.last_date > issueDate) throw billingErrors.dateBeforeLast({ date: issueDate, last: row.last_date });
  return { number: row.number, previous: row.last_hash };
}

/** Remembers what the next document of the series holds on to. */
export async function keepHash(db: BillingDb, { kind, branch, fiscalYear }: Series, hash: string): Promise<void> {
  await db
    .updateTable('billing.number_series')
    .set({ last_hash: hash })
    .where('kind', '=', kind)
    .where('branch', '=', branch)
    .where('fiscal_year', '=', fiscalYear)
    .execute();
}

const PREFIXES: Readonly<Record<InvoiceKind, string>> = { invoice: 'INV', credit_note: 'CN' };

/** As people read it: `INV-2026-17`, with its branch where there is one. */
export function labelOf({ kind, branch, fiscalYear }: Series, number: bigint): string {
  return [PREFIXES[kind], ...(branch === '' ? [] : [branch]), fiscalYear, number].join('-');
}
