import { RateLimiter } from '@ashlar/kernel';
import type { RealtimeLimits } from '../limits.ts';

/** What one project may use of the process, counted by its ref. */
export class Quotas {
  readonly #limits: RealtimeLimits;
  readonly #now: () => number;
  readonly #messages: RateLimiter;
  readonly #joins: RateLimiter;
  readonly #connections = new Map<string, number>();

  constructor(limits: RealtimeLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
    this.#messages = new RateLimiter(limits.messages);
    this.#joins = new RateLimiter(limits.joins);
  }

  /** False when the project has sent too many broadcasts. */
  takeMessage(ref: string): boolean {
    return this.#messages.take(ref, this.#now()) === 0;
  }

  /** False when too many connect and join at once. */
  takeJoin(ref: string): boolean {
    return this.#joins.take(ref, this.#now()) === 0;
  }

  /** Takes a place for a connection. @returns How to give it back, null when all are taken. */
  takeConnection(ref: string): (() => void) | null {
    const count = this.#connections.get(ref) ?? 0;
    if (count >= this.#limits.connections) return null;
    this.#connections.set(ref, count + 1);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      const left = (this.#connections.get(ref) ?? 1) - 1;
      if (left === 0) this.#connections.delete(ref);
      else this.#connections.set(ref, left);
    };
  }
}
