import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AshlarError } from '@ashlar/kernel';
import { proofSize } from '@ashlar/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adjustStock } from './application/adjust-stock.ts';
import { checkStock } from './application/check-stock.ts';
import { issueStock } from './application/issue-stock.ts';
import { releaseHold } from './application/manage-holds.ts';
import { receiveStock } from './application/receive-stock.ts';
import { reserveStock } from './application/reserve-stock.ts';
import { HoldId, type ItemId } from './domain/ids.ts';
import { openShop, type Shop } from './inventory.fixture.ts';

/** Sequences of commands, and after how many all books are reckoned anew. */
const SEQUENCES = proofSize('inventory-model', { short: 25, full: 5000 });
const CHECK_EVERY = 50;
const TTL_MS = 60_000;

type Verb = 'receive' | 'issue' | 'hold' | 'hold for a minute' | 'ship' | 'release' | 'lose' | 'find';
interface Step {
  readonly verb: Verb;
  readonly pieces: number;
  /** Which of the holds made so far, counted round. */
  readonly hold: number;
  /** `repeat`: sent twice under one key. `cut`: given up half-way, and sent again under its key. `dry`: only tried. */
  readonly manner: 'plain' | 'repeat' | 'cut' | 'dry';
}
interface Round {
  /** All at once when there are several. */
  readonly steps: readonly Step[];
  readonly minutesLater: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  verb: fc.constantFrom<Verb>(
    'receive',
    'receive',
    'issue',
    'hold',
    'hold',
    'hold for a minute',
    'ship',
    'release',
    'lose',
    'find',
  ),
  pieces: fc.integer({ min: 1, max: 8 }),
  hold: fc.nat(7),
  manner: fc.constantFrom('plain', 'plain', 'plain', 'repeat', 'cut', 'dry'),
});
const rounds: fc.Arbitrary<readonly Round[]> = fc.array(
  fc.record({
    steps: fc.oneof(
      { weight: 3, arbitrary: fc.array(step, { minLength: 1, maxLength: 1 }) },
      { weight: 1, arbitrary: fc.array(step, { minLength: 2, maxLength: 5 }) },
    ),
    minutesLater: fc.constantFrom(0, 0, 0, 2),
  }),
  { minLength: 1, maxLength: 8 },
);

/** What a shop with one shelf must come to: nothing here knows of ledgers, locks or rows. */
class Model {
  onHand = 0;
  readonly holds: { id: string; pieces: number; until: number; over: boolean }[] = [];

  held(now: number): number {
    return this.holds.reduce((sum, hold) => sum + (hold.over || hold.until <= now ? 0 : hold.pieces), 0);
  }

  allows({ verb, pieces, hold: index }: Step, now: number): boolean {
    const hold = this.hold(index);
    switch (verb) {
      case 'receive':
      case 'find':
        return true;
      case 'issue':
      case 'lose':
      case 'hold':
      case 'hold for a minute':
        return this.onHand - this.held(now) >= pieces;
      case 'ship':
        return hold !== undefined && !hold.over && hold.until > now && hold.pieces >= pieces;
      case 'release':
        return hold !== undefined;
    }
  }

  apply({ verb, pieces, hold: index }: Step, now: number, made: string): void {
    const hold = this.hold(index);
    if (verb === 'receive' || verb === 'find') this.onHand += pieces;
    else if (verb === 'issue' || verb === 'lose') this.onHand -= pieces;
    else if (verb === 'hold') this.holds.push({ id: made, pieces, until: Infinity, over: false });
    else if (verb === 'hold for a minute') this.holds.push({ id: made, pieces, until: now + TTL_MS, over: false });
    else if (hold === undefined) throw new Error(`${verb} without a hold was accepted`);
    else if (verb === 'release') hold.over = true;
    else {
      this.onHand -= pieces;
      hold.pieces -= pieces;
      // Of two at once the release may come last, and is then applied first: what was given up stays given up.
      hold.over ||= hold.pieces === 0;
    }
  }

  hold(index: number): Model['holds'][number] | undefined {
    return this.holds.length === 0 ? undefined : this.holds[index % this.holds.length];
  }
}

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop?.[Symbol.asyncDispose]());

/** What a step means besides itself; what is sent again has to be the same. */
interface Aim {
  readonly holdId: string | undefined;
  /** When a hold that does not last ends. */
  readonly until: string;
}

async function send({ verb, pieces }: Step, itemId: ItemId, { holdId, until }: Aim, more: object): Promise<string> {
  const line = { itemId, locationId: shop.shelf, quantity: { value: String(pieces), uom: 'pcs' } };
  const source = { type: 'order', id: 'model' };
  const hold = HoldId.parse(holdId ?? randomUUID());
  switch (verb) {
    case 'receive':
      return (
        await shop.call(
          receiveStock,
          { lines: [{ ...line, cost: { amount: String(pieces * 37), currency: 'USD' } }] },
          more,
        )
      ).id;
    case 'issue':
      return (await shop.call(issueStock, { lines: [line] }, more)).id;
    case 'ship':
      return (await shop.call(issueStock, { lines: [line], holdId: hold }, more)).id;
    case 'release':
      return (await shop.call(releaseHold, { holdId: hold }, more)).id;
    case 'lose':
      return (await shop.call(adjustStock, { reason: 'lost', lines: [{ ...line, direction: 'gone' }] }, more)).id;
    case 'find':
      return (await shop.call(adjustStock, { reason: 'found', lines: [{ ...line, direction: 'found' }] }, more)).id;
    case 'hold':
    case 'hold for a minute': {
      const expiresAt = verb === 'hold' ? {} : { expiresAt: until };
      return (
        await shop.call(reserveStock, { source, lines: [{ itemId, quantity: line.quantity }], ...expiresAt }, more)
      ).id;
    }
  }
}

/** Sends a step in its manner until its outcome is known: the id it answered, or null for a refusal. */
async function perform(one: Step, itemId: ItemId, aim: Aim): Promise<string | null> {
  const idempotencyKey = randomUUID();
  let last: unknown;
  const attempt = async (more: object): Promise<string | null | undefined> => {
    try {
      return await send(one, itemId, aim, { idempotencyKey, ...more });
    } catch (error) {
      last = error;
      if (!(error instanceof AshlarError) || error.retryable || error.kind === 'internal' || error.kind === 'timeout')
        return undefined;
      return null;
    }
  };
  if (one.manner === 'dry') {
    await attempt({ dryRun: true });
    return null;
  }
  if (one.manner === 'cut') {
    const cut = new AbortController();
    const first = attempt({ signal: cut.signal });
    await delay(one.pieces / 2);
    cut.abort();
    await first;
  }
  let answer = await attempt({});
  for (let again = 0; answer === undefined && again < 20; again += 1) answer = await attempt({});
  if (answer === undefined) throw new Error(`The outcome of ${one.verb} never became known`, { cause: last });
  if (one.manner === 'repeat' && answer !== null) expect(await attempt({})).toBe(answer);
  return answer;
}

test('whatever is asked, repeated, cut off or asked at once, stock is what the accepted commands made of it', async () => {
  let done = 0;
  await fc.assert(
    fc.asyncProperty(rounds, async (sequence) => {
      const itemId = await shop.addItem();
      const model = new Model();
      for (const { steps, minutesLater } of sequence) {
        shop.passTime(minutesLater * 60_000);
        const before = shop.now().valueOf();
        const alone = steps.length === 1;
        const ids = steps.map((one) => model.hold(one.hold)?.id);
        const answers = await Promise.all(
          steps.map((one, index) =>
            perform(one, itemId, { holdId: ids[index], until: new Date(before + TTL_MS).toISOString() }),
          ),
        );
        for (const [index, one] of steps.entries()) {
          const made = answers[index] ?? null;
          if (alone && one.manner !== 'dry')
            expect({ one, accepted: made !== null }).toEqual({ one, accepted: model.allows(one, before) });
          if (made !== null)
            model.apply({ ...one, hold: model.holds.findIndex(({ id }) => id === ids[index]) }, before, made);
        }
        const [row] = await shop.project.test.sql<{ on_hand: string; held: string }>(
          `select coalesce(sum(l.on_hand), 0) on_hand, coalesce(sum((select sum(r.held) from inventory.reservations r
             where r.level_id = l.id and (r.expires_at is null or r.expires_at > $2))), 0) held
           from inventory.stock_levels l where l.item_id = $1`,
          [itemId, shop.now()],
        );
        expect({ onHand: Number(row?.on_hand), held: Number(row?.held) }).toEqual({
          onHand: model.onHand,
          held: model.held(shop.now().valueOf()),
        });
        expect(model.onHand - model.held(shop.now().valueOf())).toBeGreaterThanOrEqual(0);
      }
      done += 1;
      if (done % CHECK_EVERY === 0) {
        expect(await shop.call(checkStock, {})).toMatchObject({ drifts: [] });
        console.log(`${done} of ${SEQUENCES} sequences`);
      }
    }),
    { seed: 20_261, numRuns: SEQUENCES, endOnFailure: true },
  );
  expect(await shop.call(checkStock, {})).toMatchObject({ drifts: [] });
}, 3_600_000);
