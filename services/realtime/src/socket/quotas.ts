import { RateLimiter } from '@ashlar/kernel';
import type { RealtimeLimits } from '../limits.ts';

/** What a process has let one project do. */
export interface Usage {
  /** Open now. */
  readonly connections: number;
  /** Since it was told last. */
  readonly messages: number;
  readonly joins: number;
}

interface Counted {
  connections: number;
  messages: number;
  joins: number;
}

/**
 * What one project may use of the instance, counted by its ref: here at once, and what other processes let it do as soon
 * as they tell. Between two tellings each process can let through what is left of a limit.
 */
export class Quotas {
  readonly #limits: RealtimeLimits;
  readonly #now: () => number;
  readonly #messages: RateLimiter;
  readonly #joins: RateLimiter;
  readonly #own = new Map<string, Counted>();
  /** Connections of each project, by the process they are in. */
  readonly #elsewhere = new Map<string, ReadonlyMap<string, number>>();

  constructor(limits: RealtimeLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
    this.#messages = new RateLimiter(limits.messages);
    this.#joins = new RateLimiter(limits.joins);
  }

  /** False when the project has sent too many broadcasts. */
  takeMessage(ref: string): boolean {
    if (this.#messages.take(ref, this.#now()) > 0) return false;
    this.#countedOf(ref).messages += 1;
    return true;
  }

  /** False when too many connect and join at once. */
  takeJoin(ref: string): boolean {
    if (this.#joins.take(ref, this.#now()) > 0) return false;
    this.#countedOf(ref).joins += 1;
    return true;
  }

  /** Takes a place for a connection. @returns How to give it back, null when all are taken. */
  takeConnection(ref: string): (() => void) | null {
    const counted = this.#countedOf(ref);
    if (counted.connections + this.#openElsewhere(ref) >= this.#limits.connections) return null;
    counted.connections += 1;
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.#countedOf(ref).connections -= 1;
    };
  }

  /** For the other processes; what was told is not told again. */
  tellUsage(): ReadonlyMap<string, Usage> {
    const told = new Map<string, Usage>();
    for (const [ref, counted] of this.#own) {
      const { connections, messages, joins } = counted;
      if (connections + messages + joins > 0) told.set(ref, { connections, messages, joins });
      // Still counted in: whoever holds a connection finds it again by its ref.
      if (connections > 0) this.#own.set(ref, { connections, messages: 0, joins: 0 });
      else this.#own.delete(ref);
    }
    return told;
  }

  /** Another process has told. */
  hearUsage(peer: string, usage: ReadonlyMap<string, Usage>): void {
    const now = this.#now();
    this.#elsewhere.set(peer, new Map([...usage].map(([ref, { connections }]) => [ref, connections])));
    for (const [ref, { messages, joins }] of usage) {
      charge(this.#messages, ref, Math.min(messages, this.#limits.messages.burst), now);
      charge(this.#joins, ref, Math.min(joins, this.#limits.joins.burst), now);
    }
  }

  /** Another process is gone, and its connections with it. */
  forget(peer: string): void {
    this.#elsewhere.delete(peer);
  }

  #countedOf(ref: string): Counted {
    let counted = this.#own.get(ref);
    if (counted === undefined) this.#own.set(ref, (counted = { connections: 0, messages: 0, joins: 0 }));
    return counted;
  }

  #openElsewhere(ref: string): number {
    let open = 0;
    for (const projects of this.#elsewhere.values()) open += projects.get(ref) ?? 0;
    return open;
  }
}

/** What is let through elsewhere is let through: at most the whole burst is spent by it. */
function charge(limiter: RateLimiter, ref: string, times: number, nowMs: number): void {
  for (let n = 0; n < times; n += 1) if (limiter.take(ref, nowMs) > 0) return;
}
