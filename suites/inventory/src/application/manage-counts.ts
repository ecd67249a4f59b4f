import { commonErrors, must, refuse, refuseStale, useCase } from '@ashlar/kernel';
import { BusinessDate, Quantity } from '@ashlar/kernel/values';
import { z } from 'zod';
import { findCount, findCountLines, insertCount, setCountState, setCounted } from '../adapters/counts.ts';
import { findItems } from '../adapters/items.ts';
import { compareSerials } from '../adapters/serials.ts';
import { byId, openLevels, placeKey } from '../adapters/stock-levels.ts';
import { adjustStock } from '../domain/adjust-stock.ts';
import { CountId, DocumentId, LocationId } from '../domain/ids.ts';
import { inventoryErrors } from '../domain/inventory-errors.ts';
import { countApproved, stockAdjusted } from '../domain/inventory-events.ts';
import { countVariance } from './count-variance.ts';
import { coverWaiting } from './cover-waiting.ts';
import { decideOrFreeOverdue } from './free-overdue.ts';
import { measureLines } from './known-items.ts';
import { ExpectedVersion, MAX_LINES, PlaceLine } from './inputs.ts';
import { branchOf, type InventoryContext, post, postingDay } from './posting.ts';
import { tellLevels } from './tell-levels.ts';

const State = z.enum(['open', 'review', 'approved', 'cancelled']);
const Answer = z.object({ id: CountId, state: State, version: z.int() });

export const startCount = useCase('inventory.start-count', {
  summary: 'Begins to count a location. Selling goes on meanwhile.',
  input: z.strictObject({ locationId: LocationId, blind: z.boolean().default(true) }),
  output: Answer,
  errors: [inventoryErrors.countOpenElsewhere],
  permission: 'inventory.count',
  on: { http: 'POST /counts', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ locationId, blind }, { db, newId, audit, actor }: InventoryContext) => {
    const id = newId(CountId);
    await insertCount(db, { id, locationId, blind, startedBy: actor.id });
    audit({ subject: id, after: { locationId, blind } });
    return { id, state: 'open' as const, version: 1 };
  },
});

export const submitCount = useCase('inventory.submit-count', {
  summary: 'Says what was found. What was not counted is left as it is.',
  input: z.strictObject({
    countId: CountId,
    expectedVersion: ExpectedVersion,
    lines: z
      .array(PlaceLine.omit({ locationId: true }).extend({ quantity: Quantity }))
      .min(1)
      .max(MAX_LINES),
  }),
  output: Answer,
  errors: [
    inventoryErrors.itemUnknown,
    inventoryErrors.lotRequired,
    inventoryErrors.countedTwice,
    inventoryErrors.serialCountDiffers,
    inventoryErrors.serialDuplicate,
  ],
  permission: 'inventory.count',
  on: { http: 'POST /counts/:countId/submit', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ countId, expectedVersion, ...input }, context: InventoryContext) => {
    const { db, audit } = context;
    const { state, version, locationId } = await findCount(db, countId);
    const stale = refuseStale(version, expectedVersion, { id: countId, state, version });
    if (stale !== null) return stale;
    if (state !== 'open') return refuse(commonErrors.illegalTransition({ from: state, to: 'review', allowed: [] }));
    const lines = (await measureLines(db, input.lines)).map((line) => ({
      ...line,
      lotId: line.lotId ?? null,
      locationId,
    }));
    const negative = lines.find(({ micros }) => micros < 0n);
    if (negative !== undefined) return refuse(commonErrors.invalidInput({ count: 1 }));
    const levels = await openLevels(db, lines);
    if (new Set(lines.map(placeKey)).size < lines.length) return refuse(inventoryErrors.countedTwice());
    const levelOf = (line: (typeof lines)[number] | undefined) => line && levels.get(placeKey(line));
    const serials = await compareSerials(db, lines, (lineNo) => levelOf(lines[lineNo - 1])?.id ?? '');
    await setCounted(
      db,
      countId,
      lines.map((line, index) => ({
        ...line,
        counted: line.micros,
        expected: levelOf(line)?.onHand ?? 0n,
        ...(serials[index] ?? { missing: [], found: [] }),
      })),
    );
    await setCountState(context, countId, { state: 'review', version, submittedBy: true });
    audit({ subject: countId, after: { lines: lines.length } });
    return { id: countId, state: 'review' as const, version: version + 1 };
  },
});

export const approveCount = useCase('inventory.approve-count', {
  summary: 'Corrects the stock to what was found; done by somebody who did not count it.',
  input: z.strictObject({ countId: CountId, postingDate: BusinessDate.optional(), expectedVersion: ExpectedVersion }),
  output: Answer.extend({ documentId: DocumentId.nullable().describe('null when all was as expected') }),
  errors: [
    inventoryErrors.selfApproval,
    inventoryErrors.insufficientStock,
    inventoryErrors.serialDuplicate,
    inventoryErrors.periodClosed,
  ],
  permission: 'inventory.approve',
  on: { http: 'POST /counts/:countId/approve', graphql: 'mutation', grpc: true },
  run: async ({ countId, expectedVersion, ...given }, context: InventoryContext) => {
    const { db, emit, audit, actor } = context;
    const postingDate = await postingDay(context, given.postingDate);
    const { state, version, locationId, submittedBy } = await findCount(db, countId);
    const stale = refuseStale(version, expectedVersion, { id: countId, state, version });
    if (stale !== null) return stale;
    if (state !== 'review') return refuse(commonErrors.illegalTransition({ from: state, to: 'approved', allowed: [] }));
    if (submittedBy !== null && submittedBy === actor.id) return refuse(inventoryErrors.selfApproval());

    const counted = await findCountLines(db, countId);
    const places = counted.map((line) => ({ ...line, locationId }));
    const levels = await openLevels(db, places);
    const items = await findItems(
      db,
      counted.map(({ itemId }) => itemId),
    );
    const variance = await countVariance(
      context,
      places.map((line) => ({
        ...line,
        item: must(items.get(line.itemId), 'an item that was counted'),
        levelId: levels.get(placeKey(line))?.id ?? '',
      })),
    );
    const decision = await decideOrFreeOverdue(context, byId(levels.values()), (now) => adjustStock(now, variance));
    if (!decision.accepted) return decision;
    const next = { id: countId, state: 'approved' as const, version: version + 1 };
    await setCountState(context, countId, { state: 'approved', version, approvedBy: true });
    if (variance.length === 0) {
      audit({ subject: countId, after: { state: 'approved' } });
      emit(countApproved.of({ subject: countId, data: { countId, locationId, documentId: null } }));
      return { ...next, documentId: null };
    }
    const { answer, fact } = await post(context, {
      kind: 'count',
      branch: await branchOf(db, locationId),
      postingDate,
      source: { type: 'count', id: countId },
      movements: decision.events,
      levels: byId(levels.values()),
      items,
    });
    await coverWaiting(context, byId(levels.values()), decision.events);
    await tellLevels(
      context,
      decision.events.map(({ levelId }) => levelId),
    );
    emit(
      stockAdjusted.of({ subject: answer.id, data: fact }),
      countApproved.of({
        subject: countId,
        data: { countId, locationId, documentId: answer.id },
      }),
    );
    return { ...next, documentId: answer.id };
  },
});

export const cancelCount = useCase('inventory.cancel-count', {
  summary: 'Gives a count up; the stock stays as it is.',
  input: z.strictObject({ countId: CountId, expectedVersion: ExpectedVersion }),
  output: Answer,
  errors: [],
  permission: 'inventory.count',
  on: { http: 'POST /counts/:countId/cancel', graphql: 'mutation', grpc: true },
  run: async ({ countId, expectedVersion }, context: InventoryContext) => {
    const { state, version } = await findCount(context.db, countId);
    const stale = refuseStale(version, expectedVersion, { id: countId, state, version });
    if (stale !== null) return stale;
    if (state !== 'open' && state !== 'review') {
      return refuse(commonErrors.illegalTransition({ from: state, to: 'cancelled', allowed: [] }));
    }
    await setCountState(context, countId, { state: 'cancelled', version });
    context.audit({ subject: countId, before: { state }, after: { state: 'cancelled' } });
    return { id: countId, state: 'cancelled' as const, version: version + 1 };
  },
});
