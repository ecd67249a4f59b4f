import { randomUUID } from 'node:crypto';
import { DEFAULT_ORG } from '@ashlar/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adjustStock, adjustStockApproved } from './application/adjust-stock.ts';
import { checkStock } from './application/check-stock.ts';
import { importStock } from './application/import-stock.ts';
import { issueStock, issueUnfitStock } from './application/issue-stock.ts';
import { approveCount, startCount, submitCount } from './application/manage-counts.ts';
import { blockLot, clearLot, recallLot } from './application/manage-lots.ts';
import { setPolicy } from './application/manage-places.ts';
import { cancelTransfer, startTransfer } from './application/manage-transfers.ts';
import { dispatchTransfer, receiveTransfer } from './application/move-transfer.ts';
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
const startMove = (itemId: ItemId, count: number) =>
  shop.call(startTransfer, {
    fromLocationId: shop.shelf,
    toLocationId: shop.backRoom,
    lines: [{ itemId, quantity: pieces(count) }],
  });

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
    await shop.call(issueUnfitStock, { reason: 'for the animals', lines: [{ ...line(itemId, 1), lotId: gone }] });
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

test('a serial is in one place or none', async () => {
  const itemId = await shop.addItem({ tracking: 'serial' });
  const receive = (serials: string[], count = serials.length) =>
    shop.call(receiveStock, { lines: [{ ...line(itemId, count), cost: usd(1000), serials }] });
  await expect(receive(['A'], 2)).rejects.toMatchObject({ code: 'inventory.serial_count_differs' });
  await receive(['A', 'B', 'C']);
  await expect(receive(['C'])).rejects.toMatchObject({ code: 'inventory.serial_duplicate' });
  expect(await shop.level(itemId)).toMatchObject({ onHand: 3, value: 1000 });
  await issue(itemId, 1, { serials: ['B'] });
  await expect(issue(itemId, 1, { serials: ['B'] })).rejects.toMatchObject({ code: 'inventory.serial_unknown' });
  await receive(['B']);
  expect(await shop.level(itemId)).toMatchObject({ onHand: 3 });
});

describe('transfers', () => {
  test('keep quantity and value, in parts and in transit', async () => {
    const itemId = await shop.addItem();
    await shop.stock(itemId, 3, 1000);
    const { id: transferId } = await startMove(itemId, 3);
    expect(await shop.level(itemId)).toMatchObject({ onHand: 3 });
    await shop.call(dispatchTransfer, { transferId });
    expect(await shop.level(itemId)).toMatchObject({ onHand: 0, value: 0 });
    const some = { transferId, lines: [{ line: 1, quantity: '1' }] };
    expect(await shop.call(receiveTransfer, some)).toMatchObject({ state: 'in_transit' });
    expect(await shop.level(itemId, shop.backRoom)).toMatchObject({ onHand: 1, value: 333 });
    const more = shop.call(receiveTransfer, { transferId, lines: [{ line: 1, quantity: '3' }] });
    await expect(more).rejects.toMatchObject({ code: 'inventory.over_receipt' });
    expect(await shop.call(receiveTransfer, { transferId })).toMatchObject({ state: 'received' });
    expect(await shop.level(itemId, shop.backRoom)).toMatchObject({ onHand: 3, value: 1000 });
  });

  test('leave only with what is free, and can be given up before', async () => {
    const itemId = await shop.addItem();
    await shop.stock(itemId, 3);
    await shop.hold(itemId, 1);
    const { id: transferId } = await startMove(itemId, 3);
    await expect(shop.call(dispatchTransfer, { transferId })).rejects.toMatchObject({
      code: 'inventory.insufficient_stock',
    });
    await shop.call(cancelTransfer, { transferId });
    await expect(shop.call(dispatchTransfer, { transferId })).rejects.toMatchObject({
      code: 'common.illegal_transition',
    });
    const lines = [{ itemId, quantity: pieces(1) }];
    const nowhere = shop.call(startTransfer, { fromLocationId: shop.shelf, toLocationId: shop.shelf, lines });
    await expect(nowhere).rejects.toMatchObject({ code: 'inventory.same_location' });
  });
});

test('selling goes on during a count, and somebody else approves it', async () => {
  const itemId = await shop.addItem();
  await shop.stock(itemId, 10, 1000);
  const clerk = await shop.project.addMember(['inventory.count', 'inventory.approve']);
  const chief = await shop.project.addMember(['inventory.approve']);
  const { id: countId } = await shop.call(startCount, { locationId: shop.shelf }, { as: clerk });
  await expect(shop.call(startCount, { locationId: shop.shelf })).rejects.toMatchObject({
    code: 'inventory.count_open_elsewhere',
  });
  await issue(itemId, 2);
  // 8 by the ledger when 7 are found; one more is sold before anybody looks at it.
  await shop.call(submitCount, { countId, lines: [{ itemId, quantity: pieces(7) }] }, { as: clerk });
  await issue(itemId, 1);
  await expect(shop.call(approveCount, { countId }, { as: clerk })).rejects.toMatchObject({
    code: 'inventory.self_approval',
  });
  await shop.call(approveCount, { countId }, { as: chief });
  expect(await shop.level(itemId)).toMatchObject({ onHand: 6, value: 600 });
});

test('opening stock comes in by codes, once per batch', async () => {
  const itemId = await shop.addItem();
  const row = { sku: `sku-${itemId}`, location: 'SHELF', quantity: pieces(4), cost: usd(400) };
  const wrong = { ...row, location: 'NOWHERE' };
  const batch = randomUUID();
  const half = { ...row, quantity: pieces('0.5') };
  const dear = { ...row, cost: { amount: '1', currency: 'EUR' } };
  const all = shop.call(importStock, { batch, rows: [row, wrong, half, { ...row, cost: usd(0) }, dear] });
  await expect(all).rejects.toMatchObject({
    code: 'inventory.rows_wrong',
    params: { wrong: 4, rows: 5 },
    fields: [
      { pointer: '/rows/1', code: 'inventory.location_unknown' },
      { pointer: '/rows/2', code: 'common.uom_fraction' },
      { pointer: '/rows/3', code: 'inventory.cost_required' },
      { pointer: '/rows/4', code: 'common.currency_mismatch' },
    ],
  });
  const input = { batch, rows: [row, wrong], onlyValid: true };
  const tried = await shop.call(importStock, input, { dryRun: true });
  expect(tried).toMatchObject({ imported: 1, rowErrors: [{ row: 2, code: 'inventory.location_unknown' }] });
  expect(await shop.level(itemId)).toMatchObject({ onHand: 0 });
  const { documentId } = await shop.call(importStock, input);
  expect(await shop.call(importStock, input)).toEqual({ documentId, imported: 0, rowErrors: [] });
  expect(await shop.level(itemId)).toMatchObject({ onHand: 4, value: 400 });
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
