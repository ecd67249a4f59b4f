import { createSuiteProject, type SuiteProject } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProduct } from './application/create-product.ts';
import { exportFile } from './application/export-file.ts';
import { exportProducts } from './application/export-products.ts';
import { findByBarcode } from './application/find-by-barcode.ts';
import { generateVariants } from './application/generate-variants.ts';
import { getProduct } from './application/get-product.ts';
import { type FileFault, importFile } from './application/import-file.ts';
import { importProducts } from './application/import-products.ts';
import { listVariants } from './application/list-variants.ts';
import { noteStockMoved } from './application/note-stock-moved.ts';
import { createPriceList } from './application/price-lists.ts';
import { setPrices } from './application/set-prices.ts';
import { product } from './index.ts';

let shop: SuiteProject;
let usdList: string;
let counter = 0;

beforeAll(async () => {
  shop = await createSuiteProject({ suites: [product] });
  usdList = (await shop.call(createPriceList, { code: 'usd', currency: 'USD' })).id;
});
afterAll(() => shop?.[Symbol.asyncDispose]());

type Cells = Record<string, string>;
const row = (more: Cells = {}): Cells & { sku: string } => {
  const sku = `ROW-${(counter += 1)}`;
  return { sku, 'title.en': `Thing ${sku}`, ...more };
};
const send = (rows: Cells[], more: object = {}, options: object = {}) =>
  shop.call(importProducts, { rows, ...more }, options);
const bySku = async (sku: string) =>
  (await shop.call(listVariants, { search: sku, currency: 'USD' })).variants.find((one) => one.sku === sku);
const countAll = async () =>
  (
    await shop.test.sql('select (select count(*) from product.products) p, (select count(*) from product.barcodes) b')
  )[0];

test('rows become products with titles, codes and prices, and the same rows again change nothing', async () => {
  const cup = row({
    'title.ar': 'فنجان',
    brand: 'Zed',
    tax_category: 'standard',
    barcode: '5901234123457',
    'price.usd': '12.505',
  });
  const plain = row();
  expect(await send([cup, plain])).toMatchObject({ created: 2, updated: 0, unchanged: 0, faulty: 0 });
  const found = await bySku(cup.sku);
  expect(found).toMatchObject({ title: { ar: 'فنجان' }, price: { minorMicros: 1_250_500_000n } });
  expect(await shop.call(findByBarcode, { code: '5901234123457' })).toMatchObject({ sku: cup.sku });
  const before = (await shop.events()).length;
  expect(await send([{ ...cup, sku: cup.sku.toLowerCase() }, plain])).toMatchObject({
    created: 0,
    updated: 0,
    unchanged: 2,
  });
  expect((await shop.events()).length).toBe(before);
});

test('what a row leaves out stays, and what it says is changed, told and found', async () => {
  const first = row({ 'title.ar': 'قلم', brand: 'Zed', 'price.usd': '3' });
  await send([first]);
  const before = (await shop.events()).length;
  const change = { sku: first.sku, 'title.en': 'Zafferano', brand: '', 'price.usd': '4' };
  expect(await send([change])).toMatchObject({ created: 0, updated: 1, unchanged: 0 });
  const found = (await shop.call(listVariants, { search: 'zaferano' })).variants[0];
  expect(found).toMatchObject({ sku: first.sku, title: { en: 'Zafferano', ar: 'قلم' } });
  expect(await shop.call(getProduct, { productId: found!.productId })).toMatchObject({ brand: 'Zed', version: 2 });
  expect((await shop.events()).slice(before).map(({ type }) => type)).toEqual([
    'product.product.updated',
    'product.price.changed',
  ]);
});

test('a fault in one row refuses all, tells each with its column, and leaves nothing', async () => {
  await send([row({ barcode: 'TAKEN-1' })]);
  const before = await countAll();
  const twice = row();
  const rows = [
    row(),
    row({ barcode: 'TAKEN-1' }),
    row({ 'price.eur': '1' }),
    twice,
    { ...twice, sku: twice.sku.toLowerCase() },
    { sku: 'NO-TITLE' },
    row({ uom: 'parsec', 'price.usd': '-1' }),
  ];
  const wanted = [
    ['/rows/1/barcode', 'product.barcode_taken'],
    ['/rows/2/price.eur', 'price_list_missing'],
    ['/rows/4/sku', 'sku_repeated'],
    ['/rows/5/title', 'title_missing'],
    ['/rows/6/uom', 'product.uom_unknown'],
    ['/rows/6/price.usd', 'product.negative_price'],
  ];
  await expect(send(rows)).rejects.toMatchObject({
    code: 'product.import_faulty',
    params: { count: 5 },
    fields: expect.arrayContaining(wanted.map(([pointer, code]) => expect.objectContaining({ pointer, code }))),
  });
  const tried = await send(rows, {}, { dryRun: true });
  expect(tried).toMatchObject({ created: 2, faulty: 5 });
  expect(tried.faults.map(({ row: at, column, code }) => [`/rows/${at}/${column}`, code])).toEqual(
    expect.arrayContaining(wanted),
  );
  expect(await countAll()).toEqual(before);
});

test('with valid rows only the others are imported', async () => {
  const good = row();
  expect(await send([good, { sku: 'BAD' }], { mode: 'valid-only' })).toMatchObject({ created: 1, faulty: 1 });
  expect(await bySku(good.sku)).toBeDefined();
});

test('equal titles get slugs of their own', async () => {
  const rows = [row({ 'title.en': 'Same name' }), row({ 'title.en': 'Same name' })];
  expect(await send(rows)).toMatchObject({ created: 2 });
});

test('a unit stays once stock has moved, and rows of one product agree', async () => {
  const one = row();
  await send([one]);
  await shop.call(noteStockMoved, { variantIds: [(await bySku(one.sku))!.id] });
  await expect(send([{ ...one, uom: 'kg' }])).rejects.toMatchObject({
    fields: [{ pointer: '/rows/0/uom', code: 'product.frozen_field' }],
  });
  const { id } = await shop.call(createProduct, { title: { en: 'Robe' } });
  const values = ['s', 'm'].map((code) => ({ code, title: { en: code } }));
  await shop.call(generateVariants, {
    productId: id,
    skuPrefix: 'ROBE',
    options: [{ code: 'size', title: { en: 'Size' }, values }],
  });
  const robes = [
    { sku: 'ROBE-s', brand: 'A', barcode: 'ROBE-CODE' },
    { sku: 'ROBE-m', brand: 'B' },
  ];
  await expect(send(robes)).rejects.toMatchObject({ fields: [{ code: 'product_contradicted' }] });
  expect(await send([robes[0]!, { ...robes[1]!, brand: 'A' }])).toMatchObject({ updated: 1, unchanged: 1 });
  // What was chosen stays part of the title, and the code is found.
  expect((await shop.call(listVariants, { search: 'robe-code' })).variants[0]).toMatchObject({
    title: { en: 'Robe, s' },
  });
});

test('a base price fits below the tiers there are', async () => {
  const one = row();
  await send([one]);
  const variantId = (await bySku(one.sku))!.id;
  const tiers = [{ minQty: '10', unitPrice: { amount: '900', currency: 'USD' } }];
  await shop.call(setPrices, { listId: usdList, variants: [{ variantId, tiers }] });
  expect(await send([{ sku: one.sku, 'price.usd': '10' }])).toMatchObject({ updated: 1 });
  expect((await bySku(one.sku))?.price?.minorMicros).toBe(1_000_000_000n);
});

test('prices ask for their own permission, and another organisation has rows of its own', async () => {
  const editor = await shop.addMember(['product.read', 'product.edit']);
  const mine = row();
  await expect(send([{ ...mine, 'price.usd': '1' }], {}, { as: editor })).rejects.toMatchObject({
    code: 'common.permission_denied',
    params: { permission: 'product.price' },
  });
  expect(await send([mine], {}, { as: editor })).toMatchObject({ created: 1 });
  const stranger = await shop.addMember(['product.read', 'product.edit'], await shop.addOrganisation('importers'));
  expect(await send([mine], {}, { as: stranger })).toMatchObject({ created: 1, updated: 0 });
  const { rows } = await shop.call(exportProducts, {}, { as: stranger });
  expect(rows).toEqual([expect.objectContaining({ sku: mine.sku })]);
  await expect(send([row()], {}, { as: await shop.addMember(['product.read']) })).rejects.toMatchObject({
    code: 'common.permission_denied',
  });
});

test('more than a thousand rows in one command are refused', async () => {
  await expect(send(Array.from({ length: 1001 }, () => ({ sku: 'x' })))).rejects.toMatchObject({
    code: 'common.invalid_input',
  });
});

const importText = async (text: string, mode: 'all' | 'valid-only' = 'all') => {
  const faults: FileFault[] = [];
  const done = await importFile({
    open: async function* () {
      yield Buffer.from(text);
    },
    mode,
    dryRun: false,
    send: ({ rows, mode: how }, options) => shop.call(importProducts, { rows, mode: how }, options),
    onFault: (fault) => void faults.push(fault),
  });
  return { done, faults };
};

test('an export is what an import reads, with formulas told to be text', async () => {
  await send([row({ 'title.en': '=HYPERLINK(1)', 'title.ar': "'=x", brand: '@me', 'price.usd': '0.015' })]);
  const seller = await shop.addMember(['product.read']);
  let text = '';
  let lines = 0;
  for await (const line of exportFile((input) => shop.call(exportProducts, { ...input, limit: 500 }, { as: seller }))) {
    text += line;
    lines += 1;
    expect(line).not.toMatch(/(^|,)"?[=+@-]/);
  }
  expect(text).toContain("'=HYPERLINK(1)");
  const { done } = await importText(text);
  expect(done).toMatchObject({ created: 0, updated: 0, unchanged: lines - 1, faulty: 0 });
});

test('a file of more than a thousand rows is imported whole or not at all', async () => {
  const lines = Array.from({ length: 1001 }, (_, n) => `FILE-${n},Filed ${n},`);
  const header = 'sku,title.en,price.usd';
  const before = await countAll();
  const bad = await importText([header, ...lines, 'FILE-X,,oops'].join('\n'));
  expect(bad.done).toMatchObject({ isDone: false, faulty: 1 });
  expect(bad.faults).toEqual([expect.objectContaining({ line: 1003, sku: 'FILE-X', column: 'price.usd' })]);
  expect(await countAll()).toEqual(before);
  expect((await importText([header, ...lines].join('\n'))).done).toMatchObject({ created: 1001, isDone: true });
});
