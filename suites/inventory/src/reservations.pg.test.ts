import { afterAll, beforeAll, expect, test } from 'vitest';
import { issueStock } from './application/issue-stock.ts';
import { reserveStock } from './application/reserve-stock.ts';
import { expireHolds, extendHold, releaseHold } from './application/manage-holds.ts';
import { goodsOfHold, goodsOfIssue } from './application/read-goods.ts';
import { receiveStock } from './application/receive-stock.ts';
import { DocumentId, HoldId, type ItemId } from './domain/ids.ts';
import { openShop, type Shop } from './inventory.fixture.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop?.[Symbol.asyncDispose]());

const MINUTE_MS = 60_000;
const soon = (): string => new Date(shop.now().valueOf() + 15 * MINUTE_MS).toISOString();
const pieces = (count: number) => ({ value: String(count), uom: 'pcs' });
const some = (count: bigint) => ({ micros: count * 1_000_000n, uom: 'pcs' });
const issue = (itemId: ItemId, count: number, holdId?: string) =>
  shop.call(issueStock, {
    lines: [{ itemId, locationId: shop.shelf, quantity: pieces(count) }],
    ...(holdId === undefined ? {} : { holdId: HoldId.parse(holdId) }),
  });

test('what is held for one is not available to another', async () => {
  const itemId = await shop.addItem();
  await shop.stock(itemId, 10);
  await shop.hold(itemId, 7);
  await expect(shop.hold(itemId, 4)).rejects.toMatchObject({
    code: 'inventory.insufficient_stock',
    params: { wanted: '4', available: '3' },
  });
  await expect(issue(itemId, 4)).rejects.toMatchObject({ code: 'inventory.insufficient_stock' });
  await shop.hold(itemId, 3);
  expect(await shop.level(itemId)).toMatchObject({ onHand: 10, reserved: 10 });
});

test('an issue uses up its hold, and no more than it keeps', async () => {
  const itemId = await shop.addItem();
  await shop.stock(itemId, 5, 500);
  const holdId = await shop.hold(itemId, 4);
  await expect(issue(itemId, 5, holdId)).rejects.toMatchObject({
    code: 'inventory.reservation_mismatch',
    params: { held: '4', wanted: '5' },
  });
  await issue(itemId, 3, holdId);
  expect(await shop.level(itemId)).toEqual({ onHand: 2, reserved: 1, backordered: 0, value: 200 });
  await issue(itemId, 1, holdId);
  expect(await shop.level(itemId)).toEqual({ onHand: 1, reserved: 0, backordered: 0, value: 100 });
  await expect(issue(itemId, 1, holdId)).rejects.toMatchObject({ code: 'inventory.already_expired' });
});

test('an overdue hold holds nothing, although nobody has swept it away', async () => {
  const itemId = await shop.addItem();
  await shop.stock(itemId, 2);
  const holdId = await shop.hold(itemId, 2, { expiresAt: soon() });
  await expect(shop.hold(itemId, 1)).rejects.toMatchObject({ code: 'inventory.insufficient_stock' });
  shop.passTime(16 * MINUTE_MS);
  await shop.hold(itemId, 2);
  expect(await shop.level(itemId)).toMatchObject({ onHand: 2, reserved: 2 });
  await expect(issue(itemId, 1, holdId)).rejects.toMatchObject({ code: 'inventory.already_expired' });
  await expect(shop.call(extendHold, { holdId: HoldId.parse(holdId), expiresAt: soon() })).rejects.toMatchObject({
    code: 'inventory.already_expired',
  });
  const told = await shop.project.events();
  expect(
    told.filter(({ type, subject }) => type === 'inventory.reservation.expired' && subject === holdId),
  ).toHaveLength(1);
});

test('an issue takes what an overdue hold kept', async () => {
  const itemId = await shop.addItem();
  await shop.stock(itemId, 2);
  await shop.hold(itemId, 2, { expiresAt: soon() });
  shop.passTime(16 * MINUTE_MS);
  await issue(itemId, 2);
  expect(await shop.level(itemId)).toEqual({ onHand: 0, reserved: 0, backordered: 0, value: 0 });
});

test('the sweeper writes down what is overdue, and only that', async () => {
  const itemId = await shop.addItem();
  await shop.stock(itemId, 5);
  await shop.hold(itemId, 2, { expiresAt: soon() });
  await shop.hold(itemId, 3);
  shop.passTime(16 * MINUTE_MS);
  expect((await shop.call(expireHolds, {})).expired).toBeGreaterThanOrEqual(1);
  expect(await shop.level(itemId)).toMatchObject({ reserved: 3 });
  expect(await shop.call(expireHolds, {})).toEqual({ expired: 0 });
});

test('an extended hold lasts longer', async () => {
  const itemId = await shop.addItem();
  await shop.stock(itemId, 1);
  const holdId = HoldId.parse(await shop.hold(itemId, 1, { expiresAt: soon() }));
  await shop.call(extendHold, { holdId, expiresAt: null });
  shop.passTime(60 * MINUTE_MS);
  await expect(shop.hold(itemId, 1)).rejects.toMatchObject({ code: 'inventory.insufficient_stock' });
});

test('giving a hold up twice is no mistake', async () => {
  const itemId = await shop.addItem();
  await shop.stock(itemId, 3);
  const holdId = HoldId.parse(await shop.hold(itemId, 3));
  expect(await shop.call(releaseHold, { holdId })).toMatchObject({ id: holdId, ended: 1 });
  expect(await shop.call(releaseHold, { holdId })).toMatchObject({ id: holdId, ended: 0 });
  expect(await shop.level(itemId)).toMatchObject({ onHand: 3, reserved: 0 });
});

test('a line may be held in part, or promised', async () => {
  const itemId = await shop.addItem();
  await shop.stock(itemId, 2);
  await shop.hold(itemId, 5, { allowPartial: true });
  expect(await shop.level(itemId)).toMatchObject({ onHand: 2, reserved: 2 });
  await shop.hold(itemId, 4, { allowBackorder: true });
  expect(await shop.level(itemId)).toMatchObject({ onHand: 2, reserved: 2, backordered: 4 });
});

test('what arrives goes to the most urgent of those who wait', async () => {
  const itemId = await shop.addItem();
  await shop.stock(itemId, 1);
  const patient = await shop.hold(itemId, 3, { allowBackorder: true });
  const urgent = await shop.hold(itemId, 2, { allowBackorder: true, priority: 5 });
  expect(await shop.level(itemId)).toMatchObject({ reserved: 1, backordered: 4 });
  await shop.stock(itemId, 3);
  expect(await shop.level(itemId)).toMatchObject({ onHand: 4, reserved: 4, backordered: 1 });
  await issue(itemId, 2, urgent);
  await expect(issue(itemId, 3, patient)).rejects.toMatchObject({ code: 'inventory.reservation_mismatch' });
  await issue(itemId, 2, patient);
  expect(await shop.level(itemId)).toMatchObject({ onHand: 0, reserved: 0, backordered: 1 });
});

test('a hold spares the back room, and says so when it is asked for by name', async () => {
  const itemId = await shop.addItem();
  await shop.stock(itemId, 5, 500, shop.backRoom);
  await expect(shop.hold(itemId, 1)).rejects.toMatchObject({ code: 'inventory.insufficient_stock' });
  const lines = [{ itemId, quantity: pieces(1), locationId: shop.backRoom }];
  await expect(shop.hold(itemId, 1, { lines })).rejects.toMatchObject({ code: 'inventory.location_not_pickable' });
});

test('some of a hold is given up: what is not there yet first, then what is free again for others', async () => {
  const itemId = await shop.addItem();
  await shop.stock(itemId, 4);
  const holdId = HoldId.parse(await shop.hold(itemId, 6, { allowBackorder: true }));
  const first = await shop.call(releaseHold, { holdId, lines: [{ line: 1, quantity: pieces(3) }] });
  expect(first.held).toMatchObject([{ line: 1, quantity: { micros: 3_000_000n }, backordered: { micros: 0n } }]);
  expect(await shop.level(itemId)).toMatchObject({ onHand: 4, reserved: 3, backordered: 0 });
  await expect(shop.call(releaseHold, { holdId, lines: [{ line: 1, quantity: pieces(4) }] })).rejects.toMatchObject({
    code: 'inventory.reservation_mismatch',
    params: { held: '3', wanted: '4' },
  });
  await expect(shop.call(releaseHold, { holdId, lines: [{ line: 2, quantity: pieces(1) }] })).rejects.toMatchObject({
    code: 'inventory.reservation_mismatch',
  });
  const rest = await shop.call(releaseHold, { holdId, lines: [{ line: 1, quantity: pieces(3) }] });
  expect(rest.held).toEqual([]);
  expect(await shop.level(itemId)).toMatchObject({ onHand: 4, reserved: 0, backordered: 0 });
});

test('more is added to a hold, by whoever it is for, under numbers of their own', async () => {
  const [one, two] = [await shop.addItem(), await shop.addItem()];
  await shop.stock(one, 2);
  await shop.stock(two, 2);
  const source = { type: 'order', id: 'O-1' };
  const { id: holdId } = await shop.call(reserveStock, { source, lines: [{ itemId: one, quantity: pieces(1) }] });
  const more = { holdId, lines: [{ line: 7, itemId: two, quantity: pieces(2) }] };
  await expect(shop.call(reserveStock, { ...more, source: { type: 'order', id: 'O-2' } })).rejects.toMatchObject({
    code: 'common.not_found',
  });
  expect(await shop.call(reserveStock, { ...more, source })).toMatchObject({ id: holdId, held: [{ line: 7 }] });
  await shop.call(releaseHold, { holdId });
  expect(await shop.level(two)).toMatchObject({ reserved: 0 });
});

test('whoever waits is told what of it has come', async () => {
  const itemId = await shop.addItem();
  await shop.stock(itemId, 1);
  const holdId = await shop.hold(itemId, 5, { allowBackorder: true });
  await shop.stock(itemId, 3);
  await shop.stock(itemId, 1);
  const told = (await shop.project.events()).filter(
    ({ type, subject }) => type === 'inventory.reservation.covered' && subject === holdId,
  );
  expect(
    told.map(({ subject, data }) => ({ subject, lines: (data as Record<string, unknown>)['lines'] })),
  ).toMatchObject([
    { subject: holdId, lines: [{ line: 1, covered: { value: '3' }, backordered: { value: '1' } }] },
    { subject: holdId, lines: [{ line: 1, covered: { value: '1' }, backordered: { value: '0' } }] },
  ]);
});

test('whoever fetches goods is told places, lots and serials; afterwards the issue tells what it took', async () => {
  const [tea, clock] = [await shop.addItem({ tracking: 'lot' }), await shop.addItem({ tracking: 'serial' })];
  const cost = { amount: '100', currency: 'USD' };
  const at = { locationId: shop.shelf, cost };
  await shop.call(receiveStock, {
    lines: [
      { ...at, itemId: tea, quantity: pieces(2), lot: { code: 'L-2', expiresOn: '2099-06-01' } },
      { ...at, itemId: tea, quantity: pieces(2), lot: { code: 'L-1', expiresOn: '2099-01-01' } },
      { ...at, itemId: clock, quantity: pieces(2), serials: ['S-1', 'S-2'] },
    ],
  });
  const lines = [
    { itemId: tea, quantity: pieces(3) },
    { itemId: clock, quantity: pieces(1) },
  ];
  const holdId = HoldId.parse(await shop.hold(tea, 1, { lines }));
  const place = { warehouse: 'MAIN', locationId: shop.shelf, location: 'SHELF' };
  const { goods } = await shop.call(goodsOfHold, { holdId });
  expect(goods).toMatchObject([
    { ...place, line: 1, lot: { code: 'L-1', expiresOn: '2099-01-01' }, quantity: some(2n), serials: [] },
    { ...place, line: 1, lot: { code: 'L-2' }, quantity: some(1n), promised: some(0n) },
    { ...place, line: 2, itemId: clock, lot: null, quantity: some(1n), serials: ['S-1', 'S-2'] },
  ]);
  const { id } = await shop.call(issueStock, {
    holdId,
    lines: [{ itemId: clock, locationId: shop.shelf, quantity: pieces(1), serials: ['S-2'] }],
  });
  const issued = await shop.call(goodsOfIssue, { documentId: DocumentId.parse(id) });
  expect(issued.goods).toMatchObject([{ ...place, itemId: clock, quantity: some(1n), serials: ['S-2'] }]);
  // What is gone is no longer to be fetched.
  expect((await shop.call(goodsOfHold, { holdId })).goods).toHaveLength(2);
  const absent = { documentId: DocumentId.parse(holdId) };
  await expect(shop.call(goodsOfIssue, absent)).rejects.toMatchObject({ code: 'common.not_found' });
});
