import { BoundedCache } from './bounded-cache.ts';

export interface Rate {
  /** Requests per second that are always let through. */
  readonly perSecond: number;
  /** Requests at once before the rate counts. */
  readonly burst: number;
}

/** Callers counted at once; one that drops out has its whole burst again. */
const MAX_CALLERS = 50_000;

/**
 * Counts by the generic cell rate algorithm: one number per caller, no timers, and memory that no flood of addresses
 * can grow. Synchronous, because it stands before every request.
 */
export class RateLimiter {
  readonly #intervalMs: number;
  readonly #toleranceMs: number;
  /** When the caller's spent requests will have been worked off, in milliseconds of the caller's clock. */
  readonly #spentUntil = new BoundedCache<string, number>(MAX_CALLERS);

  constructor({ perSecond, burst }: Rate) {
    this.#intervalMs = 1000 / perSecond;
    this.#toleranceMs = this.#intervalMs * (burst - 1);
  }

  /** Counts one request. Returns 0 to let it through, else the whole seconds after which the next one may come. */
  take(caller: string, nowMs: number): number {
    const spentUntil = Math.max(this.#spentUntil.get(caller) ?? 0, nowMs);
    const waitMs = spentUntil - nowMs - this.#toleranceMs;
    if (waitMs > 0) return Math.ceil(waitMs / 1000);
    this.#spentUntil.set(caller, spentUntil + this.#intervalMs);
    return 0;
  }
}
