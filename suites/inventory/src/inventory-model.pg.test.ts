import { proofSize } from '@ashlar/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkStock } from './application/check-stock.ts';
import type { ItemId } from './domain/ids.ts';
import { openShop, type Shop } from './inventory.fixture.ts';
import { perform } from './stock-commands.fixture.ts';
import { type Round, rounds, StockModel, TTL_MS } from './stock-model.fixture.ts';

/** Sequences of commands; so many at once, each at a shelf and by a clock of its own. */
const SEQUENCES = proofSize('inventory-model', { short: 24, full: 5000 });
const AT_ONCE = 4;
/** After each sequence its own books are reckoned anew, and after so many those of the whole organisation. */
const CHECK_ALL_EVERY = 500;

let shop: Shop;
let branches: readonly Shop[];
beforeAll(async () => {
  shop = await openShop();
  branches = await Promise.all(Array.from({ length: AT_ONCE }, (_none, index) => shop.openBranch(`BRANCH-${index}`)));
});
afterAll(() => shop?.[Symbol.asyncDispose]());

/** What the database says of an item, by what the test knows. */
async function books({ project, shelf, backRoom, now }: Shop, itemId: ItemId) {
  const [row] = await project.test.sql<Record<string, string>>(
    `select
       coalesce(sum(l.on_hand) filter (where l.location_id = $2), 0) as shelf,
       coalesce(sum(l.on_hand) filter (where l.location_id = $3), 0) as back_room,
       coalesce(sum(l.on_hand) filter (where l.location_id not in ($2, $3)), 0) as transit,
       coalesce(sum((select sum(r.held) from inventory.reservations r
         where r.level_id = l.id and (r.expires_at is null or r.expires_at > $4))), 0) as held
     from inventory.stock_levels l where l.item_id = $1`,
    [itemId, shelf, backRoom, now()],
  );
  return {
    onHand: Number(row?.['shelf']),
    inBackRoom: Number(row?.['back_room']),
    inTransit: Number(row?.['transit']),
    held: Number(row?.['held']),
  };
}

/** Levels of an item that are not what ledger and reservations make of them. */
function driftsOf({ project }: Shop, itemId: ItemId) {
  return project.test.sql(
    `select l.on_hand, l.value, l.reserved, e.quantity, e.worth, r.held
     from inventory.stock_levels l,
       lateral (select coalesce(sum(qty_delta), 0) as quantity, coalesce(sum(value_delta), 0) as worth
         from inventory.stock_ledger where level_id = l.id) e,
       lateral (select coalesce(sum(held), 0) as held from inventory.reservations where level_id = l.id) r
     where l.item_id = $1
       and (l.on_hand, l.value, l.reserved) is distinct from (e.quantity, e.worth::bigint, r.held)`,
    [itemId],
  );
}

/** Plays a sequence on an item of its own, and compares with the model after each round. */
async function play(branch: Shop, sequence: readonly Round[]): Promise<void> {
  const itemId = await branch.addItem();
  const model = new StockModel();
  for (const { steps, minutesLater } of sequence) {
    branch.passTime(minutesLater * 60_000);
    const before = branch.now().valueOf();
    const until = new Date(before + TTL_MS).toISOString();
    const targets = steps.map((step) => model.target(step));
    const { onHand } = model;
    const answers = await Promise.all(
      steps.map((step, index) => perform(branch, step, { itemId, target: targets[index], onHand, until })),
    );
    for (const [index, step] of steps.entries()) {
      const made = answers[index] ?? null;
      if (steps.length === 1 && step.manner !== 'dry') {
        const allowed = model.allows(step, targets[index], before);
        expect({ step, accepted: made !== null }).toEqual({ step, accepted: allowed });
      }
      if (made !== null) model.apply(step, targets[index], before, made);
    }
    const held = model.held(branch.now().valueOf());
    const { inBackRoom, inTransit } = model;
    expect(await books(branch, itemId)).toEqual({ onHand: model.onHand, inBackRoom, inTransit, held });
    expect(model.onHand - held).toBeGreaterThanOrEqual(0);
  }
  expect(await driftsOf(branch, itemId)).toEqual([]);
}

test('whatever is asked, repeated, cut off or asked at once, stock is what the accepted commands made of it', async () => {
  let done = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(rounds, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (sequences) => {
      await Promise.all(branches.map((branch, index) => play(branch, sequences[index] ?? [])));
      done += AT_ONCE;
      if (done % CHECK_ALL_EVERY === 0) {
        expect(await shop.call(checkStock, {})).toMatchObject({ drifts: [] });
        console.log(`${done} of ${SEQUENCES} sequences`);
      }
    }),
    { seed: 20_261, numRuns: SEQUENCES / AT_ONCE, endOnFailure: true },
  );
  expect(await shop.call(checkStock, {})).toMatchObject({ drifts: [] });
}, 3_600_000);
