import { DEFAULT_ORG } from '@ashlar/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkStock } from './application/check-stock.ts';
import { issueStock } from './application/issue-stock.ts';
import { releaseHold } from './application/manage-holds.ts';
import { blockLot } from './application/manage-lots.ts';
import { ledgerValue, stockValue } from './application/read-costs.ts';
import { receiveStock } from './application/receive-stock.ts';
import { availability } from './application/read-stock.ts';
import { setMinimum } from './application/set-minimum.ts';
import { trackItem } from './application/track-item.ts';
import { HoldId, type ItemId, LotId } from './domain/ids.ts';
import { openShop, type Shop } from './inventory.fixture.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(async () => {
  expect(await shop.call(checkStock, {})).toMatchObject({ drifts: [] });
  await shop[Symbol.asyncDispose]();
});

const pieces = (count: number) => ({ value: String(count), uom: 'pcs' });
const line = (itemId: ItemId, count: number) => ({ itemId, locationId: shop.shelf, quantity: pieces(count) });
const usd = (minor: number) => ({ amount: String(minor), currency: 'USD' });

/** What was told of an item under this type, in order. */
async function told(type: string, itemId: ItemId): Promise<readonly object[]> {
  const events = await shop.project.events();
  return events.flatMap((event) => {
    const data = event.data as { readonly itemId?: string };
    return event.type === type && data.itemId === itemId ? [data] : [];
  });
}
const levels = (itemId: ItemId) => told('inventory.stock.level_changed', itemId);
const lows = (itemId: ItemId) => told('inventory.stock.low', itemId);

describe('what is told of levels', () => {
  test('every command that changes a level tells once how it stands, however many lines it has', async () => {
    const itemId = await shop.addItem();
    await shop.call(receiveStock, {
      lines: [
        { ...line(itemId, 6), cost: usd(600) },
        { ...line(itemId, 4), cost: usd(400) },
      ],
    });
    const holdId = HoldId.parse(await shop.hold(itemId, 3));
    await shop.call(issueStock, { holdId, lines: [line(itemId, 1)] });
    await shop.call(releaseHold, { holdId });
    expect(await levels(itemId)).toMatchObject([
      { onHand: pieces(10), held: pieces(0), available: pieces(10), pickable: true },
      { onHand: pieces(10), held: pieces(3), available: pieces(7) },
      { onHand: pieces(9), held: pieces(2), available: pieces(7) },
      { onHand: pieces(9), held: pieces(0), available: pieces(9) },
    ]);
  });

  test('lots are added up, a blocked one is not available, and a refused command tells nothing', async () => {
    const itemId = await shop.addItem({ tracking: 'lot' });
    const receive = (code: string, count: number) =>
      shop.call(receiveStock, { lines: [{ ...line(itemId, count), cost: usd(100), lot: { code } }] });
    await receive('A', 5);
    await receive('B', 2);
    const [lot] = await shop.project.test.sql<{ id: string }>(
      `select id from inventory.lots where item_id = $1 and code = 'A'`,
      [itemId],
    );
    await shop.call(blockLot, { lotId: LotId.parse(lot?.id), reason: 'looks odd' });
    await expect(shop.hold(itemId, 3)).rejects.toMatchObject({ code: 'inventory.insufficient_stock' });
    await shop.hold(itemId, 1);
    expect(await levels(itemId)).toMatchObject([
      { onHand: pieces(5), available: pieces(5) },
      { onHand: pieces(7), available: pieces(7) },
      { onHand: pieces(7), available: pieces(2) },
      { onHand: pieces(7), held: pieces(1), available: pieces(1) },
    ]);
  });

  test('little stock is told once until there is enough again, whoever took it', async () => {
    const itemId = await shop.addItem();
    await shop.stock(itemId, 10);
    await shop.call(setMinimum, { itemId, locationId: shop.shelf, minimum: pieces(5) });
    await shop.hold(itemId, 5);
    expect(await lows(itemId)).toEqual([]);
    await shop.hold(itemId, 1);
    await shop.hold(itemId, 1);
    expect(await lows(itemId)).toMatchObject([{ available: pieces(4), minimum: pieces(5) }]);
    await shop.stock(itemId, 10);
    await shop.call(issueStock, { lines: [line(itemId, 9)] });
    expect(await lows(itemId)).toMatchObject([{ available: pieces(4) }, { available: pieces(4) }]);
    await shop.call(setMinimum, { itemId, locationId: shop.shelf, minimum: null });
    await shop.call(issueStock, { lines: [line(itemId, 1)] });
    expect(await lows(itemId)).toHaveLength(2);
  });

  test('two commands that take different lots at once tell together what neither would alone', async () => {
    const itemId = await shop.addItem({ tracking: 'lot' });
    for (const code of ['A', 'B']) {
      await shop.call(receiveStock, { lines: [{ ...line(itemId, 5), cost: usd(500), lot: { code } }] });
    }
    await shop.call(setMinimum, { itemId, locationId: shop.shelf, minimum: pieces(5) });
    const lots = await shop.project.test.sql<{ id: string }>('select id from inventory.lots where item_id = $1', [
      itemId,
    ]);
    await Promise.all(
      lots.map(({ id }) => shop.call(issueStock, { lines: [{ ...line(itemId, 3), lotId: LotId.parse(id) }] })),
    );
    expect(await lows(itemId)).toMatchObject([{ available: pieces(4) }]);
  });
});

describe('costs', () => {
  test('whoever may see them sees value, average and what each movement was worth, page by page', async () => {
    const itemId = await shop.addItem();
    await shop.stock(itemId, 10, 5000);
    await shop.stock(itemId, 5, 3250);
    await shop.call(issueStock, { lines: [line(itemId, 8)] });
    await shop.stock(itemId, 2, 100, shop.backRoom);
    const accountant = await shop.project.addMember(['inventory.read-cost']);
    const first = await shop.call(stockValue, { itemId, limit: 1 }, { as: accountant });
    // 7 left of 82.50 after 8 left with 44.00.
    expect(first).toMatchObject({
      places: [
        {
          locationId: shop.shelf,
          onHand: { micros: 7_000_000n },
          value: { amountMinor: 3850n, currency: 'USD' },
          average: { minorMicros: 550_000_000n },
        },
      ],
    });
    const rest = await shop.call(stockValue, { itemId, limit: 1, after: first.next ?? '' }, { as: accountant });
    expect(rest).toMatchObject({ places: [{ locationId: shop.backRoom, value: { amountMinor: 100n } }], next: null });

    // The secret key reads as the suite does.
    expect((await shop.call(stockValue, { itemId })).places).toHaveLength(2);

    const worth: bigint[] = [];
    let after: string | null = null;
    do {
      const more: object = after === null ? {} : { after };
      const page: Awaited<ReturnType<typeof readLedger>> = await readLedger(itemId, more, accountant);
      worth.push(...page.entries.map(({ value }) => value.amountMinor));
      after = page.next;
    } while (after !== null);
    expect(worth).toEqual([5000n, 3250n, -4400n, 100n]);
  });

  test('others see no cost: not by the queries, not in the views, not of another organisation', async () => {
    const itemId = await shop.addItem();
    await shop.stock(itemId, 1);
    const reader = await shop.project.addMember(['inventory.read']);
    await expect(shop.call(stockValue, { itemId }, { as: reader })).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(shop.call(ledgerValue, { itemId }, { as: reader })).rejects.toMatchObject({ kind: 'forbidden' });
    const orgId = await shop.project.addOrganisation('cost-rival');
    const rival = await shop.project.addMember(['inventory.*'], orgId);
    expect(await shop.call(stockValue, { itemId }, { as: rival })).toEqual({ places: [], next: null });
    expect(await shop.call(ledgerValue, { itemId }, { as: rival })).toEqual({ entries: [], next: null });
    for (const caller of [reader, rival]) {
      for (const view of ['level_costs', 'ledger_costs']) {
        const { rows } = await shop.project.test.database.call({
          login: 'authenticator',
          role: caller.role,
          readOnly: true,
          connection: 'own',
          settings: [['request.jwt.claims', JSON.stringify(caller.claims)]],
          statement: {
            text: `select count(*)::text as count from inventory.${view} where item_id = $1`,
            values: [itemId],
          },
        });
        expect({ view, rows }).toEqual({ view, rows: [['0']] });
      }
    }
  });
});

describe('another organisation', () => {
  test('sees none of this stock and reaches none of it', async () => {
    const itemId = await shop.addItem();
    await shop.stock(itemId, 1);
    const orgId = await shop.project.addOrganisation('rival');
    const rival = await shop.project.addMember(['inventory.*'], orgId);
    await expect(shop.call(availability, { itemId }, { as: rival })).rejects.toMatchObject({
      code: 'inventory.item_unknown',
    });
    const theft = shop.call(issueStock, { lines: [line(itemId, 1)] }, { as: rival });
    await expect(theft).rejects.toMatchObject({ code: 'inventory.item_unknown' });
    const squat = shop.call(trackItem, { itemId, sku: 'mine', currency: 'USD' }, { as: rival });
    await expect(squat).rejects.toThrow();
    const tables = await shop.project.test.sql<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'inventory'`,
    );
    expect(tables.length).toBeGreaterThan(10);
    for (const { name } of tables) {
      await shop.project.test.sql(
        `begin; set local role inventory; select set_config('suites.org_id', '${orgId}', true)`,
      );
      const rows = await shop.project.test.sql<{ foreign: string }>(
        `select count(*) as foreign from inventory.${name} where org_id = '${DEFAULT_ORG}'`,
      );
      await shop.project.test.sql('rollback');
      expect({ name, foreign: rows[0]?.foreign }).toEqual({ name, foreign: '0' });
    }
  });

  test('people without the permission see no cost', async () => {
    const reader = await shop.project.addMember(['inventory.read']);
    await expect(shop.call(checkStock, {}, { as: reader })).rejects.toMatchObject({ code: 'common.permission_denied' });
    await shop.project.test.sql(`begin; set local role authenticated`);
    await expect(shop.project.test.sql('select value from inventory.stock_levels')).rejects.toThrow(
      /permission denied/,
    );
    await shop.project.test.sql('rollback');
  });
});

function readLedger(itemId: ItemId, more: object, as: Awaited<ReturnType<Shop['project']['addMember']>>) {
  return shop.call(ledgerValue, { itemId, limit: 2, ...more }, { as });
}
