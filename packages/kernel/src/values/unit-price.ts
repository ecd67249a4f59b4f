import { z } from 'zod';
import { type Currency, currency as knownCurrency } from './currency.ts';
import { formatDecimal, parseDecimal } from './decimal.ts';
import { edgeValue } from './edge-value.ts';
import { money, type Money, type MoneyJson } from './money.ts';
import { Rational } from './rational.ts';
import type { Quantity } from './quantity.ts';
import type { RoundingMode } from './rounding.ts';

/** Decimals of a minor unit a price per unit may have; columns are numeric(20,6). */
const SCALE = 6;
const MICROS = 10n ** BigInt(SCALE);

/** What one unit costs, in millionths of a minor unit: a screw may cost 0.35 cent. Totals are whole again. */
export interface UnitPrice {
  readonly minorMicros: bigint;
  readonly currency: Currency;
}

/**
 * A price from its minor units as text, such as "1250" or "0.35".
 *
 * @throws {AshlarError} `common.decimal_too_precise` beyond six decimals.
 */
export function unitPrice(minorUnits: string, currency: Currency): UnitPrice {
  return { minorMicros: parseDecimal(minorUnits, { scale: SCALE, digits: 14 }), currency };
}

/** The minor units as the shortest text: what a numeric(20,6) column takes. */
export function unitPriceText({ minorMicros }: UnitPrice): string {
  return formatDecimal(minorMicros, SCALE);
}

/** `round(quantity × price)`: the one rounding of a line's amount. */
export function linePrice(price: UnitPrice, quantity: Quantity, mode?: RoundingMode): Money {
  const exact = Rational.of(price.minorMicros * quantity.micros, MICROS * MICROS);
  return money(exact.round(mode), price.currency);
}

/** At the edge: `{"amount": "35.5", "currency": "USD"}` is 35.5 cents a unit. */
export const UnitPrice: z.ZodType<UnitPrice, MoneyJson> = edgeValue<UnitPrice, MoneyJson>({
  json: z
    .strictObject({
      amount: z.string().min(1).max(40),
      currency: z.string().regex(/^[A-Z]{3}$/, 'Expected the three capital letters of a currency'),
    })
    .meta({ title: 'UnitPrice' }),
  decode: ({ amount, currency }) => unitPrice(amount, knownCurrency(currency)),
  encode: (price) => ({ amount: unitPriceText(price), currency: price.currency }),
});
