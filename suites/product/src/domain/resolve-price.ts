import type { Instant, UnitPrice } from '@ashlar/kernel/values';

/** A price together with what its list says of when and for whom it is. */
export interface PriceCandidate {
  readonly listId: string;
  readonly price: UnitPrice;
  readonly includesTax: boolean;
  /** Quantities it is for, in millionths of the sales unit: from `minMicros` up to, and without, `maxMicros`. */
  readonly minMicros: bigint;
  readonly maxMicros: bigint | null;
  readonly channel: string | null;
  readonly customerGroup: string | null;
  readonly customerId: string | null;
  readonly validFrom: Instant | null;
  readonly validTo: Instant | null;
  readonly priority: number;
}

export interface PriceQuestion {
  readonly micros: bigint;
  readonly currency: string;
  readonly at: Instant;
  readonly channel?: string | undefined;
  readonly customerGroups?: readonly string[] | undefined;
  readonly customerId?: string | undefined;
}

/**
 * The price that holds: of those valid now, the customer's own list before the group's, the channel's and the
 * default; then the higher priority, the highest tier, the lowest price. Equal in all that, the list of the lower id,
 * so that the same question always has the same answer.
 */
export function resolvePrice<Candidate extends PriceCandidate>(
  candidates: readonly Candidate[],
  question: PriceQuestion,
): Candidate | undefined {
  return candidates
    .filter((candidate) => applies(candidate, question))
    .toSorted(
      (left, right) =>
        closeness(right) - closeness(left) ||
        right.priority - left.priority ||
        compare(right.minMicros, left.minMicros) ||
        compare(left.price.minorMicros, right.price.minorMicros) ||
        compare(left.listId, right.listId),
    )[0];
}

function applies(
  candidate: PriceCandidate,
  { micros, currency, at, channel, customerGroups, customerId }: PriceQuestion,
): boolean {
  return (
    candidate.price.currency === currency &&
    candidate.minMicros <= micros &&
    (candidate.maxMicros === null || micros < candidate.maxMicros) &&
    (candidate.validFrom === null || candidate.validFrom <= at) &&
    (candidate.validTo === null || at < candidate.validTo) &&
    (candidate.channel === null || candidate.channel === channel) &&
    (candidate.customerGroup === null || customerGroups?.includes(candidate.customerGroup) === true) &&
    (candidate.customerId === null || candidate.customerId === customerId)
  );
}

function closeness({ customerId, customerGroup, channel }: PriceCandidate): number {
  if (customerId !== null) return 3;
  if (customerGroup !== null) return 2;
  return channel === null ? 0 : 1;
}

function compare<Value extends bigint | string>(left: Value, right: Value): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
