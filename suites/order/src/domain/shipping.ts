/** Where a shipping method serves, and for how much. */
export interface Zone {
  /** Two capital letters each; none: every country. */
  readonly countries: readonly string[];
  /** What postcodes begin with; none: every postcode. */
  readonly postcodes: readonly string[];
  readonly priceMinor: bigint;
  /** What the goods have to come to before discounts for it to cost nothing. */
  readonly freeFromMinor: bigint | null;
}

export interface ShipTo {
  readonly country: string;
  readonly postcode: string | null;
}

/** The first zone that serves an address. */
export function zoneFor(zones: readonly Zone[], { country, postcode }: ShipTo): Zone | undefined {
  const written = (postcode ?? '').replaceAll(/\s/g, '').toUpperCase();
  return zones.find(
    ({ countries, postcodes }) =>
      (countries.length === 0 || countries.includes(country)) &&
      (postcodes.length === 0 ||
        postcodes.some((begin) => written.startsWith(begin.replaceAll(/\s/g, '').toUpperCase()))),
  );
}

/** What sending goods of so much costs. */
export function shippingPrice({ priceMinor, freeFromMinor }: Zone, goodsMinor: bigint): bigint {
  return freeFromMinor !== null && goodsMinor >= freeFromMinor ? 0n : priceMinor;
}
