import { foldForSearch, type LocalizedText } from '@ashlar/kernel/values';

/** Bound of the column. */
const LONGEST = 8000;

/** What a variant is found by: its title in every language, its brand and its codes, folded. */
export function searchText(found: {
  readonly title: LocalizedText;
  readonly brand: string | null;
  readonly sku: string;
  readonly barcodes?: readonly string[];
}): string {
  const words = [...Object.values(found.title), found.brand ?? '', found.sku, ...(found.barcodes ?? [])];
  return foldForSearch(words.join(' ')).slice(0, LONGEST);
}
