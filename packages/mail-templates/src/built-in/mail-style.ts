import type { MailLocale } from '../mail-data.ts';

/** The platform's colours in their light form; mail programs that know no other get these. */
export const colours = {
  page: '#F5F6F8',
  card: '#FFFFFF',
  line: '#E2E5EA',
  ink: '#1B2130',
  quiet: '#5B6475',
  accent: '#2F5BEA',
} as const;

const LATIN = "Inter, -apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";

export const fonts: Readonly<Record<MailLocale | 'mono', string>> = {
  en: LATIN,
  ar: "'IBM Plex Sans Arabic', 'Segoe UI', Tahoma, 'Geeza Pro', 'Noto Sans Arabic', Arial, sans-serif",
  mono: "'JetBrains Mono', ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
};

/** For programs that follow the reader's theme. `!important`, because the light form stands inline. */
export const darkStyles: string = `
@media (prefers-color-scheme: dark) {
  .page { background-color: #10131A !important; }
  .card { background-color: #191D27 !important; border-color: #2B3140 !important; }
  .line { border-color: #2B3140 !important; }
  .ink { color: #E9ECF3 !important; }
  .quiet { color: #A3ACBD !important; }
  .code { color: #E9ECF3 !important; background-color: #10131A !important; border-color: #2B3140 !important; }
  .link { color: #7C9BFF !important; }
}
@media (max-width: 420px) {
  .card { padding: 24px 20px 16px !important; }
}
`.trim();
