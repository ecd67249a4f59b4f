import { microsText, type Quantity, Rational, valueErrors } from '@ashlar/kernel/values';

const ONE = 1_000_000n;

/** A quantity as somebody said it: two boxes. */
export type Entered = Quantity;

/** What is counted: an item with the units it comes in. */
export interface Item {
  readonly id: string;
  readonly sku: string;
  readonly baseUom: string;
  readonly wholeUnits: boolean;
  readonly tracking: 'none' | 'lot' | 'serial';
  readonly currency: string;
  readonly archived: boolean;
  /** One of a unit in base units. */
  readonly units: ReadonlyMap<string, Rational>;
}

/**
 * Millionths of the item's base unit, exactly.
 *
 * @throws {AshlarError} `common.uom_incompatible`, `common.uom_not_exact`, `common.uom_fraction`.
 */
export function inBaseUnits(item: Item, entered: Entered): bigint {
  const one = entered.uom === item.baseUom ? Rational.one : item.units.get(entered.uom);
  if (one === undefined) throw valueErrors.uomIncompatible({ from: entered.uom, to: item.baseUom });
  const exact = one.times(entered.micros);
  if (exact.denominator !== 1n) {
    throw valueErrors.uomNotExact({ quantity: microsText(entered.micros), from: entered.uom, to: item.baseUom });
  }
  if (item.wholeUnits && exact.numerator % ONE !== 0n) {
    throw valueErrors.uomFraction({ uom: item.baseUom, quantity: microsText(exact.numerator) });
  }
  return exact.numerator;
}
