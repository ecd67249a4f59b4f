import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { must } from '@ashlar/kernel';
import type { DatabaseTarget } from '@ashlar/postgres';
import { proofSize, SECRET_KEY } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adjustStock } from './application/adjust-stock.ts';
import { checkStock } from './application/check-stock.ts';
import { issueStock } from './application/issue-stock.ts';
import { approveCount, startCount, submitCount } from './application/manage-counts.ts';
import { releaseHold } from './application/manage-holds.ts';
import { startTransfer } from './application/manage-transfers.ts';
import { dispatchTransfer, receiveTransfer } from './application/move-transfer.ts';
import { receiveStock } from './application/receive-stock.ts';
import { reserveStock } from './application/reserve-stock.ts';
import { reverseDocument } from './application/reverse-document.ts';
import { writeOffTransfer } from './application/write-off-transfer.ts';
import type { Doom } from './crash-child.fixture.ts';
import { DocumentId, HoldId, type ItemId } from './domain/ids.ts';
import { openShop, type Shop } from './inventory.fixture.ts';

/** In every test run one command dies at one statement; at full length each command dies at each statement it has. */
const IS_FULL = proofSize('inventory-crash', { short: 0, full: 1 }) === 1;
const SHORT_STATEMENT = 5;
const MOST_STATEMENTS = 60;
const WANTED_STATEMENTS = 50;

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
  'approve a count': async (itemId) => {
    const { id: countId } = await shop.call(startCount, { locationId: shop.shelf });
    await shop.call(submitCount, { countId, lines: [{ itemId, quantity: pieces(7) }] });
    return { useCase: approveCount, input: { countId } };
  },
  'write off': async (itemId) => {
    const transferId = await transfer(itemId);
    await shop.call(dispatchTransfer, { transferId });
    return { useCase: writeOffTransfer, input: { transferId, reason: 'crash' } };
  },
  arrive: async (itemId) => {
    const transferId = await transfer(itemId);
    await shop.call(dispatchTransfer, { transferId });
    return { useCase: receiveTransfer, input: { transferId } };
  },
};

/** Sends a command from a process of its own. @returns At what that died on the way; null when it lived. */
async function sendAndDie(doom: Doom): Promise<string | null> {
  const child = fork(new URL('crash-child.fixture.ts', import.meta.url), {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  const ended = once(child, 'exit');
  const lastWords = child.stdout === null ? '' : text(child.stdout);
  child.send(doom);
  const [, signal] = (await ended) as [number | null, string | null];
  return signal === 'SIGKILL' ? lastWords : null;
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

interface Crash {
  readonly prepare: Prepare;
  readonly statement: number;
  readonly when: Doom['when'];
}

/**
 * Lets a command die, looks at the books, and sends it again under its key.
 *
 * @returns At what it died; null when it had fewer statements.
 */
async function crash({ prepare, statement, when }: Crash): Promise<string | null> {
  const itemId = await shop.addItem();
  await shop.stock(itemId, 10, 1000);
  const { useCase, input } = await prepare(itemId);
  const before = await books(itemId);
  const idempotencyKey = randomUUID();
  const command = { useCase: useCase.name, input, idempotencyKey };
  const at = await sendAndDie({ target: targetOfChild(), ...command, statement, when });
  if (at === null) return null;
  expect(await shop.call(checkStock, {})).toMatchObject({ drifts: [] });
  const after = await books(itemId);
  await shop.project.useCases.invoke(useCase.name, input, {
    database: shop.project.test.database,
    caller: SECRET_KEY,
    via: 'test',
    requestId: randomUUID(),
    idempotencyKey,
  });
  const done = await books(itemId);
  expect(done).not.toEqual(before);
  // The last statement travels with the commit: then it may be done, and otherwise nothing is.
  expect([before, done]).toContainEqual(after);
  expect(await shop.call(checkStock, {})).toMatchObject({ drifts: [] });
  return at;
}

test('a process killed at any statement of a command leaves nothing half done, and the command can be sent again', async () => {
  const points: string[] = [];
  /** What was being done, by name, however often a command does it. */
  const statements = new Set<string>();
  const strike = async (name: string, { statement, when, prepare }: Crash): Promise<boolean> => {
    const at = await crash({ prepare, statement, when });
    if (at === null) return false;
    points.push(`${name}, ${when} statement ${statement}: ${at}`);
    statements.add(`${name}: ${at}`);
    return true;
  };
  for (const [name, prepare] of Object.entries(prepared).slice(0, IS_FULL ? undefined : 1)) {
    const [first, last] = IS_FULL ? [1, MOST_STATEMENTS] : [SHORT_STATEMENT, SHORT_STATEMENT];
    for (let statement = first; statement <= last; statement += 1) {
      if (IS_FULL && !(await strike(name, { prepare, statement, when: 'before' }))) break;
      if (!(await strike(name, { prepare, statement, when: 'after' }))) break;
    }
  }
  console.log(`${points.join('\n')}\nkilled at ${points.length} points, at ${statements.size} different statements`);
  expect(statements.size).toBeGreaterThanOrEqual(IS_FULL ? WANTED_STATEMENTS : 1);
}, 3_600_000);
