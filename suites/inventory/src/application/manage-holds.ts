import { commonErrors, refuse, useCase } from '@ashlar/kernel';
import { Instant, microsText, PositiveQuantity, type Quantity } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import { z } from 'zod';
import {
  endReservations,
  expireOverdue,
  findHold,
  shrinkReservations,
  type StoredReservation,
} from '../adapters/holds.ts';
import { findItems } from '../adapters/items.ts';
import { lockLevelsById } from '../adapters/stock-levels.ts';
import { HoldId } from '../domain/ids.ts';
import { inventoryErrors } from '../domain/inventory-errors.ts';
import { reservationExpired, reservationReleased } from '../domain/inventory-events.ts';
import { inBaseUnits } from '../domain/entered-quantity.ts';
import { isLive, shrink, type Shrinking } from '../domain/reservation.ts';
import { coverWaiting } from './cover-waiting.ts';
import { heldLine, HeldLine } from './held-line.ts';
import { factsOfHolds } from './hold-facts.ts';
import { MAX_LINES } from './inputs.ts';
import type { InventoryContext } from './posting.ts';
import { tellLevels } from './tell-levels.ts';

const Answer = z.object({ id: HoldId, ended: z.int().describe('How many reservations this changed') });
/** Levels a sweep looks after in one transaction. */
const SWEEP_LEVELS = 200;

export const releaseHold = useCase('inventory.release-hold', {
  summary: 'Gives up what a hold still keeps, or some of it. What it has handed out stays handed out.',
  description: 'Of a line, what is not there yet is given up first.',
  input: z.strictObject({
    holdId: HoldId,
    lines: z
      .array(z.strictObject({ line: z.int().min(1), quantity: PositiveQuantity }))
      .min(1)
      .max(MAX_LINES)
      .optional()
      .describe('All that is left unless told'),
  }),
  output: Answer.extend({ held: z.array(HeldLine).describe('What it still keeps of the lines that were named') }),
  errors: [inventoryErrors.reservationMismatch],
  permission: 'inventory.reserve',
  on: { http: 'POST /holds/:holdId/release', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ holdId, lines }, context: InventoryContext) => {
    const { db, clock, emit, audit } = context;
    const hold = await lockHold(context, holdId);
    if (lines !== undefined) return releaseLines(context, holdId, hold, lines);
    const active = hold.filter(({ state }) => state === 'active');
    // Asking twice is no mistake.
    if (active.length === 0) return { id: holdId, ended: 0, held: [] };
    const overdue = active.filter((one) => !isLive(one, clock()));
    const live = active.filter((one) => isLive(one, clock()));
    if (overdue.length > 0)
      await endReservations(
        db,
        overdue.map(({ id }) => id),
        'expired',
        clock(),
      );
    if (live.length > 0)
      await endReservations(
        db,
        live.map(({ id }) => id),
        'released',
        clock(),
      );
    await coverFreed(context, active);
    emit(...factsOfHolds(reservationExpired, overdue), ...factsOfHolds(reservationReleased, live));
    audit({ subject: holdId, after: { released: live.length, expired: overdue.length } });
    return { id: holdId, ended: active.length, held: [] };
  },
});

async function releaseLines(
  context: InventoryContext,
  holdId: HoldId,
  hold: readonly StoredReservation[],
  lines: readonly { readonly line: number; readonly quantity: Quantity }[],
) {
  const { db, clock, emit, audit } = context;
  const live = hold.filter((one) => isLive(one, clock()));
  const levels = await lockLevelsById(
    db,
    live.map(({ levelId }) => levelId),
  );
  const items = await findItems(
    db,
    [...levels.values()].map(({ itemId }) => itemId),
  );
  const shrunk: Shrinking[] = [];
  for (const [line, wishes] of Map.groupBy(lines, (one) => one.line)) {
    const of = live.filter(({ lineNo }) => lineNo === line);
    const item = items.get(levels.get(of[0]?.levelId ?? '')?.itemId ?? '');
    const wanted = wishes.reduce(
      (sum, { quantity }) => sum + (item ? inBaseUnits(item, quantity) : quantity.micros),
      0n,
    );
    const held = of.reduce((sum, { quantity, consumed }) => sum + quantity - consumed, 0n);
    if (item === undefined || wanted > held) {
      const [kept, asked] = [microsText(held), microsText(wanted)];
      return refuse(inventoryErrors.reservationMismatch({ line, held: kept, wanted: asked }));
    }
    shrunk.push(...shrink(of, wanted));
  }
  await shrinkReservations(db, shrunk, clock());
  const changed = live.filter(({ id }) => shrunk.some(({ reservation }) => reservation.id === id));
  await coverFreed(context, changed);
  const after = (await findHold(db, holdId)).filter((one) => isLive(one, clock()));
  if (after.length === 0) emit(...factsOfHolds(reservationReleased, hold.slice(0, 1)));
  audit({ subject: holdId, after: { released: lines.length } });
  const named = new Set(lines.map(({ line }) => line));
  const held = after
    .filter(({ lineNo }) => named.has(lineNo))
    .map(({ lineNo, levelId, quantity, consumed, backordered }) =>
      heldLine(
        { lineNo, levelId, quantity: quantity - consumed, backordered },
        levels,
        items.get(levels.get(levelId)?.itemId ?? '')?.baseUom ?? '',
      ),
    );
  return { id: holdId, ended: changed.length, held };
}

export const extendHold = useCase('inventory.extend-hold', {
  summary: 'Lets a hold that is not over last until another moment.',
  input: z.strictObject({ holdId: HoldId, expiresAt: Instant.nullable().describe('null: until somebody ends it') }),
  output: Answer,
  errors: [inventoryErrors.alreadyExpired],
  permission: 'inventory.reserve',
  on: { http: 'POST /holds/:holdId/extend', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ holdId, expiresAt }, context: InventoryContext) => {
    const { clock, audit } = context;
    const until = expiresAt === null ? null : new Date(expiresAt);
    const live = (await lockHold(context, holdId)).filter((one) => isLive(one, clock()));
    if (live.length === 0 || (until !== null && until <= clock()))
      return refuse(inventoryErrors.alreadyExpired({ hold: holdId }));
    await changeReservations(context, live, { expires_at: until });
    audit({ subject: holdId, after: { expiresAt } });
    return { id: holdId, ended: live.length };
  },
});

export const prioritiseHold = useCase('inventory.prioritise-hold', {
  summary: 'Says how urgent a hold is: who waits with the highest priority gets what arrives.',
  input: z.strictObject({ holdId: HoldId, priority: z.int().min(-1000).max(1000) }),
  output: Answer,
  errors: [inventoryErrors.alreadyExpired],
  permission: 'inventory.reserve',
  on: { http: 'POST /holds/:holdId/prioritise', graphql: 'mutation', grpc: true },
  run: async ({ holdId, priority }, context: InventoryContext) => {
    const live = (await lockHold(context, holdId)).filter((one) => isLive(one, context.clock()));
    if (live.length === 0) return refuse(inventoryErrors.alreadyExpired({ hold: holdId }));
    await changeReservations(context, live, { priority });
    context.audit({ subject: holdId, after: { priority } });
    return { id: holdId, ended: live.length };
  },
});

export const expireHolds = useCase('inventory.expire-holds', {
  summary: 'Writes down which reservations are overdue. Nobody waits for it: overdue ones hold nothing anyway.',
  input: z.strictObject({}),
  output: z.object({ expired: z.int() }),
  errors: [],
  permission: 'inventory.reserve',
  on: { job: true },
  run: async (_input, context: InventoryContext) => {
    const { db, clock, emit } = context;
    const levels = await db
      .selectFrom('inventory.reservations')
      .select('level_id')
      .distinct()
      .where('state', '=', 'active')
      .where('expires_at', '<=', clock())
      .limit(SWEEP_LEVELS)
      .execute();
    const locked = await lockLevelsById(
      db,
      levels.map(({ level_id }) => level_id.toString()),
    );
    const overdue = locked.size === 0 ? [] : await expireOverdue(db, [...locked.keys()], clock());
    await coverFreed(context, overdue);
    emit(...factsOfHolds(reservationExpired, overdue));
    return { expired: overdue.length };
  },
});

/** A hold with its levels locked, as it is with nobody else at it. */
async function lockHold({ db }: InventoryContext, holdId: HoldId): Promise<readonly StoredReservation[]> {
  const seen = await findHold(db, holdId);
  if (seen.length === 0) throw commonErrors.notFound({ what: 'hold', id: holdId });
  await lockLevelsById(
    db,
    seen.map(({ levelId }) => levelId),
  );
  return findHold(db, holdId);
}

async function changeReservations(
  { db, clock }: InventoryContext,
  reservations: readonly StoredReservation[],
  change: { readonly expires_at?: Date | null; readonly priority?: number },
): Promise<void> {
  await db
    .updateTable('inventory.reservations')
    .set({ ...change, updated_at: clock() })
    .where(sql<boolean>`id = any(${reservations.map(({ id }) => id)}::uuid[])`)
    .execute();
}

/** What was given up belongs first to those who wait for it. */
async function coverFreed(context: InventoryContext, ended: readonly StoredReservation[]): Promise<void> {
  if (ended.length === 0) return;
  const levels = await lockLevelsById(
    context.db,
    ended.map(({ levelId }) => levelId),
  );
  await coverWaiting(context, levels, []);
  await tellLevels(context, levels.keys());
}
