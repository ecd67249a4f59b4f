import { AshlarError } from '@ashlar/kernel';
import { code, commonUnits, currency, exponentOf, formatDecimal, Locale, parseDecimal } from '@ashlar/kernel/values';
import { z } from 'zod';
import { isValidCode } from './gtin.ts';
import { Brand, Slug, TaxCategory, Title } from './product.ts';
import { slugsOf } from './slug.ts';

/** One row of a table of products: a product of one variant, known by its SKU. */
export interface ImportedProduct {
  readonly sku: string;
  readonly title: Readonly<Record<string, string>>;
  readonly slug: Readonly<Record<string, string>>;
  readonly brand: string | null;
  readonly taxCategory: string | null;
  readonly uom: string;
  readonly barcode: { readonly code: string; readonly symbology: string } | null;
  /** Minor units by currency. */
  readonly prices: readonly { readonly currency: string; readonly amount: string }[];
}

export interface RowFault {
  /** Column of the cell at fault. */
  readonly column: string;
  readonly code: string;
  readonly detail: string;
}

const Sku = code(64);
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
  const title = read('title', Title, titlesOf(cells));
  const brand = optional(cells['brand']) === null ? null : read('brand', Brand, cells['brand']);
  const taxCategory =
    optional(cells['tax_category']) === null ? null : read('tax_category', TaxCategory, cells['tax_category']);
  const uom = optional(cells['uom']) ?? 'pcs';
  if (!commonUnits.some((unit) => unit.code === uom)) {
    faults.push({ column: 'uom', code: 'product.uom_unknown', detail: `${uom} is not a unit the catalogue knows` });
  }
  const barcode = readBarcode(optional(cells['barcode']), read);
  const prices = Object.entries(cells).flatMap(([column, cell]) => readPrice(column, cell, faults));
  const slug = title === undefined ? {} : read('title', Slug, slugsOf(title));
  if (faults.length > 0 || sku === undefined || title === undefined || slug === undefined) return { faults };
  return {
    product: {
      sku,
      title,
      slug,
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
  const digits = read('barcode', code(80), written);
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
    return [{ currency: known, amount: formatDecimal(micros, 6) }];
  } catch (error) {
    if (!(error instanceof AshlarError)) throw error;
    faults.push({ column, code: error.code, detail: error.message });
    return [];
  }
}

function optional(cell: string | undefined): string | null {
  return cell === undefined || cell.trim() === '' ? null : cell.trim();
}
