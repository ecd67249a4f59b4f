import { commonErrors, refuse, useCase } from '@ashlar/kernel';
import { BusinessDate, Money, text } from '@ashlar/kernel/values';
import { z } from 'zod';
import { postLines } from '../adapters/post-journal.ts';
import { billingErrors } from '../domain/billing-errors.ts';
import { journalPosted } from '../domain/billing-events.ts';
import { AccountId, JournalId, PartyId } from '../domain/ids.ts';
import { type BillingContext, inBooks, postingDay, readBooks } from './books.ts';

const Label = z.string().trim().max(50).default('');
const PostedJournal = z.object({ id: JournalId, postingDate: z.string() });

export const postJournal = useCase('billing.post-journal', {
  summary: 'Posts a journal by hand: what comes from no document.',
  input: z.strictObject({
    postingDate: BusinessDate.optional(),
    reason: text({ max: 500 }),
    branch: Label,
    lines: z
      .array(
        z
          .strictObject({
            accountId: AccountId,
            debit: Money.optional(),
            credit: Money.optional(),
            partyId: PartyId.optional(),
            costCentre: Label,
          })
          .refine(({ debit, credit }) => (debit === undefined) !== (credit === undefined), {
            message: 'A line is a debit or a credit',
          }),
      )
      .min(2)
      .max(1000),
  }),
  output: PostedJournal,
  errors: [
    billingErrors.booksMissing,
    billingErrors.unbalanced,
    billingErrors.controlAccount,
    billingErrors.accountArchived,
    billingErrors.accountUnknown,
    billingErrors.periodClosed,
    billingErrors.dateInFuture,
  ],
  permission: 'billing.journal',
  on: { http: 'POST /journals', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ postingDate, reason, branch, lines }, context: BillingContext) => {
    const { db, newId, audit, emit } = context;
    const books = await readBooks(context);
    const entries = lines.map(({ accountId, debit, credit, partyId, costCentre }) => {
      const amount = debit ?? credit;
      if (amount === undefined) throw new Error('A line without a side passed its schema');
      inBooks(books, amount);
      return {
        accountId,
        amountMinor: debit === undefined ? -amount.amountMinor : amount.amountMinor,
        partyId,
        costCentre,
        isEmpty: amount.amountMinor <= 0n,
      };
    });
    if (entries.some(({ isEmpty }) => isEmpty)) return refuse(billingErrors.empty());
    const difference = entries.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
    if (difference !== 0n) return refuse(billingErrors.unbalanced({ difference: difference.toString() }));
    const id = newId(JournalId);
    const day = postingDay(books, postingDate);
    await postLines(db, { id, kind: 'manual', postingDate: day, reason, branch }, entries);
    audit({ subject: id, reason, after: { lines: lines.length } });
    emit(journalPosted.of({ subject: id, data: { journalId: id, postingDate: day } }));
    return { id, postingDate: day };
  },
});

export const reverseJournal = useCase('billing.reverse-journal', {
  summary: 'Takes a journal that was posted by hand back, by one that says the opposite.',
  input: z.strictObject({ journalId: JournalId, postingDate: BusinessDate.optional(), reason: text({ max: 500 }) }),
  output: PostedJournal,
  errors: [
    billingErrors.booksMissing,
    billingErrors.notManual,
    billingErrors.alreadyReversed,
    billingErrors.periodClosed,
    billingErrors.dateInFuture,
  ],
  permission: 'billing.journal',
  on: { http: 'POST /journals/:journalId/reversal', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ journalId, postingDate, reason }, context: BillingContext) => {
    const { db, newId, audit, emit } = context;
    const books = await readBooks(context);
    const journal = await db
      .selectFrom('billing.journals')
      .select(['id', 'kind'])
      .where('id', '=', journalId)
      .executeTakeFirst();
    if (journal === undefined) return refuse(commonErrors.notFound({ what: 'journal', id: journalId }));
    if (journal.kind !== 'manual') return refuse(billingErrors.notManual({ id: journalId }));
    const lines = await db
      .selectFrom('billing.journal_lines')
      .select(['account_id', 'debit', 'credit', 'party_id', 'cost_centre', 'branch'])
      .where('journal_id', '=', journalId)
      .orderBy('line_no')
      .execute();
    const id = newId(JournalId);
    const day = postingDay(books, postingDate);
    await postLines(
      db,
      { id, kind: 'reversal', postingDate: day, reason, reverses: journalId, branch: lines[0]?.branch },
      lines.map((line) => ({
        accountId: line.account_id,
        amountMinor: line.credit - line.debit,
        partyId: line.party_id,
        costCentre: line.cost_centre,
      })),
    );
    audit({ subject: journalId, reason, after: { reversedBy: id } });
    emit(journalPosted.of({ subject: id, data: { journalId: id, postingDate: day } }));
    return { id, postingDate: day };
  },
});
