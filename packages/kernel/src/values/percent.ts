import { z } from 'zod';
import { formatDecimal, parseDecimal } from './decimal.ts';
import { edgeValue } from './edge-value.ts';
import { Rational } from './rational.ts';

declare const percentBrand: unique symbol;

/** Millionths of a percent: 21 % is 21 000 000. Columns are numeric(9,6). */
export type Percent = bigint & { readonly [percentBrand]: true };

const SCALE = 6;

/**
 * A percentage from its text, such as "21" or "9.75".
 *
 * @throws {AshlarError} `common.decimal_too_precise` beyond six decimals, `common.decimal_too_long` from 1000 on.
 */
export function percent(text: string): Percent {
  // A brand on what parseDecimal has checked.
  return parseDecimal(text, { scale: SCALE, digits: 3 }) as Percent;
}

export function percentText(value: Percent): string {
  return formatDecimal(value, SCALE);
}

/** The share it stands for: 21 % is 21/100. */
export function shareOf(value: Percent): Rational {
  return Rational.of(value, 100n * 10n ** BigInt(SCALE));
}

/** At the edge: "9.75". */
export const Percent: z.ZodType<Percent, string> = edgeValue<Percent, string>({
  json: z.string().min(1).max(20),
  decode: percent,
  encode: percentText,
});
