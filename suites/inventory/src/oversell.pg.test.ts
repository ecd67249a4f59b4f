import { loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';
import { AshlarError } from '@ashlar/kernel';
import { proofSize, startTestCluster, type TestCluster } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkStock } from './application/check-stock.ts';
import type { ItemId } from './domain/ids.ts';
import { openShop, type Shop } from './inventory.fixture.ts';

const ROUNDS = proofSize('inventory-oversell', { short: 2, full: 100 });
/** Holds that are granted and committed, spread over items so that they seldom wait for one row. */
const GRANTS = proofSize('inventory-oversell', { short: 64, full: 10_000 });
const AT_ONCE = 16;
const BUYERS = 200;
const PIECES = 10;

/** At full length every commit waits for the disk, as it does where people buy. */
const IS_DURABLE = proofSize('inventory-oversell', { short: 0, full: 1 }) === 1;

let shop: Shop;
let own: TestCluster | undefined;
beforeAll(async () => {
  own = IS_DURABLE ? await startTestCluster({ durability: 'full' }) : undefined;
  shop = await openShop(own === undefined ? {} : { cluster: own.cluster });
}, 120_000);
afterAll(async () => {
  await shop?.[Symbol.asyncDispose]();
  await own?.close();
});

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
  const [{ fsync } = { fsync: '' }] = await shop.project.test.sql<{ fsync: string }>('show fsync');
  expect(fsync).toBe(IS_DURABLE ? 'on' : 'off');
  times.sort((left, right) => left - right);
  const at = (share: number): string => `${(times[Math.floor(times.length * share)] ?? 0).toFixed(0)} ms`;
  console.log(
    `${loadavg()[0]?.toFixed(1)} load; ${ROUNDS} rounds of ${BUYERS} buyers, fsync ${fsync}: p50 ${at(0.5)}, p99 ${at(0.99)}`,
  );
}, 600_000);

test('every one of many who want what there is plenty of gets it', async () => {
  const items = await Promise.all(Array.from({ length: AT_ONCE }, () => shop.addItem()));
  for (const itemId of items) await shop.stock(itemId, GRANTS);
  const begun = performance.now();
  let asked = 0;
  const buyer = async (): Promise<void> => {
    while (asked < GRANTS) {
      const itemId = items[asked % items.length];
      asked += 1;
      if (itemId !== undefined) await buy(itemId);
    }
  };
  await Promise.all(items.map(buyer));
  const seconds = (performance.now() - begun) / 1000;
  let held = 0;
  for (const itemId of items) held += (await shop.level(itemId)).reserved;
  expect(held).toBe(GRANTS);
  expect(await shop.call(checkStock, {})).toMatchObject({ drifts: [] });
  console.log(`${loadavg()[0]?.toFixed(1)} load; ${AT_ONCE} at once: ${(GRANTS / seconds).toFixed(0)} holds a second`);
}, 600_000);
