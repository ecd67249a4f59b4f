import { latinDigits } from './digits.ts';

const separators = new Map<string, { readonly group: string; readonly decimal: string }>();

function separatorsOf(locale: string): { readonly group: string; readonly decimal: string } {
  const known = separators.get(locale);
  if (known !== undefined) return known;
  const parts = new Intl.NumberFormat(locale, { useGrouping: true }).formatToParts(1_234_567.8);
  const found = {
    group: parts.find((part) => part.type === 'group')?.value ?? ',',
    decimal: parts.find((part) => part.type === 'decimal')?.value ?? '.',
  };
  separators.set(locale, found);
  return found;
}

const PLAIN = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * Brings what people write for a number ("1,234.50", "١٢٫٥", "(30)") to what PostgreSQL reads, digit for digit.
 * Without a match in the plain spelling, the locale decides which mark groups and which one is the decimal.
 */
export function plainNumber(text: string, locale: string): string | undefined {
  let plain = latinDigits(text.trim()).replaceAll(/[\u00a0\u202f\u200e\u200f\s]/g, '');
  plain = plain.replaceAll('٬', '').replaceAll('٫', '.').replaceAll('−', '-');
  if (/^\(.+\)$/.test(plain)) plain = `-${plain.slice(1, -1)}`;
  const { group, decimal } = separatorsOf(locale);
  const grouped = new RegExp(`^[+-]?\\d{1,3}(?:\\${group}\\d{2,3})+(?:\\${decimal}\\d+)?$`);
  if (group.trim() !== '' && grouped.test(plain)) plain = plain.replaceAll(group, '').replace(decimal, '.');
  else if (decimal === ',' && /^[+-]?\d*,\d+$/.test(plain)) plain = plain.replace(',', '.');
  return PLAIN.test(plain) ? plain.replace(/^\+/, '') : undefined;
}

const formats = new Map<string, Intl.NumberFormat>();
const MAX_SHOWN_DECIMALS = 100;

/** A number grouped in the locale's manner with all its decimals; what is no plain number (NaN, 1e400) stays as it is. */
export function formatNumber(value: string, locale: string): string {
  if (!/^-?\d+(?:\.\d+)?$/.test(value)) return value;
  const point = value.indexOf('.');
  const decimals = point === -1 ? 0 : value.length - point - 1;
  if (decimals > MAX_SHOWN_DECIMALS) return value;
  const key = `${locale} ${decimals}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    formats.set(key, format);
  }
  // The text itself, not a float of it: Intl reads decimal strings exactly.
  return format.format(value as Intl.StringNumericLiteral);
}
