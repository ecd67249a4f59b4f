import { createContext, type ReactNode, use, useMemo, useState } from 'react';

export type Language = 'en' | 'ar';

export interface LanguageChoice {
  readonly language: Language;
  readonly direction: 'ltr' | 'rtl';
  /** For `Intl`: digits are Latin in both languages. */
  readonly locale: string;
  readonly choose: (language: Language) => void;
}

/** Read by public/first-paint.js as well. */
const STORED_AT = 'ashlar.language';
const LOCALES: Readonly<Record<Language, string>> = { en: 'en', ar: 'ar-u-nu-latn' };

const LanguageContext = createContext<LanguageChoice | null>(null);

/** The language of everything below: the one chosen here before, else the browser's. */
export function LanguageProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [language, setLanguage] = useState(firstLanguage);
  const choice = useMemo<LanguageChoice>(
    () => ({
      language,
      direction: language === 'ar' ? 'rtl' : 'ltr',
      locale: LOCALES[language],
      choose(next) {
        localStorage.setItem(STORED_AT, next);
        setLanguage(next);
      },
    }),
    [language],
  );
  return <LanguageContext value={choice}>{children}</LanguageContext>;
}

export function useLanguage(): LanguageChoice {
  const choice = use(LanguageContext);
  if (choice === null) throw new Error('There is no LanguageProvider above');
  return choice;
}

function firstLanguage(): Language {
  const stored = localStorage.getItem(STORED_AT);
  if (stored === 'en' || stored === 'ar') return stored;
  return navigator.languages.some((name) => name.toLowerCase().startsWith('ar')) &&
    !navigator.languages[0]?.toLowerCase().startsWith('en')
    ? 'ar'
    : 'en';
}
