import { identityErrors } from '../domain/identity-errors.ts';

export interface WorkQueueBounds {
  /** Pieces of work under way at once. */
  readonly concurrency: number;
  /** Pieces of work that may wait; one more is refused at once. */
  readonly waiting: number;
  /** Milliseconds a piece may wait before it is given up. */
  readonly maxWaitMs: number;
}

/**
 * Runs asynchronous work a bounded number at a time, in order of arrival. A flood of sign-ins then costs its senders
 * a refusal and nobody else memory or time.
 */
export class WorkQueue {
  readonly #bounds: WorkQueueBounds;
  readonly #waiting = new Set<() => void>();
  #running = 0;

  constructor(bounds: WorkQueueBounds) {
    this.#bounds = bounds;
  }

  /** @throws {AshlarError} `identity.over_request_rate_limit` when the queue is full, `identity.request_timeout`. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running >= this.#bounds.concurrency) await this.#turn();
    else this.#running += 1;
    try {
      return await work();
    } finally {
      this.#pass();
    }
  }

  /** Resolves when a running piece has passed its place on. */
  #turn(): Promise<void> {
    if (this.#waiting.size >= this.#bounds.waiting) throw identityErrors.overRequestRateLimit();
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(begin);
        reject(identityErrors.requestTimeout());
      }, this.#bounds.maxWaitMs);
      this.#waiting.add(begin);
    });
  }

  #pass(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#running -= 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
