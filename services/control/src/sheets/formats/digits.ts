const OTHER_DIGITS = /[٠-٩۰-۹٫]/;

/** Arabic-Indic figures and their decimal sign as PostgreSQL reads them. */
export function westernDigits(text: string): string {
  if (!OTHER_DIGITS.test(text)) return text;
  return text
    .replaceAll(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replaceAll(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .replaceAll('٫', '.');
}
