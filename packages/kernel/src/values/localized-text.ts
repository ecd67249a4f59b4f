import { z } from 'zod';
import { type TextRules, text } from './text.ts';

/** One text in several languages, by language tag: `{en: 'Shirt', ar: 'قميص'}`. */
export type LocalizedText = Readonly<Record<string, string>>;

/** Languages one text may have. */
const MOST_LOCALES = 50;

/** Tag of a language, such as `ar` or `en-GB`. */
export const Locale: z.ZodType<string, string> = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?$/, 'Expected a language tag, such as ar or en-GB');

/** At the edge: at least one language, each text under the same rules. */
export function localizedText(rules: TextRules): z.ZodType<LocalizedText, LocalizedText> {
  return z
    .record(Locale, text(rules))
    .refine((texts) => Object.keys(texts).length > 0, 'Expected the text in at least one language')
    .refine((texts) => Object.keys(texts).length <= MOST_LOCALES, `Expected at most ${MOST_LOCALES} languages`);
}

/**
 * The text for a reader: in their language, else in the same language of elsewhere, else in the fallback, else in
 * whichever comes first.
 */
export function textFor(texts: LocalizedText, locale: string, fallback = 'en'): string | undefined {
  const language = locale.split('-', 1)[0] ?? locale;
  return texts[locale] ?? texts[language] ?? texts[fallback] ?? Object.values(texts)[0];
}
