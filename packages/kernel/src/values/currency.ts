import { z } from 'zod';
import { edgeValue } from './edge-value.ts';
import { valueErrors } from './value-errors.ts';

declare const currencyBrand: unique symbol;

/** ISO 4217 alphabetic code of a currency we reckon in. */
export type Currency = string & { readonly [currencyBrand]: true };

const WITHOUT_DECIMALS = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF';
const WITH_TWO =
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP ' +
  'CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES ' +
  'KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK ' +
  'NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB ' +
  'TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG';
const WITH_THREE = 'BHD IQD JOD KWD LYD OMR TND';
/** Units of account, not money one pays with; an organisation that reckons in them says so. */
const WITH_FOUR = 'CLF UYW';

const EXPONENTS: ReadonlyMap<string, number> = new Map(
  [WITHOUT_DECIMALS, '', WITH_TWO, WITH_THREE, WITH_FOUR].flatMap((codes, place) =>
    codes
      .split(' ')
      .filter((code) => code !== '')
      .map((code): [string, number] => [code, place < 1 ? 0 : place]),
  ),
);

/**
 * The smallest amount one can hand over, in minor units, where it is more than one: coins of less are out of use.
 * It says nothing about the precision of the books.
 */
const CASH_STEPS: ReadonlyMap<string, bigint> = new Map([
  ['IQD', 250_000n],
  ['CHF', 5n],
  ['SEK', 100n],
  ['NOK', 100n],
  ['DKK', 50n],
  ['CZK', 100n],
  ['HUF', 500n],
  ['CAD', 5n],
  ['AUD', 5n],
  ['NZD', 10n],
]);

/**
 * The currency of a code.
 *
 * @param enabled Codes with four decimals an organisation has enabled.
 * @throws {AshlarError} `common.currency_unknown`, or `common.currency_refused` for one with four decimals.
 */
export function currency(code: string, enabled: readonly string[] = []): Currency {
  const exponent = EXPONENTS.get(code);
  if (exponent === undefined) throw valueErrors.currencyUnknown({ currency: code.slice(0, 10) });
  if (exponent > 3 && !enabled.includes(code)) throw valueErrors.currencyRefused({ currency: code, exponent });
  // Checked just now; the brand is what remembers it.
  return code as Currency;
}

/** Decimals of the accounting unit: 0, 2 or 3 (4 where enabled). */
export function exponentOf(known: Currency): number {
  const exponent = EXPONENTS.get(known);
  if (exponent === undefined) throw valueErrors.currencyUnknown({ currency: known });
  return exponent;
}

/** Minor units of the smallest cash one can pay in the currency; 1 where any amount can be paid. */
export function cashStepOf(known: Currency): bigint {
  return CASH_STEPS.get(known) ?? 1n;
}

/** Every currency with at most three decimals, in alphabetical order. */
export function currencies(): readonly Currency[] {
  return [...EXPONENTS]
    .filter(([, exponent]) => exponent <= 3)
    .map(([code]) => currency(code))
    .toSorted();
}

/** At the edge: three capital letters. */
export const Currency: z.ZodType<Currency, string> = edgeValue<Currency, string>({
  json: z.string().regex(/^[A-Z]{3}$/, 'Expected the three capital letters of a currency'),
  decode: (code) => currency(code),
  encode: (code) => code,
});
