import type { LocalizedText } from '@ashlar/kernel/values';

/** The part of an address a title makes: its words in lower case, joined by hyphens; letters of every script stay. */
export function slugOf(title: string): string {
  return (
    title
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu)
      ?.join('-')
      .slice(0, 200) ?? ''
  );
}

/** A slug for each language of a title; those already chosen stay. */
export function slugsOf(title: LocalizedText, chosen: LocalizedText = {}): LocalizedText {
  const made = Object.entries(title)
    .map(([locale, words]): [string, string] => [locale, slugOf(words)])
    .filter(([, slug]) => slug !== '');
  return { ...Object.fromEntries(made), ...chosen };
}
