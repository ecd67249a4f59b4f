/** Failures in a row after which an upstream is left alone. */
const FAILURES_TO_OPEN = 5;
/** Milliseconds; doubles with every failed try up to the bound. */
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 15_000;

/** Stops calling an upstream that does not answer: callers hear so at once, and it can come back in peace. */
export class Circuit {
  readonly #now: () => number;
  #failures = 0;
  #retryAt = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Milliseconds to wait before the next try; 0 = call it. While it is open one caller per pause is let through. */
  waitMs(): number {
    if (this.#failures < FAILURES_TO_OPEN) return 0;
    const wait = this.#retryAt - this.#now();
    if (wait > 0) return wait;
    this.#pause();
    return 0;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  failed(): void {
    this.#failures += 1;
    if (this.#failures >= FAILURES_TO_OPEN) this.#pause();
  }

  #pause(): void {
    const doublings = this.#failures - FAILURES_TO_OPEN;
    this.#retryAt = this.#now() + Math.min(FIRST_PAUSE_MS * 2 ** doublings, MAX_PAUSE_MS);
  }
}
