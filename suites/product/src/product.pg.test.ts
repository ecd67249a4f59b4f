import { randomUUID } from 'node:crypto';
import { createSuiteProject, type SuiteProject } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addBarcode } from './application/add-barcode.ts';
import { createCategory, deleteCategory, listCategories, updateCategory } from './application/categories.ts';
import { createProduct } from './application/create-product.ts';
import { findByBarcode } from './application/find-by-barcode.ts';
import { generateVariants } from './application/generate-variants.ts';
import { getProduct } from './application/get-product.ts';
import { importProducts } from './application/import-products.ts';
import { listVariants } from './application/list-variants.ts';
import { noteStockLevel } from './application/note-stock-level.ts';
import { noteStockMoved } from './application/note-stock-moved.ts';
import { priceHistory } from './application/price-history.ts';
import { createPriceList } from './application/price-lists.ts';
import { archiveProduct, publishProduct, unpublishProduct } from './application/publish-product.ts';
import { resolvePriceQuery } from './application/resolve-price-query.ts';
import { setBundle } from './application/set-bundle.ts';
import { setPrices } from './application/set-prices.ts';
import { updateProduct } from './application/update-product.ts';
import { updateVariant } from './application/update-variant.ts';
import { product } from './index.ts';

let shop: SuiteProject;
let counter = 0;

beforeAll(async () => {
  shop = await createSuiteProject({ suites: [product] });
});
afterAll(() => shop?.[Symbol.asyncDispose]());

const next = (prefix: string): string => `${prefix}-${(counter += 1)}`;
const refusal = (code: string) => expect.objectContaining({ code });
const usd = (amount: string) => ({ amount, currency: 'USD' });
const size = (...codes: string[]) => ({
  code: 'size',
  title: { en: 'Size' },
  values: codes.map((code) => ({ code, title: { en: code.toUpperCase() } })),
});

const many = (code: string, count: number) => ({
  code,
  title: { en: code },
  values: Array.from({ length: count }, (_, n) => ({ code: `v${n}`, title: { en: `${n}` } })),
});

async function addProduct(more: object = {}) {
  const name = next('Thing');
  const made = await shop.call(createProduct, {
    title: { en: name },
    taxCategory: 'standard',
    variant: { sku: name },
    ...more,
  });
  return { ...made, variantId: made.variantId!, name };
}

async function addList(more: object = {}) {
  return (await shop.call(createPriceList, { code: next('list'), currency: 'USD', ...more })).id;
}

const price = (listId: string, variantId: string, ...tiers: object[]) =>
  // The tiers of a test are what its schema reads; it is the schema that judges them.
  shop.call(setPrices, { listId, variants: [{ variantId, tiers: tiers as [] }] });

test('a product has a slug per language and a variant that is found by its code', async () => {
  const made = await shop.call(createProduct, {
    title: { en: 'Café Cup', ar: 'فنجان قهوة' },
    variant: { sku: 'CUP-1', weightG: 250 },
  });
  expect(await shop.call(getProduct, { productId: made.id })).toMatchObject({
    status: 'draft',
    slug: { en: 'café-cup', ar: 'فنجان-قهوة' },
    variants: [{ sku: 'CUP-1', status: 'active' }],
  });
});

test('an SKU is taken whatever its case, and free once archived', async () => {
  const { id, name } = await addProduct();
  const again = { title: { en: next('Other') }, variant: { sku: name.toLowerCase() } };
  await expect(shop.call(createProduct, again)).rejects.toThrow(refusal('product.sku_taken'));
  await shop.call(archiveProduct, { productId: id });
  await expect(shop.call(createProduct, again)).resolves.toMatchObject({ version: 1 });
});

test('products of one title, made at once, get slugs of their own', async () => {
  const title = { en: 'Round Tray', ar: 'صينية دائرية' };
  const made = await Promise.all(Array.from({ length: 12 }, () => shop.call(createProduct, { title })));
  const slugs = await Promise.all(made.map(async ({ id }) => (await shop.call(getProduct, { productId: id })).slug));
  const english = slugs.map(({ en = '' }) => en);
  expect(new Set(english).size).toBe(12);
  expect(english).toEqual(expect.arrayContaining(['round-tray', 'round-tray-2']));
  expect(new Set(slugs.map(({ ar }) => ar)).size).toBe(12);
  // What somebody asks for is what they get, or nothing.
  const asked = shop.call(createProduct, { title, slug: { en: 'round-tray' } });
  await expect(asked).rejects.toThrow(refusal('product.slug_taken'));
});

test('a slug leads to one product, in whatever language', async () => {
  await addProduct({ slug: { en: 'tea-pot' } });
  await expect(addProduct({ slug: { ar: 'tea-pot' } })).rejects.toThrow(refusal('product.slug_taken'));
  await expect(addProduct({ slug: { en: 'samovar', fr: 'samovar' } })).resolves.toBeDefined();
});

test('a matrix of options gives a variant for each combination, and archives what no longer fits', async () => {
  const { id } = await shop.call(createProduct, { title: { en: 'Shirt', ar: 'قميص' } });
  const colour = {
    code: 'colour',
    title: { en: 'Colour' },
    values: ['red', 'blue'].map((code) => ({ code, title: { en: code } })),
  };
  const command = { productId: id, skuPrefix: 'SHIRT', options: [size('s', 'm'), colour] };
  const preview = await shop.call(generateVariants, command, { dryRun: true });
  expect(preview.created.map(({ sku }) => sku)).toEqual(['SHIRT-s-red', 'SHIRT-s-blue', 'SHIRT-m-red', 'SHIRT-m-blue']);
  expect((await shop.call(getProduct, { productId: id })).variants).toEqual([]);
  await shop.call(generateVariants, command);
  const changed = await shop.call(generateVariants, { ...command, options: [size('m', 'l'), colour] });
  expect([changed.created.length, changed.kept.length, changed.removed.length]).toEqual([2, 2, 2]);
  const { variants } = await shop.call(getProduct, { productId: id });
  expect(variants.filter(({ status }) => status === 'active')).toHaveLength(4);
});

test('a matrix beyond a thousand variants, or with values that differ in case alone, is refused', async () => {
  const { id } = await shop.call(createProduct, { title: { en: next('Grid') } });
  const command = (options: object[]) => ({ productId: id, skuPrefix: 'G', options }) as never;
  await expect(shop.call(generateVariants, command([many('a', 77), many('b', 13)]))).rejects.toThrow(
    refusal('product.matrix_too_large'),
  );
  await expect(shop.call(generateVariants, command([size('red', 'Red')]))).rejects.toThrow(
    refusal('product.duplicate_option'),
  );
  expect((await shop.call(generateVariants, command([many('a', 20), many('b', 20)]))).created).toHaveLength(400);
});

test('the database lets no variant be without a choice where there are options', async () => {
  const { id } = await shop.call(createProduct, { title: { en: next('Sock') } });
  await shop.call(generateVariants, { productId: id, skuPrefix: next('SOCK'), options: [size('s')] });
  await expect(
    shop.test.sql(
      `insert into product.variants (id, org_id, product_id, sku, title)
       select gen_random_uuid(), org_id, id, 'bare', '{"en": "Bare"}' from product.products where id = $1`,
      [id],
    ),
  ).rejects.toMatchObject({ constraint: 'choices_incomplete' });
});

test('a barcode is one variant and pack, with a digit that checks, and is made where there is none', async () => {
  const { variantId, name } = await addProduct();
  await shop.call(addBarcode, {
    variantId,
    code: ' ٤٠٠٦٣٨١٣٣٣٩٣١ ',
    symbology: 'ean13',
    pack: { value: '12', uom: 'pcs' },
  });
  expect(await shop.call(findByBarcode, { code: '4006381333931' })).toMatchObject({
    sku: name,
    pack: { micros: 12_000_000n },
  });
  await expect(shop.call(addBarcode, { variantId, code: '4006381333932', symbology: 'ean13' })).rejects.toThrow(
    refusal('product.bad_check_digit'),
  );
  const other = await addProduct();
  await expect(
    shop.call(addBarcode, { variantId: other.variantId, code: '4006381333931', symbology: 'ean13' }),
  ).rejects.toThrow(refusal('product.barcode_taken'));
  expect((await shop.call(addBarcode, { variantId })).code).toMatch(/^2\d{12}$/);
  await expect(
    shop.test.sql(
      `insert into product.barcodes (id, org_id, variant_id, code, symbology, uom)
       select gen_random_uuid(), org_id, id, '4006381333933', 'ean13', 'pcs' from product.variants where id = $1`,
      [variantId],
    ),
  ).rejects.toMatchObject({ constraint: 'bad_check_digit' });
});

test('a product is published once nothing is missing, and says what is', async () => {
  const made = await shop.call(createProduct, { title: { ar: 'بلا عنوان' } });
  const listings = [{ channel: 'web', currency: 'USD' }];
  await expect(shop.call(publishProduct, { productId: made.id, listings })).rejects.toMatchObject({
    code: 'product.not_publishable',
    params: { missing: ['title.en', 'variant', 'tax_category'] },
  });
  const { id, variantId } = await addProduct();
  const list = await addList();
  await price(list, variantId, { unitPrice: usd('1250') });
  expect(await shop.call(publishProduct, { productId: id, listings })).toMatchObject({ status: 'active' });
  await expect(
    shop.call(publishProduct, { productId: id, listings: [...listings, { channel: 'shop', currency: 'IQD' }] }),
  ).rejects.toMatchObject({ params: { missing: ['price.IQD'] } });
  expect(await shop.call(unpublishProduct, { productId: id })).toMatchObject({ status: 'draft' });
  const published = (await shop.events()).filter(({ subject }) => subject === id).map(({ type }) => type);
  expect(published).toEqual(['product.product.published', 'product.product.unpublished']);
});

test('once stock has moved, type, base unit and tracking stay, for commands and for the database', async () => {
  const { id, variantId } = await addProduct();
  await shop.call(updateProduct, { productId: id, tracking: 'lot' });
  await shop.call(noteStockMoved, { variantIds: [variantId] });
  await expect(shop.call(updateProduct, { productId: id, tracking: 'none' })).rejects.toThrow(
    refusal('product.frozen_field'),
  );
  await expect(shop.call(updateProduct, { productId: id, brand: 'Acme' })).resolves.toMatchObject({ version: 3 });
  await expect(shop.test.sql(`update product.products set base_uom = 'kg' where id = $1`, [id])).rejects.toMatchObject({
    constraint: 'frozen_field',
  });
});

test('a change of what somebody else has changed meanwhile is refused', async () => {
  const { id } = await addProduct();
  await shop.call(updateProduct, { productId: id, expectedVersion: 1, brand: 'One' });
  await expect(shop.call(updateProduct, { productId: id, expectedVersion: 1, brand: 'Two' })).rejects.toThrow(
    refusal('common.stale_version'),
  );
});

test('tiers end where the next begins, and two of one list never overlap', async () => {
  const { variantId } = await addProduct();
  const list = await addList();
  await price(list, variantId, { unitPrice: usd('1000') }, { minQty: '10', unitPrice: usd('900') });
  const at = async (value: string) =>
    (await shop.call(resolvePriceQuery, { variantId, currency: 'USD', quantity: { value, uom: 'pcs' } })).unitPrice
      .minorMicros;
  expect(await at('9.999999')).toBe(1_000_000_000n);
  expect(await at('10')).toBe(900_000_000n);
  const overlapping = [
    { minQty: '0', maxQty: '5', unitPrice: usd('1') },
    { minQty: '4', maxQty: '9', unitPrice: usd('1') },
  ];
  await expect(price(list, variantId, ...overlapping)).rejects.toThrow(refusal('product.tier_overlap'));
  await expect(price(list, variantId, { unitPrice: { amount: '1', currency: 'EUR' } })).rejects.toThrow(
    refusal('product.price_currency_mismatch'),
  );
  await expect(price(list, variantId, { unitPrice: usd('-1') })).rejects.toThrow(refusal('product.negative_price'));
  await expect(
    shop.test.sql(
      `insert into product.prices (org_id, list_id, variant_id, min_qty, unit_price)
       select org_id, list_id, variant_id, 4, 1 from product.prices where variant_id = $1 limit 1`,
      [variantId],
    ),
  ).rejects.toMatchObject({ constraint: 'tier_overlap' });
});

test('a customer list wins over a channel list, and that over the default, while it holds', async () => {
  const { variantId } = await addProduct();
  const customerId = '0198a1f0-0000-7000-8000-0000000000aa';
  await price(await addList(), variantId, { unitPrice: usd('100') });
  await price(await addList({ channel: 'web' }), variantId, { unitPrice: usd('200') });
  await price(await addList({ customerId, validTo: '2030-01-01T00:00:00Z' }), variantId, { unitPrice: usd('300') });
  const ask = async (more: object) =>
    (await shop.call(resolvePriceQuery, { variantId, currency: 'USD', ...more })).unitPrice.minorMicros / 1_000_000n;
  expect(await ask({})).toBe(100n);
  expect(await ask({ channel: 'web' })).toBe(200n);
  expect(await ask({ channel: 'web', customerId, at: '2029-01-01T00:00:00Z' })).toBe(300n);
  expect(await ask({ channel: 'web', customerId, at: '2031-01-01T00:00:00Z' })).toBe(200n);
  await expect(shop.call(resolvePriceQuery, { variantId, currency: 'JPY' })).rejects.toThrow(
    refusal('product.price_unresolved'),
  );
});

test('what a price was is remembered, and nobody changes that', async () => {
  const { variantId } = await addProduct();
  const list = await addList();
  for (const amount of ['100', '150', '150']) await price(list, variantId, { unitPrice: usd(amount) });
  await price(list, variantId);
  const { changes } = await shop.call(priceHistory, { variantId });
  expect(changes.map(({ before, after }) => [before && Number(before), after && Number(after)])).toEqual([
    [150, null],
    [100, 150],
    [null, 100],
  ]);
  await expect(shop.test.sql('delete from product.price_changes')).rejects.toMatchObject({ constraint: 'append_only' });
});

test('a bundle never holds itself, and is at most three levels deep', async () => {
  const bundles = [];
  for (let level = 0; level < 4; level += 1) bundles.push(await addProduct({ type: 'bundle' }));
  const item = await addProduct();
  const [one, two, three, four] = bundles as [typeof item, typeof item, typeof item, typeof item];
  const hold = (outer: typeof item, inner: typeof item) =>
    shop.call(setBundle, {
      variantId: outer.variantId,
      components: [{ variantId: inner.variantId, quantity: { value: '2', uom: 'pcs' } }],
    });
  await hold(one, item);
  await hold(two, one);
  await hold(three, two);
  await expect(hold(four, three)).rejects.toThrow(refusal('product.bundle_too_deep'));
  await expect(hold(one, three)).rejects.toThrow(refusal('product.bundle_cycle'));
  await expect(hold(item, one)).rejects.toThrow(refusal('product.not_a_bundle'));
});

const pcs = (value: string) => ({ value, uom: 'pcs' });
const bundle = () => addProduct({ type: 'bundle' });
const millions = (...counts: number[]) => counts.map((count) => BigInt(count * 1_000_000));

test('a list tells what there is, and of a bundle how many there could be', async () => {
  const { variantId: after } = await addProduct();
  const [cup, pot, set, hamper] = [await addProduct(), await addProduct(), await bundle(), await bundle()];
  const hold = (outer: typeof cup, ...parts: (readonly [typeof cup, string, boolean?])[]) =>
    shop.call(setBundle, {
      variantId: outer.variantId,
      components: parts.map(([{ variantId }, count, optional = false]) => ({
        variantId,
        quantity: pcs(count),
        optional,
      })),
    });
  await hold(set, [cup, '6'], [pot, '1']);
  // Two of the six cups more: what is in a bundle of a bundle is counted with what is beside it.
  await hold(hamper, [set, '1'], [cup, '2'], [await addProduct(), '1', true]);
  const there = async () => {
    const page = (await shop.call(listVariants, { after })).variants;
    return [cup, pot, set, hamper].map(({ variantId }) => page.find(({ id }) => id === variantId)?.available?.micros);
  };
  const tell = (of: typeof cup, value: string, locationId: string, pickable = true) =>
    shop.call(noteStockLevel, { variantId: of.variantId, locationId, available: pcs(value), pickable });
  const [shelf, store, backRoom] = [randomUUID(), randomUUID(), randomUUID()];
  expect(await there()).toEqual([undefined, undefined, undefined, undefined]);
  await tell(cup, '20', shelf);
  await tell(cup, '3.5', store);
  await tell(cup, '90', backRoom, false);
  await tell(pot, '3', shelf);
  expect(await there()).toEqual(millions(23.5, 3, 3, 2));
  await tell(cup, '0', store);
  await tell(pot, '-1', shelf);
  expect(await there()).toEqual(millions(20, -1, 0, 0));
  // Of what the catalogue does not know nothing is kept.
  expect(await tell({ ...cup, variantId: randomUUID() as typeof cup.variantId }, '1', shelf)).toEqual({ known: false });
});

test('categories are a tree: moved with all below, never below themselves, kept while in use', async () => {
  const add = async (parentId: string | null) =>
    (await shop.call(createCategory, { title: { en: 'C' }, slug: next('c'), parentId })).id;
  const top = await add(null);
  const middle = await add(top);
  const leaf = await add(middle);
  const elsewhere = await add(null);
  await expect(shop.call(updateCategory, { categoryId: top, parentId: leaf })).rejects.toThrow(
    refusal('product.category_cycle'),
  );
  await shop.call(updateCategory, { categoryId: middle, parentId: elsewhere });
  const { categories } = await shop.call(listCategories, { below: elsewhere });
  expect(new Set(categories.map(({ id }) => id))).toEqual(new Set([elsewhere, middle, leaf]));
  await expect(shop.call(deleteCategory, { categoryId: middle })).rejects.toThrow(refusal('common.in_use'));
  await addProduct({ categoryIds: [leaf] });
  expect((await shop.call(listVariants, { categoryId: elsewhere })).variants).toHaveLength(1);
  await expect(shop.call(deleteCategory, { categoryId: leaf })).rejects.toThrow(refusal('common.in_use'));
});

test('a search forgives typing errors, accents and Arabic spellings, and hears of a new title', async () => {
  const { id, variantId } = await addProduct({ title: { en: 'Blue Espresso Machine', ar: 'آلة قهوةٍ إسبريسو' } });
  const reader = await shop.addMember(['product.read']);
  const find = async (search: string) =>
    (await shop.call(listVariants, { search }, { as: reader })).variants.map((one) => String(one.id));
  for (const words of ['espreso', 'ESPRÉSSO machine', 'اله قهوه', 'قهوة'])
    expect(await find(words)).toContain(variantId);
  await shop.call(updateProduct, { productId: id, title: { en: 'Green Samovar' } });
  expect(await find('samovar')).toContain(variantId);
  expect(await find('espresso')).not.toContain(variantId);
});

test('what a variant is found by does not depend on the order its codes came in', async () => {
  const { variantId, name } = await addProduct();
  for (const code of ['zz-1', 'mm-1', 'aa-1']) await shop.call(addBarcode, { variantId, code, symbology: 'code128' });
  const texts = () => shop.test.sql('select search_text from product.variants where id = $1', [variantId]);
  const found = await texts();
  expect(found).toMatchObject([{ search_text: expect.stringMatching(/aa.1 mm.1 zz.1$/) }]);
  await shop.call(importProducts, { rows: [{ sku: name, brand: 'Other' }] });
  await shop.call(importProducts, { rows: [{ sku: name, 'title.en': name }] });
  expect(await texts()).toMatchObject([{ search_text: expect.stringMatching(/other .*aa.1 mm.1 zz.1$/) }]);
});

test('pages of the catalogue hold each variant once, with its price', async () => {
  const { variantId } = await addProduct();
  await price(await addList({ priority: 5 }), variantId, { unitPrice: usd('4200') });
  const seen = [];
  let after: string | undefined;
  do {
    const page = await shop.call(listVariants, {
      limit: 7,
      currency: 'USD',
      ...(after === undefined ? {} : { after }),
    });
    seen.push(...page.variants);
    after = page.next ?? undefined;
  } while (after !== undefined);
  expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
  expect(seen.find(({ id }) => id === variantId)?.price?.minorMicros).toBe(4_200_000_000n);
});

test('another organisation sees nothing of it, and a reader changes nothing', async () => {
  const { id, variantId, name } = await addProduct();
  const stranger = await shop.addMember(['product.read', 'product.edit'], await shop.addOrganisation(next('org')));
  await expect(shop.call(getProduct, { productId: id }, { as: stranger })).rejects.toThrow(refusal('common.not_found'));
  await expect(shop.call(updateVariant, { variantId, sku: 'x' }, { as: stranger })).rejects.toThrow(
    refusal('common.not_found'),
  );
  expect((await shop.call(listVariants, { search: name }, { as: stranger })).variants).toEqual([]);
  const reader = await shop.addMember(['product.read']);
  await expect(shop.call(updateVariant, { variantId, sku: 'x' }, { as: reader })).rejects.toThrow(
    refusal('common.permission_denied'),
  );
});

test.each([
  [{ title: { en: '<b>Bold</b>' } }],
  [{ title: { en: 'abc\u202Efdp' } }],
  [{ title: {} }],
  [{ title: { en: 'x'.repeat(201) } }],
  [{ title: { en: 'x' }, baseUom: 'parsec' }],
  [{ title: { en: 'x' }, price: 12 }],
])('the input %j is refused with the field at fault', async (input) => {
  await expect(shop.call(createProduct, input as never)).rejects.toThrow(refusal('common.invalid_input'));
});
