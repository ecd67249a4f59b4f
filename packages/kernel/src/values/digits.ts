const ARABIC_INDIC_ZERO = 0x06_60;
const EXTENDED_ARABIC_INDIC_ZERO = 0x06_f0;

/** Writes Arabic-Indic and Persian digits and the Arabic decimal sign as their Latin counterparts; all else stays. */
export function latinDigits(text: string): string {
  return text.replace(/[٠-٩۰-۹٫]/g, (character) => {
    if (character === '٫') return '.';
    const code = character.charCodeAt(0);
    const zero = code >= EXTENDED_ARABIC_INDIC_ZERO ? EXTENDED_ARABIC_INDIC_ZERO : ARABIC_INDIC_ZERO;
    return String(code - zero);
  });
}
