import { refuse, useCase } from '@ashlar/kernel';
import { BusinessDate, Money, valueErrors } from '@ashlar/kernel/values';
import { z } from 'zod';
import { lotsOfLines } from '../adapters/lots.ts';
import { enterSerials } from '../adapters/serials.ts';
import { byId, openLevels, placeKey } from '../adapters/stock-levels.ts';
import { inventoryErrors } from '../domain/inventory-errors.ts';
import { stockReceived } from '../domain/inventory-events.ts';
import { receiveStock as decide } from '../domain/receive-stock.ts';
import { coverWaiting } from './cover-waiting.ts';
import { measureLines, refuseArchived } from './known-items.ts';
import { LotCode, MAX_LINES, PlaceLine, SourceInput } from './inputs.ts';
import { PostedDocument } from './posted-output.ts';
import { branchOf, type InventoryContext, itemsById, post, postingDay } from './posting.ts';
import { tellLevels } from './tell-levels.ts';

const NewLot = z
  .strictObject({
    code: LotCode,
    madeOn: BusinessDate.optional(),
    expiresOn: BusinessDate.optional(),
  })
  .describe('The lot it belongs to; made if it is new');

const Line = PlaceLine.omit({ lotId: true }).extend({
  lot: NewLot.optional(),
  cost: Money.optional().describe('Of the whole line, in the currency the item is valued in'),
});

const input = z.strictObject({
  source: SourceInput.optional(),
  postingDate: BusinessDate.optional(),
  lines: z.array(Line).min(1).max(MAX_LINES),
});

const common = {
  input,
  output: PostedDocument,
  errors: [
    inventoryErrors.costRequired,
    inventoryErrors.lotRequired,
    inventoryErrors.serialDuplicate,
    inventoryErrors.serialCountDiffers,
    inventoryErrors.itemUnknown,
    inventoryErrors.locationUnknown,
    inventoryErrors.periodClosed,
  ],
};

export const receiveStock = useCase('inventory.receive-stock', {
  ...common,
  summary: 'Takes goods in at what they cost.',
  permission: 'inventory.receive',
  on: { http: 'POST /receipts', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: (given, context: InventoryContext) => receive(given, context, { free: false }),
});

export const receiveFreeStock = useCase('inventory.receive-free-stock', {
  ...common,
  summary: 'Takes goods in, also such that cost nothing.',
  permission: 'inventory.receive-free',
  on: { http: 'POST /free-receipts', graphql: 'mutation', grpc: true, job: true },
  run: (given, context: InventoryContext) => receive(given, context, { free: true }),
});

async function receive(given: z.output<typeof input>, context: InventoryContext, { free }: { readonly free: boolean }) {
  const { db, emit } = context;
  const postingDate = await postingDay(context, given.postingDate);
  const lines = await measureLines(db, given.lines);
  refuseArchived(lines);
  for (const { lineNo, cost, item } of lines) {
    if (cost === undefined || cost.amountMinor < 0n || (cost.amountMinor === 0n && !free)) {
      return refuse(inventoryErrors.costRequired({ line: lineNo }));
    }
    if (cost.currency !== item.currency) {
      return refuse(valueErrors.currencyMismatch({ left: item.currency, right: cost.currency }));
    }
  }
  const lots = await lotsOfLines(context, lines);
  const places = lines.map((line, index) => ({ ...line, lotId: lots[index] ?? null }));
  const levels = await openLevels(db, places);
  const serials = await enterSerials(context, lines);
  const decision = decide(
    byId(levels.values()),
    places.map((line, index) => ({
      lineNo: line.lineNo,
      levelId: levels.get(placeKey(line))?.id ?? '',
      quantity: line.micros,
      entered: line.quantity,
      totalMinor: line.cost?.amountMinor ?? 0n,
      serialIds: serials[index] ?? [],
    })),
  );
  if (!decision.accepted) return decision;
  const { answer, fact } = await post(context, {
    kind: 'receipt',
    branch: await branchOf(db, lines[0]?.locationId ?? ''),
    postingDate,
    source: given.source,
    movements: decision.events,
    levels: byId(levels.values()),
    items: itemsById(lines),
  });
  await coverWaiting(context, byId(levels.values()), decision.events);
  await tellLevels(context, byId(levels.values()).keys());
  emit(stockReceived.of({ subject: answer.id, data: fact }));
  return answer;
}
