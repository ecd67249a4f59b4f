import type { DemoShop } from '@ashlar/kernel';
import type { LocalizedText } from '@ashlar/kernel/values';
import { createCategory } from '../application/categories.ts';
import { createProduct } from '../application/create-product.ts';
import { addBarcode } from '../application/add-barcode.ts';
import { generateVariants } from '../application/generate-variants.ts';
import { importProducts } from '../application/import-products.ts';
import { createPriceList } from '../application/price-lists.ts';
import { archiveProduct, publishProduct } from '../application/publish-product.ts';
import { setBundle } from '../application/set-bundle.ts';
import { setPrices } from '../application/set-prices.ts';
import type { CategoryId, PriceListId, ProductId, VariantId } from '../domain/ids.ts';
import { variantTitle } from '../domain/option-matrix.ts';
import { demoBarcode, demoCategories, type DemoProduct, demoProducts, dinars } from './demo-products.ts';

interface Made {
  readonly product: DemoProduct;
  readonly id: ProductId;
  readonly variants: readonly { readonly id: VariantId; readonly sku: string; readonly title: LocalizedText }[];
}

/** What other suites are told of what they could keep, sell or deliver. */
export interface DemoVariant {
  readonly id: VariantId;
  readonly productId: ProductId;
  readonly sku: string;
  readonly title: LocalizedText;
  readonly type: string;
  readonly uom: string;
  readonly tracking: string;
  readonly cents: number;
}

/** Not everything is on sale: one waits to be finished, one is gone. */
const DRAFT = 'STA-RED';
const ARCHIVED = 'KIT-SAM';
const listings = [
  { channel: 'shop', currency: 'USD' },
  { channel: 'web', currency: 'IQD' },
];

/** A general store in two languages and two currencies. */
export async function fillShop(shop: DemoShop): Promise<DemoVariant[]> {
  const categories = await addCategories(shop);
  const lists = await addLists(shop);
  const made = await shop.each(chosenProducts(shop.oneIn), (product) => addProduct(shop, product, categories));
  const variants = made.flatMap((one) => one.variants.map((variant) => ({ ...variant, product: one.product })));
  const bySku = new Map(variants.map(({ sku, id }) => [sku, id]));

  // Codes of pieces come as a table from the supplier; sizes and colours get the shop's own.
  const coded = variants.filter(({ product: { type, options } }) => type === 'goods' && options.length === 0);
  const rows = coded.map(({ sku }, index) => ({ sku, barcode: demoBarcode(index + 1) }));
  await shop.once('barcodes', importProducts, { rows });
  for (const { sku, id } of variants.filter(({ product: { options } }) => options.length > 0)) {
    await shop.once(`barcode/${sku}`, addBarcode, { variantId: id });
  }
  for (const { sku, id, product } of coded.filter((one) => one.product.category === 'coffee-and-tea')) {
    const pack = { value: '12', uom: product.uom };
    await shop.once(`case/${sku}`, addBarcode, { variantId: id, code: `${sku}/12`, symbology: 'code128', pack });
  }

  await setAllPrices(shop, lists, variants);
  for (const { product, variants: own } of made) {
    const [bundle] = own;
    if (product.parts.length === 0 || bundle === undefined) continue;
    const components = product.parts.flatMap(([sku, count]) => {
      const variantId = bySku.get(sku);
      return variantId === undefined ? [] : [{ variantId, quantity: { value: String(count), uom: 'pcs' } }];
    });
    await shop.once(`bundle/${product.sku}`, setBundle, { variantId: bundle.id, components });
  }
  await shop.each(made, async ({ product: { sku }, id }) => {
    if (sku === DRAFT) return;
    await shop.once(`publish/${sku}`, publishProduct, { productId: id, listings });
    if (sku === ARCHIVED) await shop.once(`archive/${sku}`, archiveProduct, { productId: id });
  });
  return made.flatMap(({ product: { sku: own, type, uom, tracking, cents }, id: productId, variants: ofProduct }) =>
    own === ARCHIVED
      ? []
      : ofProduct.map(({ id, sku, title }) => ({ id, productId, sku, title, type, uom, tracking, cents })),
  );
}

/** One in so many of the products, a bundle with its parts, and the other bundles all of whose parts are there. */
function chosenProducts(oneIn: number): readonly DemoProduct[] {
  const bundle = demoProducts.find(({ parts }) => parts.length > 0);
  const peculiar = [DRAFT, ARCHIVED, ...(bundle?.parts.map(([part]) => part) ?? [])];
  const kept = new Set<string>();
  return demoProducts.filter(({ sku, parts, options }, index) => {
    const isChosen =
      parts.length > 0 ? parts.every(([part]) => kept.has(part)) : index % oneIn === 0 || peculiar.includes(sku);
    if (isChosen && options.length === 0) kept.add(sku);
    return isChosen;
  });
}

async function addCategories(shop: DemoShop): Promise<ReadonlyMap<string, CategoryId>> {
  const ids = new Map<string, CategoryId>();
  for (const [position, [slug, en, ar, parent]] of demoCategories.entries()) {
    const parentId = parent === null ? null : (ids.get(parent) ?? null);
    const input = { title: { en, ar }, slug, parentId, position };
    ids.set(slug, (await shop.once(`category/${slug}`, createCategory, input)).id);
  }
  return ids;
}

type Lists = Readonly<Record<'retail' | 'dinar' | 'wholesale' | 'web', PriceListId>>;

async function addLists(shop: DemoShop): Promise<Lists> {
  const add = async (code: string, currency: string, en: string, ar: string, more: object = {}) =>
    (await shop.once(`list/${code}`, createPriceList, { code, currency, title: { en, ar }, ...more })).id;
  return {
    retail: await add('RETAIL-USD', 'USD', 'Retail', 'مفرد'),
    dinar: await add('RETAIL-IQD', 'IQD', 'Retail in dinars', 'مفرد بالدينار', { includesTax: true }),
    wholesale: await add('WHOLESALE', 'USD', 'Wholesale', 'جملة', { customerGroup: 'wholesale' }),
    web: await add('WEB', 'USD', 'Web shop', 'المتجر الإلكتروني', { channel: 'web', priority: 10 }),
  };
}

async function addProduct(
  shop: DemoShop,
  product: DemoProduct,
  categories: ReadonlyMap<string, CategoryId>,
): Promise<Made> {
  const { sku, title, brand, category, tax, type, tracking, uom, options } = product;
  const categoryId = categories.get(category);
  const input = {
    type,
    title,
    ...(brand === null ? {} : { brand }),
    description: { en: `${title.en}.`, ar: `${title.ar}.` },
    taxCategory: tax,
    baseUom: uom,
    tracking,
    categoryIds: categoryId === undefined ? [] : [categoryId],
    ...(options.length > 0 ? {} : { variant: { sku, manageInventory: type === 'goods' } }),
  };
  const { id, variantId } = await shop.once(`product/${sku}`, createProduct, input);
  if (variantId !== null) return { product, id, variants: [{ id: variantId, sku, title }] };
  const offered = options.map((option) => ({
    code: option.code,
    title: { en: option.en, ar: option.ar },
    values: option.values.map(([code, en, ar]) => ({ code, title: { en, ar } })),
  }));
  const matrix = { productId: id, skuPrefix: sku, options: offered };
  const { created } = await shop.once(`variants/${sku}`, generateVariants, matrix);
  const named = created.map((one) => ({ ...one, title: variantTitle(title, offered, one.choices) }));
  return { product, id, variants: named };
}

const usd = (cents: number) => ({ amount: String(cents), currency: 'USD' });

async function setAllPrices(
  shop: DemoShop,
  lists: Lists,
  variants: readonly { readonly id: VariantId; readonly sku: string; readonly product: DemoProduct }[],
): Promise<void> {
  const priced = (tiersOf: (cents: number) => { minQty?: string; unitPrice: { amount: string; currency: string } }[]) =>
    variants.map(({ id, product: { cents } }) => ({ variantId: id, tiers: tiersOf(cents) }));
  await shop.once('prices/retail', setPrices, {
    listId: lists.retail,
    variants: priced((cents) => [{ unitPrice: usd(cents) }]),
  });
  await shop.once('prices/dinar', setPrices, {
    listId: lists.dinar,
    variants: priced((cents) => [{ unitPrice: { amount: dinars(cents), currency: 'IQD' } }]),
  });
  await shop.once('prices/wholesale', setPrices, {
    listId: lists.wholesale,
    variants: priced((cents) => [
      { unitPrice: usd(Math.round(cents * 0.9)) },
      { minQty: '12', unitPrice: usd(Math.round(cents * 0.82)) },
      { minQty: '60', unitPrice: usd(Math.round(cents * 0.75)) },
    ]),
  });
  const online = variants.filter(({ product: { category } }) => category === 'accessories' || category === 'shoes');
  await shop.once('prices/web', setPrices, {
    listId: lists.web,
    variants: online.map(({ id, product: { cents } }) => ({
      variantId: id,
      tiers: [{ unitPrice: usd(Math.round(cents * 0.95)) }],
    })),
  });
}
