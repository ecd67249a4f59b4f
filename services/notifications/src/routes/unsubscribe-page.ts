import { escapeHtml } from '@ashlar/kernel';
const WORDS = {
  en: {
    direction: 'ltr',
    title: 'Unsubscribe',
    ask: (address: string) => `Should ${address} get no more mails of this kind?`,
    button: 'Unsubscribe',
    done: (address: string) => `${address} gets no more mails of this kind.`,
  },
  ar: {
    direction: 'rtl',
    title: 'إلغاء الاشتراك',
    ask: (address: string) => `هل تريد ألّا تصل رسائل من هذا النوع إلى ${address} بعد الآن؟`,
    button: 'إلغاء الاشتراك',
    done: (address: string) => `لن تصل رسائل من هذا النوع إلى ${address} بعد الآن.`,
  },
} as const;

/** The page behind the link of a mail, in the language the browser asks for. */
export function unsubscribePage(acceptLanguage: string | undefined, step: 'ask' | 'done', address: string): string {
  const locale = /^\s*ar\b/i.test(acceptLanguage ?? '') ? 'ar' : 'en';
  const { direction, title, button, ...words } = WORDS[locale];
  const shown = `<bdi dir="ltr">${escapeHtml(address)}</bdi>`;
  const form = step === 'ask' ? `<form method="post"><button>${button}</button></form>` : '';
  return `<!doctype html>
<html lang="${locale}" dir="${direction}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<style>
body { margin: 10vh auto; max-width: 30rem; padding: 0 1rem; font: 1rem/1.6 system-ui, sans-serif; color-scheme: light dark }
button { font: inherit; padding: .6rem 1.2rem; border: 0; border-radius: 6px; background: #2F5BEA; color: #fff }
</style></head>
<body><h1>${title}</h1><p>${words[step](shown)}</p>${form}</body>
</html>
`;
}
