import type { LocalizedText } from '@ashlar/kernel/values';

const MAX_LENGTH = 200;
/** Room for what sets a slug apart from others of one title. */
const MAX_STEM = 180;
/** Numbers tried before the product's id is taken: nobody reads the thousandth. */
const MAX_NUMBER = 9;

/** The part of an address a title makes: its words in lower case, joined by hyphens; letters of every script stay. */
export function slugOf(title: string): string {
  const words = title
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{L}\p{M}\p{N}]+/gu);
  return cut(words?.join('-') ?? '', MAX_LENGTH);
}

/** A slug for each language of a title; those already chosen stay. */
export function slugsOf(title: LocalizedText, chosen: LocalizedText = {}): LocalizedText {
  const made = Object.entries(title)
    .map(([locale, words]): [string, string] => [locale, slugOf(words)])
    .filter(([, slug]) => slug !== '');
  return { ...Object.fromEntries(made), ...chosen };
}

/** What a slug may become where it leads to another product, in the order of preference; the last is nobody else's. */
export function slugChoices(slug: string, productId: string): readonly string[] {
  const stem = cut(slug, MAX_STEM);
  const numbered = Array.from({ length: MAX_NUMBER - 1 }, (_, index) => `${stem}-${index + 2}`);
  return [slug, ...numbered, `${stem}-${productId.replaceAll('-', '').slice(-12)}`];
}

/** Leaves out what a cut would halve: a letter of two units, or the words a hyphen joins. */
function cut(slug: string, length: number): string {
  return slug
    .slice(0, length)
    .replace(/[\uD800-\uDBFF]$/, '')
    .replace(/-$/, '');
}
