import { performance } from 'node:perf_hooks';
import type { GatewayLimits } from '../gateway-limits.ts';

/** Over how long it is asked whether the process had a moment to spare. */
const WINDOW_MS = 50;
/** Idle for less than this share of it, the process is busy. */
const BUSY_FROM = 0.95;

/**
 * How many requests are under way, and whether one more would only make all of them later. Requests that wait for
 * something else (a slow function, a stream) cost nothing; so many are let in only as long as there is time to spare.
 */
export class Crowd {
  readonly #limits: Pick<GatewayLimits, 'requests' | 'requestsWhenBusy'>;
  #underWay = 0;
  #since = performance.eventLoopUtilization();
  #measuredAt = performance.now();
  #isBusy = false;

  constructor(limits: Pick<GatewayLimits, 'requests' | 'requestsWhenBusy'>) {
    this.#limits = limits;
  }

  enter(): void {
    this.#underWay += 1;
  }

  leave(): void {
    this.#underWay -= 1;
  }

  /** Whether the next one is to be told to come again. */
  get isFull(): boolean {
    if (this.#underWay < this.#limits.requestsWhenBusy && this.#underWay < this.#limits.requests) return false;
    return this.#underWay >= this.#limits.requests || this.#hasNoTime();
  }

  #hasNoTime(): boolean {
    const now = performance.now();
    if (now - this.#measuredAt < WINDOW_MS) return this.#isBusy;
    const until = performance.eventLoopUtilization();
    this.#isBusy = performance.eventLoopUtilization(until, this.#since).utilization > BUSY_FROM;
    this.#since = until;
    this.#measuredAt = now;
    return this.#isBusy;
  }
}
