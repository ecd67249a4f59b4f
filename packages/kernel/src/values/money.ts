import { z } from 'zod';
import { type Currency, currency as knownCurrency, exponentOf } from './currency.ts';
import { edgeValue } from './edge-value.ts';
import { Rational } from './rational.ts';
import { type RoundingMode, roundQuotient } from './rounding.ts';
import { valueErrors } from './value-errors.ts';

/** An amount in whole minor units of one currency; negative for what is owed the other way. */
export interface Money {
  readonly amountMinor: bigint;
  readonly currency: Currency;
}

/** What an API takes and answers: digits as text, since a number of JSON holds only 15 of them. */
export interface MoneyJson {
  readonly amount: string;
  readonly currency: string;
}

/** |amount| an API accepts. */
export const LARGEST_ACCEPTED_MINOR: bigint = 10n ** 15n;
/** |amount| a column of type bigint is trusted with. */
export const LARGEST_STORED_MINOR: bigint = 92n * 10n ** 17n;

/** @throws {AshlarError} `common.amount_out_of_range` when no column could hold it. */
export function money(amountMinor: bigint, currency: Currency): Money {
  return { amountMinor: within(amountMinor, LARGEST_STORED_MINOR), currency };
}

/** Nothing, in the currency. */
export function noMoney(currency: Currency): Money {
  return { amountMinor: 0n, currency };
}

/** @throws {AshlarError} `common.currency_mismatch`, `common.amount_out_of_range`. */
export function addMoney(left: Money, right: Money): Money {
  return money(left.amountMinor + inSameCurrency(left, right), left.currency);
}

/** @throws {AshlarError} `common.currency_mismatch`, `common.amount_out_of_range`. */
export function subtractMoney(left: Money, right: Money): Money {
  return money(left.amountMinor - inSameCurrency(left, right), left.currency);
}

/** The sum of amounts that all have the currency; nothing for none. */
export function sumMoney(amounts: Iterable<Money>, currency: Currency): Money {
  let total = noMoney(currency);
  for (const amount of amounts) total = addMoney(total, amount);
  return total;
}

export function negateMoney({ amountMinor, currency }: Money): Money {
  return { amountMinor: -amountMinor, currency };
}

/** Below zero, zero or above zero, as for a sort. */
export function compareMoney(left: Money, right: Money): number {
  const difference = left.amountMinor - inSameCurrency(left, right);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** `amount × factor`, rounded once. */
export function multiplyMoney({ amountMinor, currency }: Money, factor: Rational, mode?: RoundingMode): Money {
  return money(factor.times(amountMinor).round(mode), currency);
}

/**
 * The amount in another currency. The rate is major unit for major unit, as a bank quotes it: with 1 USD = 1310 IQD,
 * 1.00 USD becomes 1310.000 IQD.
 */
export function convertMoney(amount: Money, rate: Rational, to: Currency, mode?: RoundingMode): Money {
  const minorPerMinor = rate.times(
    Rational.of(10n ** BigInt(exponentOf(to)), 10n ** BigInt(exponentOf(amount.currency))),
  );
  return money(minorPerMinor.times(amount.amountMinor).round(mode), to);
}

/**
 * The nearest amount that can be paid in cash, halves away from zero. The difference is a line of its own, never tax.
 *
 * @param stepMinor The smallest coin in minor units, 1 or more.
 */
export function roundToCash({ amountMinor, currency }: Money, stepMinor: bigint): Money {
  if (stepMinor < 1n) throw new RangeError(`Expected a step of at least one minor unit, got ${stepMinor}`);
  return money(roundQuotient(amountMinor, stepMinor) * stepMinor, currency);
}

/** The part of an amount that falls to `part` of `whole` days (or whatever is counted), rounded once. */
export function prorate(amount: Money, part: bigint, whole: bigint, mode?: RoundingMode): Money {
  return multiplyMoney(amount, Rational.of(part, whole), mode);
}

/** At the edge: `{"amount": "1250", "currency": "USD"}` is 12.50 US dollars. */
export const Money: z.ZodType<Money, MoneyJson> = edgeValue<Money, MoneyJson>({
  json: z
    .strictObject({
      amount: z.string().regex(/^-?\d{1,20}$/, 'Expected whole minor units as digits'),
      currency: z.string().regex(/^[A-Z]{3}$/, 'Expected the three capital letters of a currency'),
    })
    .meta({ title: 'Money' }),
  decode: ({ amount, currency }) => ({
    amountMinor: within(BigInt(amount), LARGEST_ACCEPTED_MINOR),
    currency: knownCurrency(currency),
  }),
  encode: ({ amountMinor, currency }) => ({ amount: amountMinor.toString(), currency }),
});

function within(amountMinor: bigint, limit: bigint): bigint {
  if (amountMinor > limit || amountMinor < -limit) {
    throw valueErrors.amountOutOfRange({ amount: amountMinor.toString(), limit: limit.toString() });
  }
  return amountMinor;
}

function inSameCurrency(left: Money, right: Money): bigint {
  if (left.currency !== right.currency) {
    throw valueErrors.currencyMismatch({ left: left.currency, right: right.currency });
  }
  return right.amountMinor;
}
