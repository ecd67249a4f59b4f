import type { BillingDb, JournalKind } from './tables.ts';
import { billingErrors } from '../domain/billing-errors.ts';
import type { Purpose } from '../domain/chart-of-accounts.ts';
import type { Entry } from '../domain/posting.ts';

export interface NewJournal {
  readonly id: string;
  readonly kind: JournalKind;
  readonly postingDate: string;
  readonly source?: { readonly type: string; readonly id: string } | undefined;
  readonly reason?: string | undefined;
  readonly reverses?: string | undefined;
  readonly branch?: string | undefined;
}

export interface AccountEntry {
  readonly accountId: string;
  /** Above zero is a debit, below a credit; nothing is left out. */
  readonly amountMinor: bigint;
  readonly partyId?: string | null | undefined;
  readonly costCentre?: string | undefined;
}

/** Writes a journal whose entries say what they are for. */
export async function postEntries(db: BillingDb, journal: NewJournal, entries: readonly Entry[]): Promise<void> {
  const moving = entries.filter(({ amountMinor }) => amountMinor !== 0n);
  if (moving.length === 0) return;
  const accounts = await accountsFor(db, new Set(moving.map(({ purpose }) => purpose)));
  await postLines(
    db,
    journal,
    moving.map(({ purpose, amountMinor, partyId }) => {
      const accountId = accounts.get(purpose);
      if (accountId === undefined) throw billingErrors.purposeMissing({ purpose });
      return { accountId, amountMinor, partyId };
    }),
  );
}

/** Writes a journal with its lines; the database refuses what does not balance. */
export async function postLines(db: BillingDb, journal: NewJournal, entries: readonly AccountEntry[]): Promise<void> {
  const { id, kind, postingDate, source, reason, reverses, branch = '' } = journal;
  await db
    .insertInto('billing.journals')
    .values({
      id,
      kind,
      posting_date: postingDate,
      source_type: source?.type ?? null,
      source_id: source?.id ?? null,
      reason: reason ?? null,
      reverses: reverses ?? null,
    })
    .execute();
  await db
    .insertInto('billing.journal_lines')
    .values(
      entries.map(({ accountId, amountMinor, partyId, costCentre = '' }, index) => ({
        journal_id: id,
        line_no: index + 1,
        account_id: accountId,
        debit: amountMinor > 0n ? amountMinor : 0n,
        credit: amountMinor < 0n ? -amountMinor : 0n,
        party_id: partyId ?? null,
        branch,
        cost_centre: costCentre,
        posting_date: postingDate,
      })),
    )
    .execute();
}

async function accountsFor(db: BillingDb, purposes: ReadonlySet<Purpose>): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom('billing.accounts')
    .select(['id', 'purpose'])
    .where('purpose', 'in', [...purposes])
    .execute();
  return new Map(rows.flatMap(({ id, purpose }) => (purpose === null ? [] : [[purpose, id] as const])));
}
