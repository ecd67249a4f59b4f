import { aggregateOf, type DomainEvent } from '@ashlar/kernel';
import type { Observe } from '@ashlar/telemetry';
import type { LoggedEvent } from '../stream/log-batch.ts';
import { type DeliveryStore, type ParkedEvent, VERSION_MISSING } from './delivery-store.ts';
import { handleParked, type HandlingOptions } from './handle-event.ts';
import type { Lanes } from './lanes.ts';
import type { Persistence } from './persistence.ts';
import { retryDelayMs, type RetryTerms, type Subscription } from './subscription.ts';
import type { VersionOrder } from './version-order.ts';

const DUE_EVENTS = 50;
const MAX_TIMER_MS = 3_600_000;
const MAX_ERROR_CHARACTERS = 2_000;

export interface ParkedEventsOptions {
  readonly project: string;
  readonly subscription: Subscription;
  readonly store: DeliveryStore;
  readonly retry: RetryTerms;
  readonly versions: VersionOrder;
  /** How long an event waits for an earlier version of its aggregate. */
  readonly versionWaitMs: number;
  readonly observe: Observe;
  readonly handling: HandlingOptions;
  /** Those the consumer's other events run in. */
  readonly lanes: Lanes;
  readonly persistence: Persistence;
}

/**
 * Events of one consumer that failed, and those behind them in their aggregates. They are kept in the database, so
 * that neither the stream nor this process has to remember them; the first of each aggregate is tried when it is due.
 */
export class ParkedEvents {
  readonly #options: ParkedEventsOptions;
  readonly #consumer: string;
  #looking: Promise<void> | null = null;
  #lookAgain = false;
  #timer: NodeJS.Timeout | null = null;
  /** Aggregates of events that came too early; forgotten when nothing is parked. */
  readonly #mayWait = new Set<string>();

  constructor(options: ParkedEventsOptions) {
    this.#options = options;
    this.#consumer = options.subscription.consumer;
  }

  /** Resolves when it is written down. */
  async addFailed(logged: LoggedEvent, error: unknown): Promise<void> {
    const { store, retry, persistence } = this.#options;
    const isDead = retry.attempts <= 1;
    const retryInMs = isDead ? null : retryDelayMs(1, retry);
    const state = isDead ? 'dead' : 'retrying';
    const parking = { state, attempts: 1, retryInMs, error: textOf(error) } as const;
    await persistence.insist(() => store.park(this.#consumer, logged, parking));
    this.#report(logged.event, 1, isDead, error);
    this.look();
  }

  /** Resolves when it is written down. */
  async addBehind(logged: LoggedEvent): Promise<void> {
    const { store, persistence } = this.#options;
    const parking = { state: 'waiting', attempts: 0, retryInMs: null, error: null } as const;
    await persistence.insist(() => store.park(this.#consumer, logged, parking));
    // What it stands behind may be done with meanwhile.
    this.look();
  }

  /** Waits for an earlier version of its aggregate. Resolves when it is written down. */
  async addEarly(logged: LoggedEvent): Promise<void> {
    const { store, persistence, versionWaitMs: retryInMs } = this.#options;
    const parking = { state: 'retrying', attempts: 0, retryInMs, error: VERSION_MISSING } as const;
    const aggregate = aggregateOf(logged.event);
    this.#mayWait.add(aggregate);
    await persistence.insist(() => store.park(this.#consumer, logged, parking));
    // It may have been forgotten meanwhile.
    this.#mayWait.add(aggregate);
    this.look();
  }

  /** Whether an event of this aggregate has been parked by this process because it came too early. */
  mayWaitFor(event: DomainEvent): boolean {
    return this.#mayWait.has(aggregateOf(event));
  }

  /** An event that none of the parked ones has to wait for any more. */
  async release(event: DomainEvent): Promise<void> {
    const { store, persistence, versions } = this.#options;
    const { aggregateversion: version } = event;
    if (version === null) return;
    const aggregate = aggregateOf(event);
    const upTo = Math.max(version + 1, versions.reached(aggregate));
    try {
      await persistence.insist(() => store.releaseNext(this.#consumer, aggregate, upTo));
    } catch {
      // The process stops; its time brings it back.
      return;
    }
    this.look();
  }

  /** Looks what is due; never waits. */
  look(): void {
    this.#lookAgain = true;
    this.#looking ??= this.#lookUntilQuiet();
  }

  /** To be called when the attempts' signal is aborted. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#looking;
  }

  async #lookUntilQuiet(): Promise<void> {
    try {
      while (this.#lookAgain) await this.#tryDue();
    } catch {
      // Only the end of the process gets here, and what is parked stays parked.
    } finally {
      this.#looking = null;
    }
  }

  async #tryDue(): Promise<void> {
    const { store, lanes, persistence } = this.#options;
    while (this.#lookAgain) {
      this.#lookAgain = false;
      const due = await persistence.insist(() => store.due(this.#consumer, DUE_EVENTS));
      if (due.length === 0) continue;
      await Promise.all(due.map((parked) => lanes.run(aggregateOf(parked.event), () => this.#try(parked))));
      // The next of the same aggregate may be due now.
      this.#lookAgain = true;
    }
    const inMs = await persistence.insist(() => store.nextDueInMs(this.#consumer));
    if (inMs === null) this.#mayWait.clear();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = inMs === null ? null : setTimeout(() => this.look(), Math.min(inMs + 1, MAX_TIMER_MS)).unref();
  }

  async #try({ event, attempts: before, waitedInVain }: ParkedEvent): Promise<void> {
    const { store, retry, handling, persistence } = this.#options;
    handling.closing.throwIfAborted();
    if (waitedInVain) this.#reportGap(event);
    try {
      await persistence.throughOutages(() => handleParked(handling, event));
      await this.release(event);
    } catch (error) {
      handling.closing.throwIfAborted();
      const attempts = before + 1;
      const isDead = attempts >= retry.attempts;
      const retryInMs = isDead ? null : retryDelayMs(attempts, retry);
      await persistence.insist(() => store.failAgain(this.#consumer, event.id, retryInMs, textOf(error)));
      this.#report(event, attempts, isDead, error);
    }
  }

  #reportGap({ type, id: eventId, aggregateversion }: DomainEvent): void {
    const { project, observe, versionWaitMs: waitedMs } = this.#options;
    const version = aggregateversion ?? 0;
    observe({ kind: 'event.version-gap', project, consumer: this.#consumer, type, eventId, version, waitedMs });
  }

  #report({ type, id: eventId }: DomainEvent, attempts: number, isDead: boolean, error: unknown): void {
    const { project, observe } = this.#options;
    observe({ kind: 'event.failed', project, consumer: this.#consumer, type, eventId, attempts, isDead, error });
  }
}

function textOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  // PostgreSQL's text holds no NUL.
  return text.replaceAll('\0', '').slice(0, MAX_ERROR_CHARACTERS);
}
