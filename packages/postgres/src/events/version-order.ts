import { aggregateOf, type DomainEvent } from '@ashlar/kernel';

/** Aggregates remembered; of one that was forgotten the next version is taken as it comes. */
const MAX_AGGREGATES = 10_000;
/** Versions of one aggregate that may be ahead before the gap is no longer believed in. */
const MAX_AHEAD = 16;

/** The same events, those of one aggregate in the order of their versions, in the places that they took together. */
export function inOrderOfVersions<One extends { readonly event: DomainEvent }>(events: readonly One[]): readonly One[] {
  const places = new Map<string, number[]>();
  for (const [index, { event }] of events.entries()) {
    if (event.aggregateversion === null) continue;
    const aggregate = aggregateOf(event);
    places.set(aggregate, [...(places.get(aggregate) ?? []), index]);
  }
  const ordered = [...events];
  for (const indexes of places.values()) {
    const own = indexes
      .flatMap((index) => events[index] ?? [])
      .toSorted((a, b) => versionOf(a.event) - versionOf(b.event));
    for (const [nth, one] of own.entries()) ordered[indexes[nth] ?? 0] = one;
  }
  return ordered;
}

const versionOf = ({ aggregateversion }: DomainEvent): number => aggregateversion ?? 0;

interface Versions {
  /** Everything up to it has been seen, as far as anybody can tell. */
  readonly last: number;
  readonly ahead: readonly number[];
  /** When the first of `ahead` was seen. */
  readonly since: number;
}

export interface VersionOrderOptions {
  /** For how long a missing version is believed to come. */
  readonly waitMs: number;
  /** Milliseconds that only grow. */
  readonly now: () => number;
}

/**
 * Tells which events have come before an event of an earlier version of their aggregate. It knows what it has seen:
 * the first version of an aggregate it meets is where that one begins.
 */
export class VersionOrder {
  readonly #options: VersionOrderOptions;
  readonly #aggregates = new Map<string, Versions>();

  constructor(options: VersionOrderOptions) {
    this.#options = options;
  }

  /** @returns True when a version before this one is missing that may still come. */
  isEarly(event: DomainEvent): boolean {
    const { aggregateversion: version, subject } = event;
    if (version === null || subject === null) return false;
    const aggregate = aggregateOf(event);
    const before = this.#aggregates.get(aggregate);
    const now = this.#options.now();
    const after = before === undefined ? { last: version, ahead: [], since: now } : this.#follow(before, version, now);
    // The one longest unseen is forgotten first.
    this.#aggregates.delete(aggregate);
    this.#aggregates.set(aggregate, after);
    if (this.#aggregates.size > MAX_AGGREGATES) this.#forgetOldest();
    return version > after.last;
  }

  /** Up to which version of an aggregate nothing is missing, as far as anybody can tell; 0 when it is not known. */
  reached(aggregate: string): number {
    return this.#aggregates.get(aggregate)?.last ?? 0;
  }

  #follow({ last, ahead, since }: Versions, version: number, now: number): Versions {
    if (version <= last) return { last, ahead, since };
    const known = ahead.includes(version) ? ahead : [...ahead, version].toSorted((a, b) => a - b);
    const begun = ahead.length === 0 ? now : since;
    const isGivenUp = now - begun >= this.#options.waitMs || known.length > MAX_AHEAD;
    if (isGivenUp) return { last: known.at(-1) ?? last, ahead: [], since: now };
    let reached = last;
    for (const one of known) if (one === reached + 1) reached = one;
    return { last: reached, ahead: known.filter((one) => one > reached), since: begun };
  }

  #forgetOldest(): void {
    for (const oldest of this.#aggregates.keys()) {
      this.#aggregates.delete(oldest);
      return;
    }
  }
}
