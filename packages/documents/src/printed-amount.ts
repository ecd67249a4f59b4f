import { currency as currencyOf, exponentOf } from '@ashlar/kernel/values';

export interface AmountToPrint {
  /** Minor units; a price per unit may have decimals of them. */
  readonly minor: string;
  readonly currency: string;
  /** Whether the currency stands beside it. */
  readonly named?: boolean;
}

const MINUS = '\u2212';
const MINOR = /^(-?)(\d+)(?:\.(\d+))?$/;

/**
 * An amount as people read it: the currency's decimals, thousands apart, a true minus: `USD 1,234.50`. A price of less
 * than a minor unit keeps the decimals it needs: 0.35 cents are `0.0035`.
 *
 * @throws {RangeError} For what are no minor units.
 */
export function printedAmount({ minor, currency, named = false }: AmountToPrint): string {
  const [, sign, whole, fraction = ''] = MINOR.exec(minor) ?? [];
  if (whole === undefined) throw new RangeError(`Expected minor units as digits, got ${minor.slice(0, 50)}`);
  const decimals = exponentOf(currencyOf(currency, [currency]));
  const digits = whole.padStart(decimals + 1, '0');
  const major = digits.slice(0, digits.length - decimals).replaceAll(/\B(?=(\d{3})+$)/g, ',');
  const rest = digits.slice(digits.length - decimals) + fraction.replace(/0+$/, '');
  const isNothing = /^0*$/.test(whole + fraction);
  const figure = `${sign === '-' && !isNothing ? MINUS : ''}${major}${rest === '' ? '' : `.${rest}`}`;
  return named ? `${currency}\u00A0${figure}` : figure;
}
