import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adjustStock, adjustStockApproved } from './application/adjust-stock.ts';
import { checkStock } from './application/check-stock.ts';
import { expiringLots } from './application/expiring-lots.ts';
import { issueStock, issueUnfitStock } from './application/issue-stock.ts';
import { blockLot, clearLot, recallLot } from './application/manage-lots.ts';
import { setPolicy } from './application/set-policy.ts';
import { availability, ledgerCard, stockAsOf } from './application/read-stock.ts';
import { receiveStock } from './application/receive-stock.ts';
import { reverseDocument } from './application/reverse-document.ts';
import { trackItem } from './application/track-item.ts';
import { DocumentId, type ItemId, LotId } from './domain/ids.ts';
import { openShop, type Shop } from './inventory.fixture.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(async () => {
  // Whatever the tests of this file did, the books are in order.
  expect(await shop.call(checkStock, {})).toMatchObject({ drifts: [] });
  await shop[Symbol.asyncDispose]();
});

const pieces = (count: number | string, uom = 'pcs') => ({ value: String(count), uom });
const usd = (minor: number) => ({ amount: String(minor), currency: 'USD' });
const line = (itemId: ItemId, count: number) => ({ itemId, locationId: shop.shelf, quantity: pieces(count) });
const issue = (itemId: ItemId, count: number, more = {}) =>
  shop.call(issueStock, { lines: [{ ...line(itemId, count), ...more }] });

const receiveLot = async (itemId: ItemId, code: string, count: number, expiresOn: string) => {
  const lot = { code, expiresOn };
  await shop.call(receiveStock, { lines: [{ ...line(itemId, count), cost: usd(count * 100), lot }] });
  const [row] = await shop.project.test.sql<{ id: string }>(
    'select id from inventory.lots where item_id = $1 and code = $2',
    [itemId, code],
  );
  return LotId.parse(row?.id);
};

describe('receipts and issues', () => {
  test('the value follows the moving average through the ledger', async () => {
    const itemId = await shop.addItem();
    await shop.stock(itemId, 10, 5000);
    await shop.stock(itemId, 5, 3250);
    const issued = await issue(itemId, 8);
    expect(issued.lines).toEqual([{ line: 1, value: { amountMinor: -4400n, currency: 'USD' } }]);
    expect(await shop.level(itemId)).toMatchObject({ onHand: 7, value: 3850 });
  });

  test('a box is so many pieces, exactly or not at all', async () => {
    const itemId = await shop.addItem({
      units: [
        { uom: 'box', num: '12' },
        { uom: 'third', num: '1', den: '3' },
      ],
    });
    const receive = (quantity: { value: string; uom: string }) =>
      shop.call(receiveStock, { lines: [{ itemId, locationId: shop.shelf, quantity, cost: usd(100) }] });
    await receive(pieces(2, 'box'));
    expect(await shop.level(itemId)).toMatchObject({ onHand: 24 });
    await expect(receive(pieces('0.5'))).rejects.toMatchObject({ code: 'common.uom_fraction' });
    await expect(receive(pieces(1, 'third'))).rejects.toMatchObject({ code: 'common.uom_not_exact' });
    await expect(receive(pieces(1, 'kg'))).rejects.toMatchObject({ code: 'common.uom_incompatible' });
    await expect(receive(pieces('0.1234567'))).rejects.toMatchObject({ code: 'common.invalid_input' });
    await expect(receive(pieces(-1))).rejects.toMatchObject({ code: 'common.invalid_input' });
  });

  test('names and codes that pose as others are refused, and codes are kept in Latin digits', async () => {
    const itemId = await shop.addItem();
    const item = { itemId, currency: 'USD' as const };
    for (const wrong of [{ sku: 'A\u202eB' }, { sku: 'A B' }, { sku: 'A', title: { en: '<b>A</b>' } }]) {
      await expect(shop.call(trackItem, { ...item, ...wrong })).rejects.toMatchObject({ code: 'common.invalid_input' });
    }
    await shop.call(trackItem, { ...item, sku: 'CUP-١٢' });
    const [kept] = await shop.project.test.sql<{ sku: string }>('select sku from inventory.items where id = $1', [
      itemId,
    ]);
    expect(kept).toEqual({ sku: 'CUP-12' });
  });

  test('what came in has a cost, in the currency of the item', async () => {
    const itemId = await shop.addItem();
    const receive = (cost?: { amount: string; currency: string }) =>
      shop.call(receiveStock, { lines: [{ ...line(itemId, 1), ...(cost && { cost }) }] });
    await expect(receive()).rejects.toMatchObject({ code: 'inventory.cost_required' });
    await expect(receive(usd(0))).rejects.toMatchObject({ code: 'inventory.cost_required' });
    await expect(receive({ amount: '5', currency: 'EUR' })).rejects.toMatchObject({ code: 'common.currency_mismatch' });
  });

  test('nothing is posted into a closed period', async () => {
    const itemId = await shop.addItem();
    await shop.stock(itemId, 1);
    await shop.call(setPolicy, { closedUntil: '2020-12-31' });
    const late = shop.call(issueStock, { postingDate: '2020-12-31', lines: [line(itemId, 1)] });
    await expect(late).rejects.toMatchObject({ code: 'inventory.period_closed' });
    await shop.call(setPolicy, {});
  });

  test('backdating moves what was on hand on a day, and no cost', async () => {
    const itemId = await shop.addItem();
    await shop.stock(itemId, 10, 5000);
    await issue(itemId, 4);
    const receipt = { ...line(itemId, 10), cost: usd(7000) };
    await shop.call(receiveStock, { postingDate: '2024-01-05', lines: [receipt] });
    expect(await shop.level(itemId)).toMatchObject({ onHand: 16, value: 10_000 });
    const then = await shop.call(stockAsOf, { itemId, date: '2024-06-30' });
    expect(then.places).toMatchObject([{ onHand: { micros: 10_000_000n } }]);
  });

  test('documents of a year are numbered without gaps, also when some are refused', async () => {
    const itemId = await shop.addItem();
    const date = '1999-03-01';
    const receive = (count: number) =>
      shop.call(receiveStock, { postingDate: date, lines: [{ ...line(itemId, count), cost: usd(100) }] });
    expect((await receive(2)).number).toBe('receipt/1999/1');
    await shop.call(issueStock, { postingDate: date, lines: [line(itemId, 3)] }).catch(() => undefined);
    expect((await receive(1)).number).toBe('receipt/1999/2');
    const { number } = await shop.call(issueStock, { postingDate: date, lines: [line(itemId, 3)] });
    expect(number).toBe('issue/1999/1');
  });

  test('an item that has moved keeps its unit and tracking', async () => {
    const itemId = await shop.addItem();
    const item = { itemId, sku: `SKU-${itemId}`, currency: 'USD' as const };
    await shop.call(trackItem, { ...item, tracking: 'lot' });
    await shop.call(trackItem, { ...item, tracking: 'none' });
    await shop.stock(itemId, 1);
    await expect(shop.call(trackItem, { ...item, expectedVersion: 1 })).rejects.toMatchObject({
      code: 'common.stale_version',
    });
    const change = shop.call(trackItem, { ...item, baseUom: 'kg' });
    await expect(change).rejects.toMatchObject({ code: 'inventory.frozen_field' });
  });
});

describe('the ledger', () => {
  test('cannot be changed, by whomever', async () => {
    const itemId = await shop.addItem();
    await shop.stock(itemId, 1);
    for (const text of [
      'update inventory.stock_ledger set qty_delta = 9',
      'delete from inventory.documents',
      'truncate inventory.stock_ledger',
    ]) {
      await expect(shop.project.test.sql(text)).rejects.toThrow(/append-only|cannot truncate/);
    }
  });

  test('the role of the suite moves no balance by its own hand', async () => {
    await expect(
      shop.project.test.sql('begin; set local role inventory; update inventory.stock_levels set on_hand = 1000'),
    ).rejects.toThrow(/permission denied/);
    await shop.project.test.sql('rollback');
  });

  test('the database itself refuses to oversell', async () => {
    const itemId = await shop.addItem();
    await shop.stock(itemId, 1);
    const oversell = shop.project.test.sql(
      `insert into inventory.reservations (id, org_id, hold_id, line_no, level_id, source_type, source_id, qty)
       select gen_random_uuid(), org_id, gen_random_uuid(), 1, id, 'order', 'x', 2
       from inventory.stock_levels where item_id = $1`,
      [itemId],
    );
    await expect(oversell).rejects.toMatchObject({ constraint: 'nothing_oversold' });
  });

  test('the card shows what moved, the latest first', async () => {
    const itemId = await shop.addItem();
    await shop.stock(itemId, 3);
    await issue(itemId, 1);
    const { entries } = await shop.call(ledgerCard, { itemId });
    expect(entries.map(({ quantity }) => quantity.micros)).toEqual([-1_000_000n, 3_000_000n]);
    const page = await shop.call(ledgerCard, { itemId, before: entries[0]?.seq ?? '' });
    expect(page.entries).toHaveLength(1);
  });
});

test('a document is taken back once, at its own cost', async () => {
  const itemId = await shop.addItem();
  await shop.stock(itemId, 10, 5000);
  const documentId = DocumentId.parse(await shop.stock(itemId, 10, 7000));
  await shop.call(reverseDocument, { documentId, reason: 'delivered to the wrong shop' });
  expect(await shop.level(itemId)).toMatchObject({ onHand: 10, value: 5000 });
  const again = shop.call(reverseDocument, { documentId, reason: 'again' });
  await expect(again).rejects.toMatchObject({ code: 'inventory.already_reversed' });
});

describe('adjustments', () => {
  test('what is held for somebody cannot be gone', async () => {
    const itemId = await shop.addItem();
    await shop.stock(itemId, 3);
    await shop.hold(itemId, 2);
    const adjust = (count: number) =>
      shop.call(adjustStock, { reason: 'broken', lines: [{ ...line(itemId, count), direction: 'gone' }] });
    await expect(adjust(2)).rejects.toMatchObject({ code: 'inventory.insufficient_stock' });
    await adjust(1);
    expect(await shop.level(itemId)).toMatchObject({ onHand: 2, reserved: 2 });
  });

  test('above the limit somebody has to approve', async () => {
    const itemId = await shop.addItem();
    await shop.stock(itemId, 10, 10_000);
    await shop.call(setPolicy, { approvalLimit: '1500' });
    const input = { reason: 'stolen', lines: [{ ...line(itemId, 2), direction: 'gone' as const }] };
    await expect(shop.call(adjustStock, input)).rejects.toMatchObject({ code: 'inventory.approval_required' });
    await shop.call(adjustStockApproved, input);
    await shop.call(setPolicy, {});
    expect(await shop.level(itemId)).toMatchObject({ onHand: 8, value: 8000 });
  });
});

describe('lots', () => {
  test('what expires first is held first, and what has expired not at all', async () => {
    const itemId = await shop.addItem({ tracking: 'lot' });
    const late = await receiveLot(itemId, 'LATE', 5, '2199-12-31');
    const early = await receiveLot(itemId, 'EARLY', 2, '2199-01-31');
    const gone = await receiveLot(itemId, 'GONE', 9, '2020-01-31');
    await shop.hold(itemId, 3);
    const { places } = await shop.call(availability, { itemId });
    const held = new Map(places.map(({ lotId, held: one }) => [lotId, one.micros]));
    expect([held.get(early), held.get(late), held.get(gone)]).toEqual([2_000_000n, 1_000_000n, 0n]);
    await expect(shop.hold(itemId, 5)).rejects.toMatchObject({ code: 'inventory.insufficient_stock' });
    await expect(issue(itemId, 1, { lotId: gone })).rejects.toMatchObject({ code: 'inventory.lot_expired' });
    expect(places.find(({ lotId }) => lotId === gone)).toMatchObject({
      onHand: { micros: 9_000_000n },
      available: { micros: 0n },
    });
    const lines = [{ ...line(itemId, 1), lotId: gone }];
    await shop.call(issueUnfitStock, { reason: 'for the animals', source: { type: 'farm', id: 'F-1' }, lines });
    const card = await shop.call(ledgerCard, { itemId, lotId: gone });
    expect(card.entries).toMatchObject([{ source: { type: 'farm', id: 'F-1' } }, { source: null }]);
    const soon = await shop.call(expiringLots, { days: 30 });
    expect(soon.places.filter((place) => place.itemId === itemId)).toMatchObject([
      { lotId: gone, expiresOn: '2020-01-31' },
    ]);
  });

  test('nothing of a lot in quarantine is held or handed out until it is cleared', async () => {
    const itemId = await shop.addItem({ tracking: 'lot' });
    const lotId = await receiveLot(itemId, 'Q', 5, '2199-12-31');
    await shop.call(blockLot, { lotId, reason: 'smells' });
    await expect(shop.hold(itemId, 1)).rejects.toMatchObject({ code: 'inventory.insufficient_stock' });
    await expect(issue(itemId, 1, { lotId })).rejects.toMatchObject({ code: 'inventory.lot_blocked' });
    await shop.call(clearLot, { lotId, reason: 'smelled of something else' });
    await shop.hold(itemId, 1);
    await shop.call(recallLot, { lotId, reason: 'it was that after all' });
    await expect(shop.call(clearLot, { lotId, reason: 'no' })).rejects.toMatchObject({
      code: 'common.illegal_transition',
    });
  });

  test('an item kept by lot moves with its lot only', async () => {
    const itemId = await shop.addItem({ tracking: 'lot' });
    const bare = shop.call(receiveStock, { lines: [{ ...line(itemId, 1), cost: usd(1) }] });
    await expect(bare).rejects.toMatchObject({ code: 'inventory.lot_required' });
  });
});

const statusOf = async (itemId: ItemId, code: string) => {
  const found = await shop.project.test.sql<{ status: string }>(
    'select status from inventory.serials where item_id = $1 and code = $2',
    [itemId, code],
  );
  return found[0]?.status;
};

test('a serial is in one place or none, and its status says where it went', async () => {
  const itemId = await shop.addItem({ tracking: 'serial' });
  const receive = (serials: string[], count = serials.length) =>
    shop.call(receiveStock, { lines: [{ ...line(itemId, count), cost: usd(1000), serials }] });
  await expect(receive(['A'], 2)).rejects.toMatchObject({ code: 'inventory.serial_count_differs' });
  await receive(['A', 'B', 'C']);
  await expect(receive(['C'])).rejects.toMatchObject({ code: 'inventory.serial_duplicate' });
  expect(await shop.level(itemId)).toMatchObject({ onHand: 3, value: 1000 });
  await issue(itemId, 1, { serials: ['B'] });
  await expect(issue(itemId, 1, { serials: ['B'] })).rejects.toMatchObject({ code: 'inventory.serial_unknown' });
  expect(await statusOf(itemId, 'B')).toBe('sold');
  await receive(['B']);
  expect(await shop.level(itemId)).toMatchObject({ onHand: 3 });
  const gone = { ...line(itemId, 1), serials: ['C'], direction: 'gone' as const };
  await shop.call(adjustStock, { reason: 'broken', lines: [gone] });
  expect([await statusOf(itemId, 'B'), await statusOf(itemId, 'C')]).toEqual(['in_stock', 'scrapped']);
});
