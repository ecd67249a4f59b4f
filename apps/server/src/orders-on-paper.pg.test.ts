import { createPrinter } from '@ashlar/documents';
import { must, type PrintedLanguage } from '@ashlar/kernel';
import { readPdf } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOrderShop, type OrderShop } from './orders.fixture.ts';
import { suites } from './suites.ts';
import { confirmationPage } from '../../../suites/order/src/print/confirmation-page.ts';
import { packingSlipPage } from '../../../suites/order/src/print/packing-slip-page.ts';
import { orderOf, packingSlipOf, pickListOf } from '../../../suites/order/src/print/papers.fixture.ts';
import { pickListPage } from '../../../suites/order/src/print/pick-list-page.ts';

let shop: OrderShop;
const printer = createPrinter();
beforeAll(async () => {
  shop = await openOrderShop({ provider: 'stand-in' });
});
afterAll(async () => {
  await printer.close();
  await shop[Symbol.asyncDispose]();
});

// oxlint-disable-next-line typescript/no-explicit-any -- tests read what they wrote.
type Json = any;

/** A document as its route makes it: told by its query, put on a page, printed. */
async function print(name: string, input: object, language: PrintedLanguage = 'en', more: object = {}) {
  const document = must(
    suites.flatMap(({ documents }) => documents).find((one) => one.name === name),
    name,
  );
  const told = await shop.do(document.useCase.name, input, more);
  const { page } = document.print(told, 'a4');
  const pages = readPdf(await printer.print({ page, paper: 'a4', language, isCopy: false })).pages;
  return { told, page, pages, runs: pages.flat() };
}

/** Arabic is painted leftmost first. */
const painted = (words: string) => Array.from(words).toReversed().join('');
const pieces = (count: number) => ({ value: String(count), uom: 'pcs' });

const lot = (code: string, expiresOn: string) => ({ code, expiresOn });
/** Places, lots and quantities of a pick list. */
const walk = ({ picks }: Json) =>
  picks.map(({ place, lot: of, quantity }: Json) => [place?.location, of?.code ?? null, quantity]);

async function confirmed(lines: readonly (readonly [string, number])[]): Promise<string> {
  const { id } = await shop.place(lines, 'by_hand');
  await shop.carry();
  const { status } = await shop.do('order.get-order', { orderId: id });
  if (status === 'placed') await shop.do('order.confirm-order', { orderId: id });
  return id;
}

/** A thing kept by lots, on two shelves. */
async function addLotted(): Promise<string> {
  const variantId = await shop.addThing(300, 0);
  const find = 'select sku from inventory.items where id = $1';
  const [item] = await shop.project.test.sql<{ sku: string }>(find, [variantId]);
  await shop.do('inventory.track-item', { itemId: variantId, sku: item?.sku, currency: 'USD', tracking: 'lot' });
  return variantId;
}

test('an order is confirmed on paper as it was placed, in both languages', async () => {
  const orderId = await confirmed([
    [await shop.addThing(500, 5), 2],
    [await shop.addThing(300, 5), 1],
  ]);
  const order = await shop.do('order.get-order', { orderId });
  for (const language of ['en', 'ar'] as const) {
    // oxlint-disable-next-line no-await-in-loop -- one printer.
    const { runs, page } = await print('order.confirmation', { orderId }, language);
    expect(page.number).toBe(order.number);
    const said = runs.join('');
    for (const text of [
      'USD\u00A014.30',
      'The shop',
      'Ada',
      painted('العميل'),
      ...order.lines.map((line: Json) => line.sku),
    ]) {
      expect(said).toContain(text);
    }
  }
  const elsewhere = { orgId: await shop.project.addOrganisation('elsewhere') };
  const absent = { code: 'common.not_found' };
  await expect(print('order.confirmation', { orderId }, 'en', elsewhere)).rejects.toMatchObject(absent);
});

test.each([
  ['confirmation', confirmationPage(orderOf(60)), 'Description'],
  ['pick list', pickListPage(pickListOf(60)), 'Place'],
  ['packing slip', packingSlipPage(packingSlipOf(60)), 'In this parcel'],
])('a %s of sixty lines has every line, repeats its head and counts its pages', async (_name, page, head) => {
  for (const language of ['en', 'ar'] as const) {
    // oxlint-disable-next-line no-await-in-loop -- one printer.
    const { pages } = readPdf(await printer.print({ page, paper: 'a4', language, isCopy: language === 'ar' }));
    expect(pages.length).toBeGreaterThan(2);
    for (const [index, runs] of pages.entries()) {
      expect(runs).toEqual(expect.arrayContaining([page.number, head]));
      expect(runs.join('')).toContain(`Page ${index + 1} of ${pages.length}`);
    }
    const said = pages.flat().join('');
    for (const { sku } of orderOf(60).lines) expect(said).toContain(sku);
    expect(said).toContain(painted('دلة'));
    expect(pages[0]?.includes('Copy')).toBe(language === 'ar');
  }
});

test('a picker walks from shelf to shelf, and two parcels of one order do not send two people to the same goods', async () => {
  const [warehouse] = await shop.project.test.sql<{ id: string }>('select id from inventory.warehouses');
  const warehouseId = warehouse?.id;
  const far = (await shop.do('inventory.add-location', { warehouseId, code: 'A-10', name: { en: 'Far end' } })).id;
  const near = (await shop.do('inventory.add-location', { warehouseId, code: 'A-9' })).id;
  const tea = await addLotted();
  const cost = { amount: '100', currency: 'USD' };
  await shop.do('inventory.receive-stock', {
    lines: [
      { itemId: tea, locationId: far, quantity: pieces(2), cost, lot: lot('L-1', '2027-01-31') },
      { itemId: tea, locationId: near, quantity: pieces(4), cost, lot: lot('L-2', '2027-06-30') },
    ],
  });
  const pot = await shop.addThing(500, 5);
  const orderId = await confirmed([
    [tea, 5],
    [pot, 1],
  ]);
  const parcel = (lines: object[]) => shop.do('order.create-fulfilment', { orderId, lines });
  const first = await parcel([{ line: 1, quantity: pieces(3) }]);
  const second = await parcel([
    { line: 1, quantity: pieces(2) },
    { line: 2, quantity: pieces(1) },
  ]);
  const ofFirst = await print('order.pick-list-of-parcel', { fulfilmentId: first.id });
  expect(walk(ofFirst.told)).toEqual([
    ['A-9', 'L-2', '1'],
    ['A-10', 'L-1', '2'],
  ]);
  expect(ofFirst.runs).toEqual(expect.arrayContaining(['Pick list', 'A-9', 'L-1', '2027-01-31', '2 pcs', 'Far end']));
  const ofSecond = await print('order.pick-list-of-parcel', { fulfilmentId: second.id }, 'ar');
  expect(walk(ofSecond.told)).toEqual([
    ['A-9', 'L-2', '2'],
    ['SHELF', null, '1'],
  ]);

  // Before it leaves nobody knows which lots it takes; afterwards it says so, to who gets it and to who asks later.
  const packed = await print('order.slip-of-parcel', { fulfilmentId: first.id });
  expect(packed.told.lines).toMatchObject([{ line: 1, quantity: '5', packed: '3', lots: [] }]);
  await shop.do('order.pack', { fulfilmentId: first.id });
  const sent = { carrier: 'Courier', tracking: 'T-1' };
  const by = {
    method: 'cash',
    amount: { amount: '2200', currency: 'USD' },
    source: { type: 'order.order', id: orderId },
  };
  await shop.do('billing.record-payment', by);
  await shop.carry();
  await shop.do('order.request-ship', { fulfilmentId: first.id, ...sent });
  await shop.carry();
  const left = await print('order.slip-of-parcel', { fulfilmentId: first.id });
  expect(left.runs).toEqual(expect.arrayContaining(['Packing slip', 'L-1', 'L-2', 'Courier', 'T-1', '5 pcs', '3 pcs']));
  expect(left.runs.join(' ')).not.toContain('USD');
  expect(walk((await print('order.pick-list-of-parcel', { fulfilmentId: first.id })).told)).toEqual(walk(ofFirst.told));
  await shop.do('order.cancel-fulfilment', { fulfilmentId: second.id });
  const gone = { code: 'order.not_to_print', params: { state: 'cancelled' } };
  await expect(print('order.pick-list-of-parcel', { fulfilmentId: second.id })).rejects.toMatchObject(gone);

  // What nobody has agreed to take back has no slip yet.
  const asked = { orderId, lines: [{ line: 1, quantity: pieces(1) }], reason: 'Stale' };
  const { id: returnId } = await shop.do('order.request-return', asked);
  await expect(print('order.slip-of-return', { returnId })).rejects.toMatchObject({ code: 'order.not_to_print' });
  await shop.do('order.approve-return', { returnId });
  const slip = await print('order.slip-of-return', { returnId }, 'ar');
  expect(slip.page.number).toMatch(/^SO-2026-\d+-R1$/);
  expect(slip.runs).toEqual(expect.arrayContaining(['Return slip', 'Return to', 'The shop', '1 pcs', 'Stale']));
});

test('whoever packs prints without seeing the books; who sees no orders prints nothing, nor does another organisation', async () => {
  const orderId = await confirmed([[await shop.addThing(500, 5), 1]]);
  const { id: fulfilmentId } = await shop.do('order.create-fulfilment', { orderId });
  const packer = await shop.project.addMember(['order.read', 'order.fulfil', 'inventory.read']);
  expect((await print('order.slip-of-parcel', { fulfilmentId }, 'en', { caller: packer })).runs).toContain('The shop');
  await print('order.pick-list-of-parcel', { fulfilmentId }, 'en', { caller: packer });
  const reader = await shop.project.addMember(['order.read']);
  await expect(print('order.pick-list-of-parcel', { fulfilmentId }, 'en', { caller: reader })).rejects.toMatchObject({
    code: 'common.permission_denied',
  });
  const stranger = await shop.project.addMember(['inventory.read']);
  await expect(print('order.confirmation', { orderId }, 'en', { caller: stranger })).rejects.toMatchObject({
    code: 'common.permission_denied',
  });
  await shop.do('order.cancel-fulfilment', { fulfilmentId });
  await shop.do('order.cancel-order', { orderId, reason: 'changed their mind' });
  await shop.carry();
  await expect(print('order.confirmation', { orderId })).rejects.toMatchObject({ code: 'order.not_to_print' });
});
