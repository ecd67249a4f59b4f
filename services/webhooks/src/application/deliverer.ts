import type { Observe } from '@ashlar/telemetry';
import { setTimeout as delay } from 'node:timers/promises';
import { attemptDelivery, type AttemptParts } from './attempt-delivery.ts';
import type { Claimed, DeliveryStore, Exchanged, Result } from './claimed.ts';
import { Lanes } from './lanes.ts';

export interface DelivererParts extends Omit<AttemptParts, 'closing'> {
  readonly project: string;
  readonly store: DeliveryStore;
  readonly observe: Observe;
}

/** Results that come together are written together. */
const GATHER_MS = 5;
/** While others hold all that an endpoint may have under way, which they will not say. */
const CROWDED_MS = 1_000;
const LONGEST_TIMER_MS = 2_147_483_647;
const SWEEP_EVERY_MS = 3_600_000;
const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 10_000;

/**
 * Makes the deliveries of one project that this process gets hold of. It sleeps until somebody says there is more, or
 * until the next one is due.
 */
export class Deliverer {
  readonly #parts: DelivererParts;
  readonly #closing = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  readonly #done: Promise<void>;
  readonly #lanes: Lanes;
  #results: Result[] = [];
  #wanted = Promise.withResolvers<void>();
  #timer: NodeJS.Timeout | null = null;
  #sweptAt = -Infinity;

  constructor(parts: DelivererParts) {
    this.#parts = parts;
    const { perEndpoint, leaseMs, timeoutMs } = parts.terms;
    this.#lanes = new Lanes({
      perEndpoint,
      // A fifth of what is left is for writing down what came of it.
      startWithinMs: (leaseMs - timeoutMs) * 0.8,
      start: (delivery) => this.#start(delivery),
    });
    this.#done = this.#run();
  }

  /** There may be more to do. */
  wake(): void {
    this.#wanted.resolve();
  }

  /** Ends what is under way; it is made again elsewhere or later. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the process stops'));
    this.wake();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { store } = this.#parts;
    const { signal } = this.#closing;
    let listening: { stop(): Promise<void> } | null = null;
    let failures = 0;
    while (!signal.aborted) {
      try {
        listening ??= await store.onMore(() => this.wake());
        await this.#cycle();
        failures = 0;
        await this.#wanted.promise;
        if (this.#results.length > 0) await delay(GATHER_MS);
      } catch (error) {
        if (isClosed(error)) break;
        if (signal.aborted) continue;
        failures += 1;
        this.#parts.observe({ kind: 'webhooks.interrupted', project: this.#parts.project, error });
        const pauseMs = Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(failures - 1, 10), LONGEST_BACKOFF_MS);
        await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      }
    }
    this.#closing.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await listening?.stop().catch(() => undefined);
    this.#lanes.releaseAll();
    await Promise.all(this.#underWay);
    await this.#writeDown();
  }

  async #cycle(): Promise<void> {
    const { store, terms } = this.#parts;
    this.#wanted = Promise.withResolvers();
    if (this.#timer !== null) clearTimeout(this.#timer);
    const results = this.#results;
    this.#results = [];
    const slots = Math.max(0, terms.perProject - this.#lanes.size);
    const { claimed, dueInMs, replaysWait, disabled } = await this.#exchange(results, slots);
    this.#lanes.add(claimed);
    for (const { endpointId, reason } of disabled) {
      this.#parts.observe({ kind: 'webhooks.disabled', project: this.#parts.project, endpointId, reason });
    }
    // Whoever is full hears of room by what ends.
    if (slots > claimed.length) this.#sleep(dueInMs, claimed.length);
    if (replaysWait && slots > claimed.length) {
      await store.replaySome();
      this.wake();
    }
    const now = performance.now();
    if (now - this.#sweptAt > SWEEP_EVERY_MS) {
      this.#sweptAt = now;
      await store.sweep(terms.keepDays);
    }
  }

  async #exchange(results: Result[], slots: number): Promise<Exchanged> {
    try {
      return await this.#parts.store.exchange(results, this.#lanes.takeReleased(), slots, this.#parts.terms);
    } catch (error) {
      // They were made; that must not be forgotten while it can be written down.
      this.#results = [...results, ...this.#results];
      throw error;
    }
  }

  #sleep(dueInMs: number | null, claimed: number): void {
    if (dueInMs === null) return;
    const least = dueInMs > 0 ? 0 : claimed > 0 ? GATHER_MS : CROWDED_MS;
    this.#timer = setTimeout(() => this.wake(), Math.min(Math.max(Math.ceil(dueInMs), least), LONGEST_TIMER_MS));
  }

  #start(delivery: Claimed): void {
    const work = this.#deliver(delivery).finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  async #deliver(delivery: Claimed): Promise<void> {
    const { project, observe } = this.#parts;
    let result: Result | null = null;
    try {
      result = await attemptDelivery({ ...this.#parts, closing: this.#closing.signal }, delivery);
    } catch (error) {
      // Its claim runs out, and it is made again.
      observe({ kind: 'webhooks.interrupted', project, error });
    }
    if (result !== null) this.#results.push(result);
    this.#lanes.ended(delivery, result?.attempt.error !== null);
    this.wake();
  }

  async #writeDown(): Promise<void> {
    const released = this.#lanes.takeReleased();
    if (this.#results.length + released.length === 0) return;
    const { store, terms, project, observe } = this.#parts;
    await store
      .exchange(this.#results, released, 0, terms)
      .catch((error: unknown) => observe({ kind: 'webhooks.interrupted', project, error }));
  }
}

function isClosed(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'postgres.closed';
}
