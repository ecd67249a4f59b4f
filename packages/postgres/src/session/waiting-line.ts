import { sessionErrors } from './errors.ts';

/** Somebody who waits for a connection. Exactly one of the two is called, once. */
export interface Waiter {
  readonly since: number;
  refuse(error: unknown): void;
}

export interface WaitingLineOptions {
  readonly database: string;
  readonly maxWaiting: number;
  readonly maxWaitMs: number;
  readonly onRefused: (reason: 'queue-full' | 'queue-timeout') => void;
}

/**
 * First come, first served; nobody waits longer than `maxWaitMs` and no more than `maxWaiting` wait at all, so a
 * database that is slow or away costs its callers a quick answer and the process no memory.
 */
export class WaitingLine<Member extends Waiter> {
  readonly #options: WaitingLineOptions;
  readonly #members = new Set<Member>();
  #timer: NodeJS.Timeout | null = null;

  constructor(options: WaitingLineOptions) {
    this.#options = options;
  }

  get length(): number {
    return this.#members.size;
  }

  /** Joins at the end, or is refused at once when the line is full. */
  join(member: Member): void {
    if (this.#members.size >= this.#options.maxWaiting) {
      this.#options.onRefused('queue-full');
      member.refuse(sessionErrors.queueFull({ database: this.#options.database, waiting: this.#members.size }));
      return;
    }
    this.#members.add(member);
    if (this.#timer === null) this.#wakeIn(this.#options.maxWaitMs);
  }

  /** Takes the first, or the first that `accepts`. */
  next(accepts: (member: Member) => boolean = () => true): Member | undefined {
    for (const member of this.#members) {
      if (!accepts(member)) continue;
      this.#members.delete(member);
      return member;
    }
    return undefined;
  }

  leave(member: Member): boolean {
    return this.#members.delete(member);
  }

  refuseAll(error: unknown): void {
    const members = [...this.#members];
    this.#members.clear();
    for (const member of members) member.refuse(error);
  }

  #wakeIn(delayMs: number): void {
    this.#timer = setTimeout(() => this.#refuseLate(), delayMs).unref();
  }

  /** One timer for all: everybody waits equally long, so the first in line is the first to be late. */
  #refuseLate(): void {
    this.#timer = null;
    const now = performance.now();
    for (const member of this.#members) {
      const leftMs = member.since + this.#options.maxWaitMs - now;
      if (leftMs > 0) {
        this.#wakeIn(leftMs + 1);
        return;
      }
      this.#members.delete(member);
      this.#options.onRefused('queue-timeout');
      member.refuse(
        sessionErrors.queueTimeout({ database: this.#options.database, waitedMs: Math.round(now - member.since) }),
      );
    }
  }
}
