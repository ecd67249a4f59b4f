import { z } from 'zod';
import { formatDecimal, parseDecimal } from './decimal.ts';
import { edgeValue } from './edge-value.ts';
import { Rational } from './rational.ts';
import { ratioOf, UnitCode, type UnitOfMeasure } from './unit-of-measure.ts';
import { valueErrors } from './value-errors.ts';

/** Decimals of a quantity: a seventh is refused, never rounded. Columns are numeric(18,6). */
const SCALE = 6;
const DIGITS = 12;
const MICROS = 10n ** BigInt(SCALE);

/** So many millionths of a unit. */
export interface Quantity {
  readonly micros: bigint;
  /** Code of the unit. */
  readonly uom: string;
}

export interface QuantityJson {
  readonly value: string;
  readonly uom: string;
}

/**
 * A quantity from its text, such as "2.5".
 *
 * @throws {AshlarError} `common.decimal_too_precise` at the seventh decimal.
 */
export function quantity(text: string, uom: string): Quantity {
  return { micros: parseMicros(text), uom };
}

/** Millionths of what a numeric(18,6) column or an API says. */
export function parseMicros(text: string): bigint {
  return parseDecimal(text, { scale: SCALE, digits: DIGITS });
}

/** The shortest text of so many millionths: what a numeric(18,6) column takes. */
export function microsText(micros: bigint): string {
  return formatDecimal(micros, SCALE);
}

/** @throws {AshlarError} `common.uom_incompatible`: convert first. */
export function addQuantities(left: Quantity, right: Quantity): Quantity {
  return { micros: left.micros + inSameUnit(left, right), uom: left.uom };
}

/** @throws {AshlarError} `common.uom_incompatible`: convert first. */
export function subtractQuantities(left: Quantity, right: Quantity): Quantity {
  return { micros: left.micros - inSameUnit(left, right), uom: left.uom };
}

/** Below zero, zero or above zero, as for a sort. */
export function compareQuantities(left: Quantity, right: Quantity): number {
  const difference = left.micros - inSameUnit(left, right);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** An item's own factor: one `from` is `factor` times `to` (a box is 12 pieces, a bag 25 kg). */
export interface UnitFactor {
  readonly from: string;
  readonly to: string;
  readonly factor: Rational;
}

/**
 * The same quantity in another unit, exactly.
 *
 * @param factors The item's own; one of them is needed between categories, and wins over the units' ratios.
 * @throws {AshlarError} `common.uom_incompatible`, `common.uom_not_exact`, or `common.uom_fraction` when the other
 *   unit is counted in whole numbers.
 */
export function convertQuantity(
  given: Quantity,
  from: UnitOfMeasure,
  to: UnitOfMeasure,
  factors: readonly UnitFactor[] = [],
): Quantity {
  if (given.uom !== from.code) throw valueErrors.uomIncompatible({ from: given.uom, to: from.code });
  const exact = conversion(from, to, factors).times(given.micros);
  if (exact.denominator !== 1n) {
    throw valueErrors.uomNotExact({ quantity: microsText(given.micros), from: from.code, to: to.code });
  }
  return inWholeUnits({ micros: exact.numerator, uom: to.code }, to);
}

/** The quantity, unless its unit is counted in whole numbers and it is none: `common.uom_fraction`. */
export function inWholeUnits(given: Quantity, unit: UnitOfMeasure): Quantity {
  if (unit.integerOnly && given.micros % MICROS !== 0n) {
    throw valueErrors.uomFraction({ uom: unit.code, quantity: microsText(given.micros) });
  }
  return given;
}

/** At the edge: `{"value": "2.5", "uom": "kg"}`. */
export const Quantity: z.ZodType<Quantity, QuantityJson> = quantityAbove(undefined);

/** A quantity that must be more than nothing. */
export const PositiveQuantity: z.ZodType<Quantity, QuantityJson> = quantityAbove(0n);

function quantityAbove(limit: bigint | undefined): z.ZodType<Quantity, QuantityJson> {
  const schema = edgeValue<Quantity, QuantityJson>({
    json: z.strictObject({ value: z.string().min(1).max(40), uom: UnitCode }).meta({ title: 'Quantity' }),
    decode: ({ value, uom }) => quantity(value, uom),
    encode: ({ micros, uom }) => ({ value: microsText(micros), uom }),
  });
  return limit === undefined
    ? schema
    : schema.refine(({ micros }) => micros > limit, { message: 'Expected more than nothing', path: ['value'] });
}

function conversion(from: UnitOfMeasure, to: UnitOfMeasure, factors: readonly UnitFactor[]): Rational {
  if (from.code === to.code) return Rational.one;
  for (const { from: one, to: many, factor } of factors) {
    if (one === from.code && many === to.code) return factor;
    if (one === to.code && many === from.code) return Rational.one.dividedBy(factor);
  }
  if (from.category !== to.category) throw valueErrors.uomIncompatible({ from: from.code, to: to.code });
  return ratioOf(from).dividedBy(ratioOf(to));
}

function inSameUnit(left: Quantity, right: Quantity): bigint {
  if (left.uom !== right.uom) throw valueErrors.uomIncompatible({ from: right.uom, to: left.uom });
  return right.micros;
}
