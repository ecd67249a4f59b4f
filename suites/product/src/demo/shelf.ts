/** A size something is sold in: what its SKU ends with, how it is called, and what it costs compared with the first. */
export interface Pack {
  readonly code: string;
  readonly en: string;
  readonly ar: string;
  readonly factor: number;
}

/** SKU, English and Arabic name, brand, and cents of the first size or of the one there is. */
export type Row = readonly [
  sku: string,
  en: string,
  ar: string,
  brand: string | null,
  cents: number,
  packs?: readonly Pack[],
];

/** Products that have everything but their names in common. */
export interface Shelf {
  /** Slug of the category. */
  readonly category: string;
  readonly tax: 'standard' | 'reduced' | 'zero';
  readonly type?: 'goods' | 'service' | 'digital' | 'gift_card';
  readonly tracking?: 'lot' | 'serial';
  readonly uom?: string;
  /** Sizes and colours: each product has a variant for each combination. */
  readonly options?: readonly ShelfOption[];
  readonly rows: readonly Row[];
}

export interface ShelfOption {
  readonly code: string;
  readonly en: string;
  readonly ar: string;
  readonly values: readonly (readonly [code: string, en: string, ar: string])[];
}

const pack = (code: string, en: string, ar: string, factor: number): Pack => ({ code, en, ar, factor });

export const grams = [pack('250', '250 g', '250 غ', 1), pack('1000', '1 kg', '1 كغ', 3.6)];
export const kilos = [pack('1K', '1 kg', '1 كغ', 1), pack('5K', '5 kg', '5 كغ', 4.6)];
export const jars = [pack('S', '100 g', '100 غ', 1), pack('L', '500 g', '500 غ', 4.2)];
export const litres = [pack('05', '0.5 l', '0.5 ل', 1), pack('1', '1 l', '1 ل', 1.8)];
export const bags = [pack('25', '25 bags', '25 كيسا', 1), pack('100', '100 bags', '100 كيس', 3.4)];
export const sets = [pack('1', 'single', 'قطعة واحدة', 1), pack('6', 'set of 6', 'طقم من 6', 5.2)];
