import { AshlarError } from '@ashlar/kernel';
import {
  code,
  commonUnits,
  type Currency,
  currency,
  exponentOf,
  formatDecimal,
  Locale,
  parseDecimal,
} from '@ashlar/kernel/values';
import { z } from 'zod';
import { isValidCode } from './gtin.ts';
import { Brand, TaxCategory, Title } from './product.ts';

/** One row of a table of products: what it says of the variant with this SKU, and of its product. */
export interface ImportedProduct {
  readonly sku: string;
  /** By language; empty where the row says none. */
  readonly title: Readonly<Record<string, string>>;
  /** Null, here and below: the row says nothing of it. */
  readonly brand: string | null;
  readonly taxCategory: string | null;
  readonly uom: string | null;
  readonly barcode: { readonly code: string; readonly symbology: string } | null;
  /** Minor units by currency. */
  readonly prices: readonly { readonly currency: Currency; readonly amount: string }[];
}

export interface RowFault {
  /** Column of the cell at fault. */
  readonly column: string;
  readonly code: string;
  readonly detail: string;
}

const Sku = code(64);
const Barcode = code(80);
/** Digits before the point that a price's column holds, in minor units. */
const PRICE_DIGITS = 14;
/** By the number of digits; what is none of these is a code of any kind. */
const SYMBOLOGIES: readonly string[] = ['ean13', 'ean8', 'upca', 'itf14'];

/**
 * Reads a row's cells: `sku`, `title.<language>`, `brand`, `tax_category`, `uom`, `barcode`, `price.<currency>` in major
 * units. Empty cells say nothing. All faults of a row are told at once.
 */
export function readImportRow(
  cells: Readonly<Record<string, string>>,
): { product: ImportedProduct } | { faults: RowFault[] } {
  const faults: RowFault[] = [];
  const read = <Value>(column: string, schema: z.ZodType<Value>, value: unknown): Value | undefined => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues.slice(0, 3)) {
      const ours = issue.code === 'custom' ? issue.params?.['code'] : undefined;
      faults.push({ column, code: typeof ours === 'string' ? ours : issue.code, detail: issue.message });
    }
    return undefined;
  };
  for (const column of Object.keys(cells)) {
    if (!isKnown(column)) faults.push({ column, code: 'unknown_column', detail: `There is no column ${column}` });
  }
  const sku = read('sku', Sku, cells['sku'] ?? '');
  const titles = titlesOf(cells);
  const title = Object.keys(titles).length === 0 ? {} : read('title', Title, titles);
  const brand = optional(cells['brand']) === null ? null : read('brand', Brand, cells['brand']);
  const taxCategory =
    optional(cells['tax_category']) === null ? null : read('tax_category', TaxCategory, cells['tax_category']);
  const uom = optional(cells['uom']);
  if (uom !== null && !commonUnits.some((unit) => unit.code === uom)) {
    faults.push({ column: 'uom', code: 'product.uom_unknown', detail: `${uom} is not a unit the catalogue knows` });
  }
  const barcode = readBarcode(optional(cells['barcode']), read);
  const prices = Object.entries(cells).flatMap(([column, cell]) => readPrice(column, cell, faults));
  const repeated = prices.find(
    (one, index) => prices.findIndex(({ currency: other }) => other === one.currency) < index,
  );
  if (repeated !== undefined) {
    const column = `price.${repeated.currency.toLowerCase()}`;
    faults.push({ column, code: 'column_repeated', detail: `There are two prices in ${repeated.currency}` });
  }
  if (faults.length > 0 || sku === undefined || title === undefined) return { faults };
  return {
    product: {
      sku,
      title,
      brand: brand ?? null,
      taxCategory: taxCategory ?? null,
      uom,
      barcode: barcode ?? null,
      prices,
    },
  };
}

function isKnown(column: string): boolean {
  return /^(sku|brand|tax_category|uom|barcode|title\..+|price\..+)$/.test(column);
}

function titlesOf(cells: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(cells)
      .filter(([column, cell]) => column.startsWith('title.') && cell.trim() !== '')
      .map(([column, cell]) => [localeOf(column.slice('title.'.length)), cell]),
  );
}

/** Column names are read in lower case; of a language tag the region is in capitals. */
function localeOf(written: string): string {
  const [language = '', region] = written.split('-');
  const locale = region === undefined ? language : `${language}-${region.toUpperCase()}`;
  return Locale.safeParse(locale).success ? locale : written;
}

function readBarcode(
  written: string | null,
  read: <Value>(column: string, schema: z.ZodType<Value>, value: unknown) => Value | undefined,
): ImportedProduct['barcode'] | undefined {
  if (written === null) return null;
  const digits = read('barcode', Barcode, written);
  if (digits === undefined) return undefined;
  const symbology = SYMBOLOGIES.find((one) => isValidCode(digits, one)) ?? 'code128';
  return { code: digits, symbology };
}

function readPrice(column: string, cell: string, faults: RowFault[]): ImportedProduct['prices'][number][] {
  if (!column.startsWith('price.') || cell.trim() === '') return [];
  try {
    const known = currency(column.slice('price.'.length).toUpperCase());
    const exponent = exponentOf(known);
    // Major units, so the minor unit's decimals and the six below it.
    const micros = parseDecimal(cell, { scale: exponent + 6, digits: 12 });
    if (micros < 0n) {
      faults.push({ column, code: 'product.negative_price', detail: 'A price is zero or more' });
      return [];
    }
    const amount = formatDecimal(micros, 6);
    if (amount.replace(/\..*/, '').length > PRICE_DIGITS) {
      faults.push({ column, code: 'out_of_range', detail: 'The price is larger than any the catalogue keeps' });
      return [];
    }
    return [{ currency: known, amount }];
  } catch (error) {
    if (!(error instanceof AshlarError)) throw error;
    faults.push({ column, code: error.code, detail: error.message });
    return [];
  }
}

function optional(cell: string | undefined): string | null {
  return cell === undefined || cell.trim() === '' ? null : cell.trim();
}
