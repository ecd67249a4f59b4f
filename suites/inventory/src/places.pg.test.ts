import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkStock } from './application/check-stock.ts';
import { countSheet } from './application/count-sheet.ts';
import { exportStock } from './application/export-stock.ts';
import { importStock } from './application/import-stock.ts';
import { issueStock } from './application/issue-stock.ts';
import { approveCount, startCount, submitCount } from './application/manage-counts.ts';
import { changeLocation, changeWarehouse } from './application/manage-places.ts';
import { cancelTransfer, startTransfer } from './application/manage-transfers.ts';
import { dispatchTransfer, receiveTransfer } from './application/move-transfer.ts';
import { receiveStock } from './application/receive-stock.ts';
import { reverseDocument } from './application/reverse-document.ts';
import { writeOffTransfer } from './application/write-off-transfer.ts';
import { DocumentId, type ItemId } from './domain/ids.ts';
import { openShop, type Shop } from './inventory.fixture.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(async () => {
  expect(await shop.call(checkStock, {})).toMatchObject({ drifts: [] });
  await shop[Symbol.asyncDispose]();
});

const pieces = (count: number | string, uom = 'pcs') => ({ value: String(count), uom });
const usd = (minor: number) => ({ amount: String(minor), currency: 'USD' });
const issue = (itemId: ItemId, count: number) =>
  shop.call(issueStock, { lines: [{ itemId, locationId: shop.shelf, quantity: pieces(count) }] });
const startMove = (itemId: ItemId, count: number) =>
  shop.call(startTransfer, {
    fromLocationId: shop.shelf,
    toLocationId: shop.backRoom,
    lines: [{ itemId, quantity: pieces(count) }],
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

  test('what got lost on the way is written off with its cost, and that is not taken back', async () => {
    const itemId = await shop.addItem();
    await shop.stock(itemId, 3, 1000);
    const { id: transferId } = await startMove(itemId, 3);
    const { version } = await shop.call(dispatchTransfer, { transferId });
    const late = shop.call(receiveTransfer, { transferId, expectedVersion: version - 1 });
    await expect(late).rejects.toMatchObject({ code: 'common.stale_version' });
    await shop.call(receiveTransfer, { transferId, lines: [{ line: 1, quantity: '1' }] });
    const written = await shop.call(writeOffTransfer, { transferId, reason: 'fell off the truck' });
    expect(written).toMatchObject({
      state: 'received',
      posting: { lines: [{ line: 1, value: { amountMinor: -667n } }] },
    });
    expect(await shop.level(itemId, shop.backRoom)).toMatchObject({ onHand: 1, value: 333 });
    const back = shop.call(reverseDocument, { documentId: DocumentId.parse(written.posting.id), reason: 'found it' });
    await expect(back).rejects.toMatchObject({ code: 'common.illegal_transition' });
    const again = shop.call(writeOffTransfer, { transferId, reason: 'again' });
    await expect(again).rejects.toMatchObject({ code: 'common.illegal_transition' });
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

test('who counts blindly is told what to count and not what is expected; who approves sees both', async () => {
  const branch = await shop.openBranch('COUNTED');
  const itemId = await branch.addItem();
  await branch.stock(itemId, 10, 1000);
  const clerk = await shop.project.addMember(['inventory.count']);
  const chief = await shop.project.addMember(['inventory.count', 'inventory.approve']);
  const { id: countId, version } = await shop.call(startCount, { locationId: branch.shelf }, { as: clerk });
  const sheet = async (as: typeof clerk) => (await shop.call(countSheet, { countId }, { as })).lines;
  expect(await sheet(clerk)).toMatchObject([{ itemId, expected: null, counted: null, variance: null }]);
  expect(await sheet(chief)).toMatchObject([{ itemId, expected: { micros: 10_000_000n }, counted: null }]);
  const found = { countId, lines: [{ itemId, quantity: pieces(7) }] };
  await expect(shop.call(submitCount, { ...found, expectedVersion: version + 1 })).rejects.toMatchObject({
    code: 'common.stale_version',
  });
  await shop.call(submitCount, found, { as: clerk });
  expect(await sheet(clerk)).toMatchObject([{ expected: null, counted: { micros: 7_000_000n }, variance: null }]);
  expect(await sheet(chief)).toMatchObject([{ counted: { micros: 7_000_000n }, variance: { micros: -3_000_000n } }]);
  const rivals = await shop.project.addOrganisation('counts-rival');
  const rival = await shop.project.addMember(['inventory.*'], rivals);
  await expect(sheet(rival)).rejects.toMatchObject({ code: 'common.not_found' });
  expect((await shop.call(countSheet, { countId })).lines).toHaveLength(1);
});

test('pieces with serials are counted by name, and what was sold meanwhile is not gone twice', async () => {
  const branch = await shop.openBranch('NAMED');
  const itemId = await branch.addItem({ tracking: 'serial' });
  const line = { itemId, locationId: branch.shelf };
  const cost = usd(4000);
  await shop.call(receiveStock, { lines: [{ ...line, quantity: pieces(4), cost, serials: ['A', 'B', 'C', 'D'] }] });
  const { id: countId } = await shop.call(startCount, { locationId: branch.shelf });
  const submit = (serials: string[], count = serials.length) =>
    shop.call(submitCount, { countId, lines: [{ itemId, quantity: pieces(count), serials }] });
  await expect(submit(['A'], 2)).rejects.toMatchObject({ code: 'inventory.serial_count_differs' });
  // B and C were not found, E was found besides; C is sold before anybody approves it.
  await submit(['A', 'D', 'E']);
  await shop.call(issueStock, { lines: [{ ...line, quantity: pieces(1), serials: ['C'] }] });
  await shop.call(approveCount, { countId });
  expect(await branch.level(itemId)).toMatchObject({ onHand: 3, value: 3000 });
  const left = await shop.project.test.sql(
    'select code, status, level_id is not null as here from inventory.serials where item_id = $1 order by code',
    [itemId],
  );
  expect(left).toEqual([
    { code: 'A', status: 'in_stock', here: true },
    { code: 'B', status: 'scrapped', here: false },
    { code: 'C', status: 'sold', here: false },
    { code: 'D', status: 'in_stock', here: true },
    { code: 'E', status: 'in_stock', here: true },
  ]);
});

test('a location stops handing out, and is called something else', async () => {
  const branch = await shop.openBranch('CHANGED');
  const itemId = await branch.addItem();
  await branch.stock(itemId, 2);
  const { version } = await shop.call(changeLocation, { locationId: branch.shelf, pickable: false });
  await expect(branch.hold(itemId, 1)).rejects.toMatchObject({ code: 'inventory.insufficient_stock' });
  const events = await shop.project.events();
  expect(events.at(-1)).toMatchObject({
    type: 'inventory.stock.level_changed',
    subject: `${itemId}/${branch.shelf}`,
    data: { pickable: false },
  });
  const late = shop.call(changeLocation, { locationId: branch.shelf, pickable: true, expectedVersion: version - 1 });
  await expect(late).rejects.toMatchObject({ code: 'common.stale_version' });
  await shop.call(changeLocation, { locationId: branch.shelf, pickable: true, name: { en: 'Top', ar: 'الأعلى' } });
  await branch.hold(itemId, 1);
  await shop.call(changeWarehouse, { warehouseId: branch.warehouseId, branch: 'NORTH', name: { en: 'North' } });
  const { number } = await shop.call(receiveStock, {
    lines: [{ itemId, locationId: branch.shelf, quantity: pieces(1), cost: usd(1) }],
  });
  expect(number).toMatch(/^receipt\/NORTH\/\d{4}\/1$/);
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

test('whoever may see stock exports it by codes, without what it cost', async () => {
  const branch = await shop.openBranch('EXPORTED');
  const [lots, serials] = [await branch.addItem({ tracking: 'lot' }), await branch.addItem({ tracking: 'serial' })];
  const line = (itemId: ItemId, count: number) => ({
    itemId,
    locationId: branch.shelf,
    quantity: pieces(count),
    cost: usd(1),
  });
  await shop.call(receiveStock, {
    lines: [
      { ...line(lots, 5), lot: { code: 'L1', expiresOn: '2199-01-31' } },
      { ...line(serials, 2), serials: ['S1', 'S2'] },
    ],
  });
  await branch.hold(lots, 2);
  const reader = await shop.project.addMember(['inventory.read']);
  const rows: object[] = [];
  let after: string | null = null;
  do {
    const input: object = after === null ? { limit: 1 } : { limit: 1, after };
    const page: Awaited<ReturnType<typeof readPage>> = await readPage(input, reader);
    rows.push(...page.rows.filter(({ location }) => location === 'EXPORTED-SHELF'));
    after = page.next;
  } while (after !== null);
  // Levels come in the order they were made in, which is that of random ids.
  const wanted = [
    {
      sku: `SKU-${lots}`,
      location: 'EXPORTED-SHELF',
      quantity: { micros: 5_000_000n, uom: 'pcs' },
      held: { micros: 2_000_000n, uom: 'pcs' },
      lot: { code: 'L1', expiresOn: '2199-01-31' },
      serials: [],
    },
    {
      sku: `SKU-${serials}`,
      location: 'EXPORTED-SHELF',
      quantity: { micros: 2_000_000n, uom: 'pcs' },
      held: { micros: 0n, uom: 'pcs' },
      lot: null,
      serials: ['S1', 'S2'],
    },
  ];
  expect(rows).toHaveLength(wanted.length);
  expect(rows).toEqual(expect.arrayContaining(wanted));
});

function readPage(input: object, as: Awaited<ReturnType<Shop['project']['addMember']>>) {
  return shop.call(exportStock, input, { as });
}
