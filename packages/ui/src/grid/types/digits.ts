const ARABIC_INDIC = 0x660;
const EASTERN = 0x6f0;

/** Digits of Arabic and Persian as the ones PostgreSQL reads. */
export function latinDigits(text: string): string {
  return text.replaceAll(/[٠-٩۰-۹]/g, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    return String(code - (code >= EASTERN ? EASTERN : ARABIC_INDIC));
  });
}
