import { type Percent, type TaxRate } from '@ashlar/kernel/values';

export interface KnownRate {
  readonly code: string;
  readonly category: string;
  /** Empty: everywhere. */
  readonly jurisdiction: string;
  /** Empty: for everybody. */
  readonly customerClass: string;
  readonly percent: Percent;
  readonly compoundOn: readonly string[];
  readonly position: number;
}

export interface TaxPlace {
  readonly jurisdiction: string;
  readonly customerClass: string;
}

/** Of what no tax is asked: gift vouchers, deposits. It needs no rate. */
const UNTAXED = 'none';

/**
 * The taxes of a category of goods: those of the very place and class, else of the place, else of the class, else of
 * all. `rates` are those that hold on the day.
 *
 * @returns Undefined when nobody has said what the category bears.
 */
export function resolveTax(
  rates: readonly KnownRate[],
  category: string,
  { jurisdiction, customerClass }: TaxPlace,
): readonly TaxRate[] | undefined {
  if (category === UNTAXED) return [];
  const candidates = rates.filter((rate) => rate.category === category);
  const places = [
    [jurisdiction, customerClass],
    [jurisdiction, ''],
    ['', customerClass],
    ['', ''],
  ] as const;
  for (const [place, group] of places) {
    const found = candidates.filter((rate) => rate.jurisdiction === place && rate.customerClass === group);
    if (found.length === 0) continue;
    return found
      .toSorted((left, right) => left.position - right.position || (left.code < right.code ? -1 : 1))
      .map(({ code, percent, compoundOn }) => ({ code, percent, compoundOn }));
  }
  return undefined;
}
