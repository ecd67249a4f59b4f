import { z } from 'zod';
import { Rational } from './rational.ts';
import { type LocalizedText, localizedText } from './localized-text.ts';

/** What a unit measures. Units of one category convert into each other; count has no common measure of its own. */
export type UnitCategory = 'mass' | 'length' | 'volume' | 'count' | 'time' | 'area';

/** A unit: so many of its category's reference (gram, millimetre, millilitre, piece, second, square millimetre). */
export interface UnitOfMeasure {
  readonly code: string;
  readonly name: LocalizedText;
  readonly category: UnitCategory;
  readonly ratioNum: bigint;
  readonly ratioDen: bigint;
  /** Refuses fractions: pieces, serials. */
  readonly integerOnly: boolean;
}

/** How many of its category's reference one unit is. */
export function ratioOf({ ratioNum, ratioDen }: Pick<UnitOfMeasure, 'ratioNum' | 'ratioDen'>): Rational {
  return Rational.of(ratioNum, ratioDen);
}

/** The units every organisation starts with; an item's own packs (a box of 12) are factors of that item. */
export const commonUnits: readonly UnitOfMeasure[] = [
  unit('pcs', 'count', 1n, 1n, true, 'piece', 'قطعة'),
  unit('pair', 'count', 2n, 1n, true, 'pair', 'زوج'),
  unit('dozen', 'count', 12n, 1n, true, 'dozen', 'دزينة'),
  unit('mg', 'mass', 1n, 1000n, false, 'milligram', 'مليغرام'),
  unit('g', 'mass', 1n, 1n, false, 'gram', 'غرام'),
  unit('kg', 'mass', 1000n, 1n, false, 'kilogram', 'كيلوغرام'),
  unit('t', 'mass', 1_000_000n, 1n, false, 'tonne', 'طن'),
  unit('lb', 'mass', 45_359_237n, 100_000n, false, 'pound', 'رطل'),
  unit('oz', 'mass', 45_359_237n, 1_600_000n, false, 'ounce', 'أونصة'),
  unit('mm', 'length', 1n, 1n, false, 'millimetre', 'مليمتر'),
  unit('cm', 'length', 10n, 1n, false, 'centimetre', 'سنتيمتر'),
  unit('m', 'length', 1000n, 1n, false, 'metre', 'متر'),
  unit('in', 'length', 254n, 10n, false, 'inch', 'بوصة'),
  unit('ft', 'length', 3048n, 10n, false, 'foot', 'قدم'),
  unit('ml', 'volume', 1n, 1n, false, 'millilitre', 'مليلتر'),
  unit('l', 'volume', 1000n, 1n, false, 'litre', 'لتر'),
  unit('m3', 'volume', 1_000_000n, 1n, false, 'cubic metre', 'متر مكعب'),
  unit('s', 'time', 1n, 1n, false, 'second', 'ثانية'),
  unit('min', 'time', 60n, 1n, false, 'minute', 'دقيقة'),
  unit('h', 'time', 3600n, 1n, false, 'hour', 'ساعة'),
  unit('day', 'time', 86_400n, 1n, false, 'day', 'يوم'),
  unit('cm2', 'area', 100n, 1n, false, 'square centimetre', 'سنتيمتر مربع'),
  unit('m2', 'area', 1_000_000n, 1n, false, 'square metre', 'متر مربع'),
];

/** Code of a unit at the edge. */
export const UnitCode: z.ZodType<string, string> = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,19}$/, 'Expected the code of a unit, such as kg');

export const UnitOfMeasure: z.ZodType<
  UnitOfMeasure,
  Omit<UnitOfMeasure, 'ratioNum' | 'ratioDen'> & { ratioNum: string; ratioDen: string }
> = z.strictObject({
  code: UnitCode,
  name: localizedText({ max: 60 }),
  category: z.enum(['mass', 'length', 'volume', 'count', 'time', 'area']),
  ratioNum: ratioPart(),
  ratioDen: ratioPart(),
  integerOnly: z.boolean(),
});

function ratioPart(): z.ZodType<bigint, string> {
  return z.codec(z.string().regex(/^[1-9]\d{0,17}$/, 'Expected a whole number above zero as digits'), z.bigint(), {
    decode: (digits) => BigInt(digits),
    encode: (value) => value.toString(),
  });
}

function unit(
  code: string,
  category: UnitCategory,
  ratioNum: bigint,
  ratioDen: bigint,
  integerOnly: boolean,
  en: string,
  ar: string,
): UnitOfMeasure {
  return { code, name: { en, ar }, category, ratioNum, ratioDen, integerOnly };
}
