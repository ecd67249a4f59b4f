import { refuse, useCase } from '@ashlar/kernel';
import { BusinessDate } from '@ashlar/kernel/values';
import { z } from 'zod';
import { enterSerials, leaveSerials } from '../adapters/serials.ts';
import { byId, openLevels, placeKey } from '../adapters/stock-levels.ts';
import { adjustStock as decide, worthOfAdjustment } from '../domain/adjust-stock.ts';
import { inventoryErrors } from '../domain/inventory-errors.ts';
import { stockAdjusted } from '../domain/inventory-events.ts';
import { coverWaiting } from './cover-waiting.ts';
import { decideOrFreeOverdue } from './free-overdue.ts';
import { measureLines } from './known-items.ts';
import { MAX_LINES, PlaceLine, Reason } from './inputs.ts';
import { PostedDocument } from './posted-output.ts';
import { branchOf, type InventoryContext, itemsById, post, postingDay } from './posting.ts';
import { tellLevels } from './tell-levels.ts';

const input = z.strictObject({
  reason: Reason,
  postingDate: BusinessDate.optional(),
  lines: z
    .array(PlaceLine.extend({ direction: z.enum(['found', 'gone']) }))
    .min(1)
    .max(MAX_LINES),
});

const common = {
  input,
  output: PostedDocument,
  errors: [
    inventoryErrors.insufficientStock,
    inventoryErrors.approvalRequired,
    inventoryErrors.itemUnknown,
    inventoryErrors.locationUnknown,
    inventoryErrors.lotRequired,
    inventoryErrors.periodClosed,
    inventoryErrors.serialCountDiffers,
    inventoryErrors.serialUnknown,
    inventoryErrors.serialDuplicate,
  ],
};

export const adjustStock = useCase('inventory.adjust-stock', {
  ...common,
  summary: 'Corrects what is on hand for a reason, up to the value anybody may correct.',
  permission: 'inventory.adjust',
  on: { http: 'POST /adjustments', graphql: 'mutation', grpc: true, mcp: true },
  run: (given, context: InventoryContext) => adjust(given, context, { approved: false }),
});

export const adjustStockApproved = useCase('inventory.adjust-stock-approved', {
  ...common,
  summary: 'Corrects what is on hand, whatever it is worth.',
  permission: 'inventory.approve',
  on: { http: 'POST /approved-adjustments', graphql: 'mutation', grpc: true },
  run: (given, context: InventoryContext) => adjust(given, context, { approved: true }),
});

async function adjust(
  given: z.output<typeof input>,
  context: InventoryContext,
  { approved }: { readonly approved: boolean },
) {
  const { db, emit } = context;
  const postingDate = await postingDay(context, given.postingDate);
  const lines = (await measureLines(db, given.lines)).map((line) => ({ ...line, lotId: line.lotId ?? null }));
  const levels = await openLevels(db, lines);
  const levelOf = (line: (typeof lines)[number]): string => levels.get(placeKey(line))?.id ?? '';
  const [found, gone] = [lines.filter(isFound), lines.filter((line) => !isFound(line))];
  const entering = await enterSerials(context, found);
  const leaving = await leaveSerials(db, gone, (lineNo) => levelOf(lines[lineNo - 1] ?? missingLine(lineNo)));
  const serials = new Map([
    ...found.map((line, index) => [line.lineNo, entering[index] ?? []] as const),
    ...gone.map((line, index) => [line.lineNo, leaving[index] ?? []] as const),
  ]);
  const wanted = lines.map((line) => ({
    lineNo: line.lineNo,
    levelId: levelOf(line),
    difference: isFound(line) ? line.micros : -line.micros,
    entered: line.quantity,
    serialIds: serials.get(line.lineNo) ?? [],
  }));
  const decision = await decideOrFreeOverdue(context, byId(levels.values()), (now) => decide(now, wanted));
  if (!decision.accepted) return decision;

  const policy = await db.selectFrom('inventory.policies').select('approval_limit').executeTakeFirst();
  const [worth, limit] = [worthOfAdjustment(decision.events), policy?.approval_limit ?? null];
  if (!approved && limit !== null && worth > limit) {
    return refuse(inventoryErrors.approvalRequired({ value: worth.toString(), limit: limit.toString() }));
  }
  const { answer, fact } = await post(context, {
    kind: 'adjustment',
    branch: await branchOf(db, lines[0]?.locationId ?? ''),
    postingDate,
    reason: given.reason,
    movements: decision.events,
    levels: byId(levels.values()),
    items: itemsById(lines),
  });
  await coverWaiting(context, byId(levels.values()), decision.events);
  await tellLevels(context, byId(levels.values()).keys());
  emit(stockAdjusted.of({ subject: answer.id, data: fact }));
  return answer;
}

function isFound({ direction }: { readonly direction: 'found' | 'gone' }): boolean {
  return direction === 'found';
}

function missingLine(lineNo: number): never {
  throw new Error(`There is no line ${lineNo}`);
}
