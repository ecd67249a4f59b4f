import { latinDigits } from './digits.ts';
import { valueErrors } from './value-errors.ts';

/** Longer texts are refused before they are read: the widest decimal of the house has 14 + 6 digits. */
const LONGEST_TEXT = 40;

export interface DecimalBounds {
  /** Decimals kept; one more is refused, never rounded. */
  readonly scale: number;
  /** Digits before the point. */
  readonly digits: number;
}

/**
 * Reads a decimal text as a whole number of its smallest unit: "12.5" with scale 6 is 12 500 000.
 * Arabic-Indic digits count as digits; separators, exponents, signs other than a leading minus are refused.
 *
 * @throws {AshlarError} `common.decimal_malformed`, `common.decimal_too_precise` or `common.decimal_too_long`.
 */
export function parseDecimal(text: string, { scale, digits }: DecimalBounds): bigint {
  const shown = text.slice(0, LONGEST_TEXT);
  const match = text.length > LONGEST_TEXT ? null : /^(-?)(\d+)(?:\.(\d+))?$/.exec(latinDigits(text.trim()));
  if (match === null) throw valueErrors.decimalMalformed({ text: shown });
  const [, sign = '', whole = '', written = ''] = match;
  const fraction = written.replace(/0+$/, '');
  if (fraction.length > scale) throw valueErrors.decimalTooPrecise({ text: shown, scale });
  if (whole.replace(/^0+/, '').length > digits) throw valueErrors.decimalTooLong({ text: shown, digits });
  const units = BigInt(whole + fraction.padEnd(scale, '0'));
  return sign === '-' ? -units : units;
}

/** The shortest text of so many smallest units: 12 500 000 with scale 6 is "12.5". */
export function formatDecimal(units: bigint, scale: number): string {
  const text = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const fraction = text.slice(text.length - scale).replace(/0+$/, '');
  const whole = text.slice(0, text.length - scale);
  return `${units < 0n ? '-' : ''}${whole}${scale === 0 || fraction === '' ? '' : `.${fraction}`}`;
}
