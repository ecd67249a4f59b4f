import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { must } from '@ashlar/kernel';
import type { DatabaseTarget } from '@ashlar/postgres';
import { proofSize } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adjustStock } from './application/adjust-stock.ts';
import { checkStock } from './application/check-stock.ts';
import { issueStock } from './application/issue-stock.ts';
import { releaseHold } from './application/manage-holds.ts';
import { startTransfer } from './application/manage-transfers.ts';
import { dispatchTransfer, receiveTransfer } from './application/move-transfer.ts';
import { receiveStock } from './application/receive-stock.ts';
import { reserveStock } from './application/reserve-stock.ts';
import { reverseDocument } from './application/reverse-document.ts';
import type { Doom } from './crash-child.fixture.ts';
import { DocumentId, HoldId, type ItemId } from './domain/ids.ts';
import { openShop, type Shop } from './inventory.fixture.ts';

/** Statements of each command a process dies at; 99: all it has. */
const STATEMENTS = proofSize('inventory-crash', { short: 1, full: 99 });
const COMMANDS = proofSize('inventory-crash', { short: 1, full: 99 });

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop?.[Symbol.asyncDispose]());

type Prepare = (itemId: ItemId) => Promise<{ readonly useCase: { readonly name: string }; readonly input: object }>;

const pieces = (count: number) => ({ value: String(count), uom: 'pcs' });
const line = (itemId: ItemId) => ({ itemId, locationId: shop.shelf, quantity: pieces(3) });
const transfer = async (itemId: ItemId) =>
  (
    await shop.call(startTransfer, {
      fromLocationId: shop.shelf,
      toLocationId: shop.backRoom,
      lines: [{ itemId, quantity: pieces(3) }],
    })
  ).id;

/** Every command that moves or holds stock, ready to be sent once. */
const prepared: Readonly<Record<string, Prepare>> = {
  reserve: async (itemId) => ({
    useCase: reserveStock,
    input: { source: { type: 'order', id: 'crash' }, lines: [{ itemId, quantity: pieces(3) }] },
  }),
  'issue of a hold': async (itemId) => {
    const holdId = HoldId.parse(await shop.hold(itemId, 3));
    return { useCase: issueStock, input: { holdId, lines: [line(itemId)] } };
  },
  receive: async (itemId) => ({
    useCase: receiveStock,
    input: { lines: [{ ...line(itemId), cost: { amount: '100', currency: 'USD' } }] },
  }),
  adjust: async (itemId) => ({
    useCase: adjustStock,
    input: { reason: 'crash', lines: [{ ...line(itemId), direction: 'gone' }] },
  }),
  release: async (itemId) => ({
    useCase: releaseHold,
    input: { holdId: HoldId.parse(await shop.hold(itemId, 3)) },
  }),
  reverse: async (itemId) => ({
    useCase: reverseDocument,
    input: { documentId: DocumentId.parse(await shop.stock(itemId, 5)), reason: 'crash' },
  }),
  dispatch: async (itemId) => ({ useCase: dispatchTransfer, input: { transferId: await transfer(itemId) } }),
  arrive: async (itemId) => {
    const transferId = await transfer(itemId);
    await shop.call(dispatchTransfer, { transferId });
    return { useCase: receiveTransfer, input: { transferId } };
  },
};

/** Sends a command from a process of its own. @returns Whether that died on the way. */
async function sendAndDie(doom: Doom): Promise<boolean> {
  const child = fork(new URL('crash-child.fixture.ts', import.meta.url), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  const ended = once(child, 'exit');
  child.send(doom);
  const [, signal] = (await ended) as [number | null, string | null];
  return signal === 'SIGKILL';
}

/** Logins are looked up one by one as they are made; a copy for another process names the one it needs. */
function targetOfChild(): DatabaseTarget {
  const { target } = shop.project.test;
  return {
    ...target,
    services: new Map([['inventory', must(target.services?.get('inventory'), 'the login of the suite')]]),
  };
}

const books = (itemId: ItemId) =>
  shop.project.test.sql(
    `select location_id, on_hand, reserved, value from inventory.stock_levels where item_id = $1 order by location_id`,
    [itemId],
  );

test('a process killed at any statement of a command leaves nothing half done, and the command can be sent again', async () => {
  const points: string[] = [];
  for (const [name, prepare] of Object.entries(prepared).slice(0, COMMANDS)) {
    let alive = false;
    for (let statement = STATEMENTS === 99 ? 1 : 5; !alive && statement <= 60; statement += 1) {
      for (const when of ['before', 'after'] as const) {
        const itemId = await shop.addItem();
        await shop.stock(itemId, 10, 1000);
        const { useCase, input } = await prepare(itemId);
        const before = await books(itemId);
        const idempotencyKey = randomUUID();
        const died = await sendAndDie({
          target: targetOfChild(),
          useCase: useCase.name,
          input,
          idempotencyKey,
          statement,
          when,
        });
        if (!died) {
          alive = true;
          break;
        }
        points.push(`${name}, ${when} statement ${statement}`);
        expect(await shop.call(checkStock, {})).toMatchObject({ drifts: [] });
        // The last statement travels with the commit: then it may be done, and otherwise nothing is.
        const after = JSON.stringify(await books(itemId));
        await shop.project.useCases.invoke(useCase.name, input, {
          database: shop.project.test.database,
          caller: { role: 'service_role', claims: { role: 'service_role' } },
          via: 'test',
          requestId: randomUUID(),
          idempotencyKey,
        });
        const done = JSON.stringify(await books(itemId));
        expect([JSON.stringify(before), done]).toContain(after);
        expect(done).not.toBe(JSON.stringify(before));
      }
      if (STATEMENTS === 1) break;
    }
  }
  if (STATEMENTS === 99) expect(points.length).toBeGreaterThanOrEqual(50);
  expect(points.length).toBeGreaterThan(0);
  console.log(`killed at ${points.length} points`);
}, 3_600_000);
