import { useMemo } from 'react';
import { createFormatter, createTranslator } from 'use-intl/core';
import { type Language, useLanguage } from './language.tsx';

/** The sentences of one page in both languages, in ICU's message syntax. */
export type Catalogue<Key extends string> = Readonly<Record<Language, Readonly<Record<Key, string>>>>;

export type TextValues = Readonly<Record<string, string | number | Date>>;
export type Text<Key extends string> = (key: Key, values?: TextValues) => string;

/** Holds the languages of a page to the same keys. */
export function defineTexts<const English extends Readonly<Record<string, string>>>(
  en: English,
  ar: Readonly<Record<keyof English, string>>,
): Catalogue<keyof English & string> {
  return { en, ar };
}

/** What a page says, in the language chosen. */
export function useText<Key extends string>(catalogue: Catalogue<Key>): Text<Key> {
  const { language, locale } = useLanguage();
  return useMemo(() => {
    const messages: Readonly<Record<string, string>> = catalogue[language];
    // Keys are held to the catalogue by the type of what is returned; the library would infer them from the messages.
    const translate = createTranslator({ locale, messages }) as (key: string, values?: TextValues) => string;
    return translate;
  }, [catalogue, language, locale]);
}

/** Numbers, times and lists as the language writes them. */
export function useFormat(): ReturnType<typeof createFormatter> {
  const { locale } = useLanguage();
  return useMemo(
    () => createFormatter({ locale, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone }),
    [locale],
  );
}
