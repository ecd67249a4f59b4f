import { commonErrors, type DomainEvent, refuse, useCase } from '@ashlar/kernel';
import { BusinessDate, businessDate } from '@ashlar/kernel/values';
import { z } from 'zod';
import { postEntries } from '../adapters/post-journal.ts';
import { billingErrors } from '../domain/billing-errors.ts';
import type { Purpose } from '../domain/chart-of-accounts.ts';
import { JournalId, WaitingJournalId } from '../domain/ids.ts';
import { entriesOfStock, type StockMove } from '../domain/stock-entries.ts';
import { type BillingContext, type BillingQuery, postingDay, readBooks } from './books.ts';

const SOURCE = 'inventory.document';
/** What goods of customers come back by, in whichever suite: `order.return`. */
const RETURN = '.return';
const MOVES: Readonly<Record<string, StockMove>> = {
  'inventory.stock.received': 'received',
  'inventory.stock.issued': 'issued',
  'inventory.stock.adjusted': 'adjusted',
  'inventory.stock.transferred': 'transferred',
};
export const stockEvents: readonly string[] = Object.keys(MOVES);

/** What this suite relies on of an event of the stock. */
const StockPosting = z.object({
  documentId: z.string(),
  postingDate: z.string(),
  source: z.object({ type: z.string() }).nullish(),
  lines: z.array(z.object({ value: z.string().regex(/^-?\d{1,19}$/), currency: z.string() })),
});

export const postStockValue = useCase('billing.post-stock-value', {
  summary:
    'Enters into the books what a move of stock is worth; where the month is closed, it waits for an accountant.',
  input: z.strictObject({
    documentId: z.string().min(1).max(200),
    move: z.enum(['received', 'returned', 'issued', 'adjusted', 'transferred']),
    postingDate: BusinessDate,
    value: z.string().regex(/^-?\d{1,19}$/),
    currency: z.string().length(3),
  }),
  output: z.object({ posted: z.enum(['posted', 'waiting', 'nothing']) }),
  errors: [billingErrors.booksMissing, billingErrors.purposeMissing],
  permission: 'billing.journal',
  on: {},
  run: async ({ documentId, move, postingDate, value, currency }, context: BillingContext) => {
    const { db, newId } = context;
    const settings = await db.selectFrom('billing.settings').select('currency').executeTakeFirst();
    const valueMinor = BigInt(value);
    // Whoever keeps no books asks for none.
    if (settings === undefined || valueMinor === 0n) return { posted: 'nothing' as const };
    const entries = entriesOfStock(move, valueMinor);
    const state = await stateOf(context, postingDate);
    const isForeign = currency !== settings.currency;
    if (state === 'open' && !isForeign) {
      await postEntries(
        db,
        { id: newId(JournalId), kind: 'stock', postingDate, source: { type: SOURCE, id: documentId } },
        entries,
      );
      return { posted: 'posted' as const };
    }
    await db
      .insertInto('billing.waiting_journals')
      .values({
        id: newId(WaitingJournalId),
        posting_date: postingDate,
        source_type: SOURCE,
        source_id: documentId,
        entries: JSON.stringify(
          entries.map(({ purpose, amountMinor }) => ({ purpose, amount: amountMinor.toString() })),
        ),
        reason: isForeign ? `The stock is valued in ${currency}` : 'The month is closed',
        posted_as: null,
      })
      .execute();
    return { posted: 'waiting' as const };
  },
});

/** What is to be posted about an event of the stock. */
export function stockValueOf(event: DomainEvent): z.input<typeof postStockValue.input> | null {
  const move = MOVES[event.type];
  if (move === undefined) return null;
  const { documentId, postingDate, lines, source } = StockPosting.parse(
    move === 'transferred' ? event.data['posting'] : event.data,
  );
  const isReturn = move === 'received' && source?.type.endsWith(RETURN) === true;
  const value = lines.reduce((sum, line) => sum + BigInt(line.value), 0n);
  return {
    documentId,
    move: isReturn ? 'returned' : move,
    postingDate,
    value: value.toString(),
    currency: lines[0]?.currency ?? 'XXX',
  };
}

export const listWaitingJournals = useCase('billing.list-waiting-journals', {
  kind: 'query',
  summary: 'What is true and not in the books yet, because its month was closed.',
  input: z.strictObject({}),
  output: z.object({
    journals: z.array(
      z.object({
        id: WaitingJournalId,
        postingDate: z.string(),
        source: z.object({ type: z.string(), id: z.string() }),
        entries: z.array(z.object({ purpose: z.string(), amount: z.string() })),
        reason: z.string(),
      }),
    ),
  }),
  errors: [],
  permission: 'billing.read',
  on: { http: 'GET /waiting-journals', graphql: 'query', grpc: true, mcp: true },
  run: async (_input, { db, orgId }: BillingQuery) => {
    const rows = await db
      .selectFrom('billing.waiting_journals')
      .selectAll()
      .where('org_id', '=', orgId)
      .where('posted_as', 'is', null)
      .orderBy('id')
      .limit(1000)
      .execute();
    return {
      journals: rows.map((row) => ({
        // Ids out of our own tables are what they were when they were made.
        id: row.id as z.output<typeof WaitingJournalId>,
        postingDate: row.posting_date,
        source: { type: row.source_type, id: row.source_id },
        entries: [...row.entries],
        reason: row.reason,
      })),
    };
  },
});

export const postWaitingJournal = useCase('billing.post-waiting-journal', {
  summary: 'Enters what has waited into the books, on a day whose month is open.',
  input: z.strictObject({ waitingId: WaitingJournalId, postingDate: BusinessDate.optional() }),
  output: z.object({ id: JournalId, postingDate: z.string() }),
  errors: [
    billingErrors.booksMissing,
    billingErrors.periodClosed,
    billingErrors.postedAlready,
    billingErrors.dateInFuture,
  ],
  permission: 'billing.journal',
  on: { http: 'POST /waiting-journals/:waitingId/posting', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ waitingId, postingDate }, context: BillingContext) => {
    const { db, newId, audit } = context;
    const books = await readBooks(context);
    const row = await db
      .selectFrom('billing.waiting_journals')
      .selectAll()
      .where('id', '=', waitingId)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) return refuse(commonErrors.notFound({ what: 'waiting journal', id: waitingId }));
    if (row.posted_as !== null) return refuse(billingErrors.postedAlready());
    const id = newId(JournalId);
    const day = postingDay(books, postingDate);
    await postEntries(
      db,
      { id, kind: 'stock', postingDate: day, source: { type: row.source_type, id: row.source_id }, reason: row.reason },
      // Written by the use case above.
      row.entries.map(({ purpose, amount }) => ({ purpose: purpose as Purpose, amountMinor: BigInt(amount) })),
    );
    await db.updateTable('billing.waiting_journals').set({ posted_as: id }).where('id', '=', waitingId).execute();
    audit({ subject: waitingId, after: { journal: id } });
    return { id, postingDate: day };
  },
});

async function stateOf({ db }: BillingContext, day: string): Promise<'open' | 'soft_closed' | 'closed'> {
  const row = await db
    .selectFrom('billing.fiscal_periods')
    .select('state')
    .where('starts_on', '=', businessDate(`${day.slice(0, 7)}-01`))
    .forShare()
    .executeTakeFirst();
  return row?.state ?? 'open';
}
