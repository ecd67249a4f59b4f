import type { Currency } from '@ashlar/kernel/values';
import type { PriceListId, ProductId, VariantId } from './ids.ts';
import { type ImportedProduct, readImportRow, type RowFault } from './import-row.ts';
import { productErrors } from './product-errors.ts';
import { Title } from './product.ts';
import { slugOf, slugsOf } from './slug.ts';

type Texts = Readonly<Record<string, string>>;

/** What a row may change of a product that is there. */
interface ProductFacts {
  readonly title: Texts;
  readonly brand: string | null;
  readonly taxCategory: string | null;
  readonly uom: string;
}

/** A variant a row means, with its product. */
export interface KnownVariant extends ProductFacts {
  readonly variantId: VariantId;
  readonly productId: ProductId;
  readonly hasStockMoved: boolean;
}

/** What there is already of what the rows name. */
export interface Known {
  /** By the number of the row. */
  readonly variants: ReadonlyMap<number, KnownVariant>;
  readonly barcodes: ReadonlyMap<string, VariantId>;
  readonly slugs: ReadonlySet<string>;
  /** Default price list of each currency. */
  readonly lists: ReadonlyMap<Currency, PriceListId>;
}

export interface Fault extends RowFault {
  /** From 0. */
  readonly row: number;
}

type Barcode = NonNullable<ImportedProduct['barcode']>;
interface PlannedRow {
  readonly sku: string;
  /** Null: it has this one already, or none. */
  readonly barcode: Barcode | null;
  readonly prices: readonly { readonly listId: PriceListId; readonly currency: Currency; readonly amount: string }[];
}
export interface PlannedProduct extends PlannedRow, ProductFacts {
  readonly slug: Texts;
}
export interface PlannedChange extends PlannedRow {
  readonly variant: KnownVariant;
  /** Null: the product stays as it is. */
  readonly product: ProductFacts | null;
}

export interface ImportPlan {
  readonly created: readonly PlannedProduct[];
  readonly changed: readonly PlannedChange[];
  readonly faults: readonly Fault[];
}

export type ParsedRow = ReturnType<typeof readImportRow>;

/** Slugs a row's product could get: from its title, else from its title and its SKU. */
export function slugCandidates({ title, sku }: Pick<ImportedProduct, 'title' | 'sku'>): readonly [Texts, Texts] {
  const plain = slugsOf(title);
  const suffix = slugOf(sku);
  if (suffix === '') return [plain, plain];
  const longer = Object.entries(plain).map(([locale, slug]): [string, string] => {
    const kept = Array.from(slug).slice(0, 100).join('').replace(/-$/, '');
    return [locale, `${kept}-${suffix}`];
  });
  return [plain, Object.fromEntries(longer)];
}

/** Decides what becomes of each row; a row with a fault changes nothing, and is no obstacle to the others. */
export function planImport(rows: readonly ParsedRow[], known: Known): ImportPlan {
  const created: PlannedProduct[] = [];
  const changed: PlannedChange[] = [];
  const faults: Fault[] = [];
  const skus = new Set<string>();
  const codes = new Set<string>();
  const slugs = new Set<string>();
  const products = new Map<ProductId, string>();
  for (const [row, read] of rows.entries()) {
    if ('faults' in read) {
      faults.push(...read.faults.map((fault) => ({ row, ...fault })));
      continue;
    }
    const own: RowFault[] = [];
    const { product } = read;
    const { sku } = product;
    const variant = known.variants.get(row);
    const key = sku.toLowerCase();
    if (skus.has(key)) own.push({ column: 'sku', code: 'sku_repeated', detail: `A row before has the SKU ${sku}` });
    skus.add(key);

    const barcode = newBarcode(product.barcode, variant, known, codes, own);
    const prices = product.prices.flatMap(({ currency, amount }) => {
      const listId = known.lists.get(currency);
      if (listId !== undefined) return [{ listId, currency, amount }];
      const detail = `There is no default price list in ${currency}`;
      own.push({ column: `price.${currency.toLowerCase()}`, code: 'price_list_missing', detail });
      return [];
    });
    const planned = { sku, barcode, prices };
    if (variant === undefined) {
      if (Object.keys(product.title).length === 0) {
        own.push({ column: 'title', code: 'title_missing', detail: 'What is new needs a title' });
      }
      const slug = slugCandidates(product).find((candidate) => isFree(candidate, known.slugs, slugs));
      if (slug === undefined) own.push(faultOf('title', productErrors.slugTaken));
      if (own.length === 0 && slug !== undefined) {
        for (const one of Object.values(slug)) slugs.add(one);
        const { title, brand, taxCategory, uom } = product;
        created.push({ ...planned, title, brand, taxCategory, uom: uom ?? 'pcs', slug });
      }
    } else {
      const facts = factsAfter(product, variant, own);
      const written = JSON.stringify(facts);
      if ((products.get(variant.productId) ?? written) !== written) {
        const detail = 'A row before says something else of the same product';
        own.push({ column: 'sku', code: 'product_contradicted', detail });
      }
      if (own.length === 0) {
        const isFirst = !products.has(variant.productId);
        products.set(variant.productId, written);
        const isChanged = isFirst && !areSame(facts, variant);
        changed.push({ ...planned, variant, product: isChanged ? facts : null });
      }
    }
    if (own.length === 0 && barcode !== null) codes.add(barcode.code);
    faults.push(...own.map((fault) => ({ row, ...fault })));
  }
  return { created, changed, faults };
}

function newBarcode(
  barcode: Barcode | null,
  variant: KnownVariant | undefined,
  known: Known,
  taken: ReadonlySet<string>,
  faults: RowFault[],
): Barcode | null {
  if (barcode === null) return null;
  const holder = known.barcodes.get(barcode.code);
  if (holder !== undefined && holder === variant?.variantId) return null;
  if (holder === undefined && !taken.has(barcode.code)) return barcode;
  faults.push(faultOf('barcode', productErrors.barcodeTaken));
  return null;
}

/** What the row leaves out stays. */
function factsAfter(row: ImportedProduct, before: KnownVariant, faults: RowFault[]): ProductFacts {
  const title = Title.safeParse({ ...before.title, ...row.title });
  if (!title.success) {
    const detail = 'With the languages it has already the title is too large';
    faults.push({ column: 'title', code: 'too_large', detail });
  }
  const uom = row.uom ?? before.uom;
  if (uom !== before.uom && before.hasStockMoved) faults.push(faultOf('uom', productErrors.frozenField));
  return {
    title: title.data ?? before.title,
    brand: row.brand ?? before.brand,
    taxCategory: row.taxCategory ?? before.taxCategory,
    uom,
  };
}

function areSame(left: ProductFacts, right: ProductFacts): boolean {
  const locales = Object.keys(left.title);
  return (
    left.brand === right.brand &&
    left.taxCategory === right.taxCategory &&
    left.uom === right.uom &&
    locales.length === Object.keys(right.title).length &&
    locales.every((locale) => left.title[locale] === right.title[locale])
  );
}

function isFree(slug: Texts, ...taken: readonly ReadonlySet<string>[]): boolean {
  return Object.values(slug).every((one) => taken.every((set) => !set.has(one)));
}

function faultOf(column: string, { code, title }: { readonly code: string; readonly title: string }): RowFault {
  return { column, code, detail: title };
}
