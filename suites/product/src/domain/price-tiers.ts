export interface Tier {
  readonly minMicros: bigint;
  /** Null: without end. */
  readonly maxMicros: bigint | null;
}

/** Whether two tiers share a quantity; each goes from its least up to, and without, its most. */
export function tiersOverlap(tiers: readonly Tier[]): boolean {
  const ordered = tiers.toSorted((left, right) => (left.minMicros < right.minMicros ? -1 : 1));
  return ordered.some((tier, index) => {
    const next = ordered[index + 1];
    return next !== undefined && (tier.maxMicros === null || tier.maxMicros > next.minMicros);
  });
}

/** Closes each tier where the next begins, for price lists that only say from which quantity on. */
export function closeTiers<Open extends { readonly minMicros: bigint }>(tiers: readonly Open[]): (Open & Tier)[] {
  const ordered = tiers.toSorted((left, right) => (left.minMicros < right.minMicros ? -1 : 1));
  return ordered.map((tier, index) => ({ ...tier, maxMicros: ordered[index + 1]?.minMicros ?? null }));
}
