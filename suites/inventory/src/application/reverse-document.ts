import { commonErrors, refuse, useCase } from '@ashlar/kernel';
import { BusinessDate, parseDecimal, parseMicros } from '@ashlar/kernel/values';
import { z } from 'zod';
import { findItems } from '../adapters/items.ts';
import { lockLevelsById } from '../adapters/stock-levels.ts';
import type { InventoryDb } from '../adapters/tables.ts';
import { DocumentId } from '../domain/ids.ts';
import { inventoryErrors } from '../domain/inventory-errors.ts';
import { stockAdjusted } from '../domain/inventory-events.ts';
import { type Entry, reverseDocument as decide } from '../domain/reverse-document.ts';
import { coverWaiting } from './cover-waiting.ts';
import { decideOrFreeOverdue } from './free-overdue.ts';
import { Reason } from './inputs.ts';
import { PostedDocument } from './posted-output.ts';
import { type InventoryContext, post, postingDay } from './posting.ts';
import { tellLevels } from './tell-levels.ts';

/** A transfer is taken back by another one, and a reversal by posting anew. */
const REVERSIBLE = ['receipt', 'issue', 'adjustment', 'count'];
/** What was written off of a transfer is no more on its way than what arrived. */
const TRANSFER = 'transfer';

export const reverseDocument = useCase('inventory.reverse-document', {
  summary: 'Takes a posted document back at its original cost.',
  input: z.strictObject({ documentId: DocumentId, reason: Reason, postingDate: BusinessDate.optional() }),
  output: PostedDocument,
  errors: [
    inventoryErrors.alreadyReversed,
    inventoryErrors.serialMovedOn,
    inventoryErrors.insufficientStock,
    inventoryErrors.periodClosed,
  ],
  permission: 'inventory.adjust',
  on: { http: 'POST /documents/:documentId/reverse', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ documentId, reason, ...given }, context: InventoryContext) => {
    const { db, emit } = context;
    const postingDate = await postingDay(context, given.postingDate);
    const document = await db
      .selectFrom('inventory.documents')
      .select(['kind', 'branch', 'source_type', 'source_id'])
      .where('id', '=', documentId)
      .executeTakeFirst();
    if (document === undefined) return refuse(commonErrors.notFound({ what: 'document', id: documentId }));
    if (!REVERSIBLE.includes(document.kind) || document.source_type === TRANSFER) {
      return refuse(commonErrors.illegalTransition({ from: document.kind, to: 'reversed', allowed: [] }));
    }
    const entries = await readEntries(db, documentId);
    const levels = await lockLevelsById(
      db,
      entries.map(({ levelId }) => levelId),
    );
    const before = await db
      .selectFrom('inventory.documents')
      .select('id')
      .where('reverses', '=', documentId)
      .executeTakeFirst();
    if (before !== undefined) return refuse(inventoryErrors.alreadyReversed({ id: documentId }));

    const decision = await decideOrFreeOverdue(context, levels, (now) => decide(now, entries));
    if (!decision.accepted) return decision;
    const { answer, fact } = await post(context, {
      kind: 'reversal',
      branch: document.branch,
      postingDate,
      reason,
      reverses: documentId,
      movements: decision.events,
      levels,
      items: await findItems(
        db,
        [...levels.values()].map(({ itemId }) => itemId),
      ),
    });
    await coverWaiting(context, levels, decision.events);
    await tellLevels(context, levels.keys());
    emit(stockAdjusted.of({ subject: answer.id, data: fact }));
    return answer;
  },
});

async function readEntries(db: InventoryDb, documentId: string): Promise<readonly Entry[]> {
  const rows = await db
    .selectFrom('inventory.stock_ledger')
    .selectAll()
    .where('document_id', '=', documentId)
    .orderBy('seq')
    .execute();
  return rows.map((row) => ({
    seq: row.seq.toString(),
    levelId: row.level_id.toString(),
    lineNo: row.line_no,
    serialId: row.serial_id,
    quantity: parseMicros(row.qty_delta),
    valueMinor: row.value_delta,
    varianceMinor: row.variance,
    unitCost: parseDecimal(row.unit_cost, { scale: 6, digits: 14 }),
  }));
}
