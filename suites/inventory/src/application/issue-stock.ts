import { isRefused, useCase } from '@ashlar/kernel';
import { BusinessDate } from '@ashlar/kernel/values';
import { z } from 'zod';
import { consumeReservations, findHold } from '../adapters/holds.ts';
import { leaveSerials } from '../adapters/serials.ts';
import { byId, lockLevels, placeKey } from '../adapters/stock-levels.ts';
import { HoldId } from '../domain/ids.ts';
import { inventoryErrors } from '../domain/inventory-errors.ts';
import { reservationConsumed, stockIssued } from '../domain/inventory-events.ts';
import { issueStock as decide } from '../domain/issue-stock.ts';
import { type UsedHold, useHold } from '../domain/use-hold.ts';
import { decideOrFreeOverdue } from './free-overdue.ts';
import { factsOfHolds } from './hold-facts.ts';
import { measureLines } from './known-items.ts';
import { MAX_LINES, PlaceLine, Reason, SourceInput } from './inputs.ts';
import { requireFitLots } from './fit-lots.ts';
import { PostedDocument } from './posted-output.ts';
import { branchOf, type InventoryContext, itemsById, post, postingDay } from './posting.ts';
import { tellLevels } from './tell-levels.ts';

const input = z.strictObject({
  source: SourceInput.optional(),
  postingDate: BusinessDate.optional(),
  holdId: HoldId.optional().describe('Whose reservations this uses up; each line is then at most what it holds there'),
  lines: z.array(PlaceLine).min(1).max(MAX_LINES),
});
type Input = z.output<typeof input> & { readonly reason?: string };

const noHold: UsedHold = { consumptions: [], usedUp: false };

const common = {
  output: PostedDocument,
  errors: [
    inventoryErrors.insufficientStock,
    inventoryErrors.lotBlocked,
    inventoryErrors.lotExpired,
    inventoryErrors.reservationMismatch,
    inventoryErrors.alreadyExpired,
    inventoryErrors.serialCountDiffers,
    inventoryErrors.serialUnknown,
    inventoryErrors.itemUnknown,
    inventoryErrors.locationUnknown,
    inventoryErrors.periodClosed,
  ],
};

export const issueStock = useCase('inventory.issue-stock', {
  ...common,
  summary: 'Hands goods out, from what is free or from what a hold kept for it.',
  input,
  permission: 'inventory.issue',
  on: { http: 'POST /issues', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: (given, context: InventoryContext) => issue(given, context, { fitLotsOnly: true }),
});

export const issueUnfitStock = useCase('inventory.issue-unfit-stock', {
  ...common,
  summary: 'Hands goods out whatever their lot is, for a reason that is written down.',
  input: input.extend({ reason: Reason }),
  permission: 'inventory.override',
  on: { http: 'POST /unfit-issues', graphql: 'mutation', grpc: true },
  run: (given, context: InventoryContext) => issue(given, context, { fitLotsOnly: false }),
});

async function issue(given: Input, context: InventoryContext, { fitLotsOnly }: { readonly fitLotsOnly: boolean }) {
  const { db, emit, clock } = context;
  const postingDate = await postingDay(context, given.postingDate);
  const lines = (await measureLines(db, given.lines)).map((line) => ({ ...line, lotId: line.lotId ?? null }));
  const levels = await lockLevels(db, lines);
  const levelOf = (lineNo: number) =>
    levels.get(placeKey(lines[lineNo - 1] ?? { itemId: '', locationId: '', lotId: null }));
  if (fitLotsOnly) await requireFitLots(db, lines, levelOf, postingDate);
  const serials = await leaveSerials(db, lines, (lineNo) => levelOf(lineNo)?.id ?? '');
  const wanted = lines.map((line, index) => ({
    lineNo: line.lineNo,
    levelId: levelOf(line.lineNo)?.id ?? '',
    quantity: line.micros,
    fromHold: given.holdId === undefined ? 0n : line.micros,
    entered: line.quantity,
    serialIds: serials[index] ?? [],
  }));
  const hold = given.holdId === undefined ? [] : await findHold(db, given.holdId);
  const used = given.holdId === undefined ? noHold : useHold(given.holdId, hold, wanted, clock());
  if (isRefused(used)) return used;

  const decision = await decideOrFreeOverdue(context, byId(levels.values()), (now) => decide(now, wanted));
  if (!decision.accepted) return decision;
  // First what was held, then the ledger: at no moment is more promised than there is.
  await consumeReservations(db, used.consumptions, clock());
  const { answer, fact } = await post(context, {
    kind: 'issue',
    branch: await branchOf(db, lines[0]?.locationId ?? ''),
    postingDate,
    source: given.source ?? hold[0]?.source,
    reason: given.reason,
    movements: decision.events,
    levels: byId(levels.values()),
    items: itemsById(lines),
  });
  await tellLevels(context, byId(levels.values()).keys());
  emit(stockIssued.of({ subject: answer.id, data: fact }));
  if (used.usedUp) emit(...factsOfHolds(reservationConsumed, hold));
  return answer;
}
