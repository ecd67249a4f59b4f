import { performance } from 'node:perf_hooks';
import { AshlarError } from '@ashlar/kernel';
import { proofSize } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkStock } from './application/check-stock.ts';
import type { ItemId } from './domain/ids.ts';
import { openShop, type Shop } from './inventory.fixture.ts';

const ROUNDS = proofSize('inventory-oversell', { short: 3, full: 100 });
const BUYERS = 200;
const PIECES = 10;

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop?.[Symbol.asyncDispose]());

/** A buyer who is told to come again does; only a full house says so. */
async function buy(itemId: ItemId): Promise<string> {
  for (;;) {
    try {
      return await shop.hold(itemId, 1);
    } catch (error) {
      if (!(error instanceof AshlarError && error.retryable)) throw error;
    }
  }
}

test('of 200 who want one of the last 10 at once, exactly 10 get it', async () => {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const itemId = await shop.addItem();
    await shop.stock(itemId, PIECES);
    const answers = await Promise.allSettled(
      Array.from({ length: BUYERS }, async () => {
        const begun = performance.now();
        try {
          return await buy(itemId);
        } finally {
          times.push(performance.now() - begun);
        }
      }),
    );
    const refusals = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [answer.reason as { code: string }] : [],
    );
    expect(refusals.map(({ code }) => code)).toEqual(
      Array<string>(BUYERS - PIECES).fill('inventory.insufficient_stock'),
    );
    expect(await shop.level(itemId)).toMatchObject({ onHand: PIECES, reserved: PIECES });
  }
  expect(await shop.call(checkStock, {})).toMatchObject({ drifts: [] });
  times.sort((left, right) => left - right);
  const at = (share: number): string => `${(times[Math.floor(times.length * share)] ?? 0).toFixed(0)} ms`;
  console.log(`${ROUNDS} rounds of ${BUYERS} buyers: p50 ${at(0.5)}, p99 ${at(0.99)}`);
}, 600_000);
