export interface BundleComponent {
  /** Millionths of the component's base unit in one bundle. */
  readonly micros: bigint;
  readonly optional: boolean;
  /** What there is of it, in millionths; null when nobody counts it. */
  readonly availableMicros: bigint | null;
}

/**
 * How many whole bundles there could be: the scarcest component decides, optional ones do not.
 *
 * @returns Null when no component is counted.
 */
export function bundleAvailability(components: readonly BundleComponent[]): bigint | null {
  return components
    .filter(({ optional }) => !optional)
    .reduce<bigint | null>((least, { micros, availableMicros }) => {
      if (availableMicros === null) return least;
      const bundles = availableMicros <= 0n ? 0n : availableMicros / micros;
      return least === null || bundles < least ? bundles : least;
    }, null);
}
