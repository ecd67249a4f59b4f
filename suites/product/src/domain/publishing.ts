import type { LocalizedText } from '@ashlar/kernel/values';

export interface Publishable {
  readonly title: LocalizedText;
  readonly taxCategory: string | null;
  readonly activeVariants: number;
  /** Currencies of the channels it is to be listed in. */
  readonly listedIn: readonly string[];
  /** Currencies every active variant has a price in now. */
  readonly pricedIn: readonly string[];
}

/** What a product lacks to be shown to customers; nothing when it may be. */
export function missingForPublishing(product: Publishable, defaultLocale: string): string[] {
  const unpriced = [...new Set(product.listedIn)].filter((currency) => !product.pricedIn.includes(currency));
  return [
    ...((product.title[defaultLocale] ?? '') === '' ? [`title.${defaultLocale}`] : []),
    ...(product.activeVariants === 0 ? ['variant'] : []),
    ...(product.taxCategory === null ? ['tax_category'] : []),
    ...(product.listedIn.length === 0 ? ['listing'] : []),
    ...unpriced.toSorted().map((currency) => `price.${currency}`),
  ];
}
