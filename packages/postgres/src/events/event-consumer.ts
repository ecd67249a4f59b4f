import { setTimeout as delay } from 'node:timers/promises';
import type { DomainEvent } from '@ashlar/kernel';
import type { Observe } from '@ashlar/telemetry';
import type { ProjectDatabase } from '../session/call.ts';
import type { LoggedEvent } from '../stream/log-batch.ts';
import { BatchDeliverer, type Deliverer, SingleDeliverer } from './deliverer.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { Lanes } from './lanes.ts';
import { type LogMarks, SettledPlace } from './log-marks.ts';
import { ParkedEvents } from './parked-events.ts';
import { Persistence } from './persistence.ts';
import { isBatch, type RetryTerms, type Subscription, wants } from './subscription.ts';
import { inOrderOfVersions, type VersionOrder } from './version-order.ts';

const DEFAULT_CONCURRENCY = 2;
/** What a consumer holds before it turns to the event log for the rest. */
const MAX_QUEUED = 1_000;
/** Of those that take many at once, so that the next batch is there while one is handled. */
const QUEUED_BATCHES = 4;
const MAX_QUEUED_BYTES = 16 * 1024 * 1024;
/** Events read from the event log at a time. */
const PAGE_EVENTS = 200;
const MAX_PAGE_EVENTS = 500;
/** One that is not seen yet is not so many transactions old. */
const MAX_RECENT_XIDS = 1_000;
/** How often it is looked whether a transaction the log has told of can be seen. */
const VISIBLE_EVERY_MS = 50;

export interface EventConsumerOptions {
  readonly project: string;
  readonly database: ProjectDatabase;
  readonly store: DeliveryStore;
  readonly marks: LogMarks;
  readonly versions: VersionOrder;
  readonly versionWaitMs: number;
  readonly subscription: Subscription;
  readonly retry: RetryTerms;
  readonly observe: Observe;
  readonly maxQueued?: number;
}

interface Offer {
  readonly logged: LoggedEvent;
  readonly xid: number;
  /** A version of its aggregate before it is missing. */
  readonly isEarly: boolean;
  /** Its further way no longer depends on the stream. */
  readonly done: () => void;
}

/**
 * One subscription at work. While it keeps up, events come from the stream. When more come than it can hold, or some
 * have passed it by, it is behind, which is written down: it reads events.log for what it has not dealt with, until
 * what came from the stream meanwhile is all there is left.
 */
export class EventConsumer {
  readonly #options: EventConsumerOptions;
  readonly #closing = new AbortController();
  readonly #deliverer: Deliverer;
  readonly #maxQueued: number;
  readonly #pageEvents: number;
  readonly #parked: ParkedEvents;
  readonly #persistence: Persistence;
  #queued = 0;
  #queuedBytes = 0;
  /** Not null while it is behind: what came from the stream since the event log was last begun. */
  #held: Offer[] | null = null;
  #heldBytes = 0;
  #heldOverflowed = false;
  /**
   * The last writing of whether it is behind. The stream may forget what was dropped only when that is written; it
   * rejects when the process stops first.
   */
  #flag: Promise<void> = Promise.resolve();
  /** Of the last transactions that came past it: they commit in the log's order, and are seen in another. */
  readonly #recentXids = new Set<number>();
  #catchingUp: Promise<void> | null = null;
  #reader = '';
  /** Deliveries of what came from the stream that have not ended. */
  readonly #underWay = new Set<Promise<void>>();
  #marking: Promise<unknown> = Promise.resolve();
  readonly #settled: SettledPlace;

  constructor(options: EventConsumerOptions) {
    const { database, store, subscription, project, observe } = options;
    const closing = this.#closing.signal;
    this.#options = options;
    this.#settled = new SettledPlace(options.marks);
    this.#persistence = new Persistence({ project, consumer: subscription.consumer, observe, closing });
    const handling = { database, store, subscription, closing };
    const maxBatch = isBatch(subscription) ? subscription.maxBatch : null;
    const lanes = new Lanes(isBatch(subscription) ? 1 : (subscription.concurrency ?? DEFAULT_CONCURRENCY));
    this.#parked = new ParkedEvents({ ...options, handling, lanes, persistence: this.#persistence });
    const terms = { handling, lanes, parked: this.#parked, persistence: this.#persistence };
    this.#deliverer = maxBatch === null ? new SingleDeliverer(terms) : new BatchDeliverer(terms, maxBatch);
    this.#maxQueued = options.maxQueued ?? Math.max(MAX_QUEUED, (maxBatch ?? 0) * QUEUED_BATCHES);
    this.#pageEvents = Math.min(Math.max(PAGE_EVENTS, maxBatch ?? 0), MAX_PAGE_EVENTS);
  }

  get name(): string {
    return this.#options.subscription.consumer;
  }

  wants(type: string): boolean {
    return wants(this.#options.subscription.types, type);
  }

  /** Takes an event of the stream; never waits. */
  offer(offer: Offer): void {
    if (this.#held !== null) {
      this.#hold(offer);
      return;
    }
    if (this.#queued < this.#maxQueued && this.#queuedBytes < MAX_QUEUED_BYTES) {
      void this.#enqueue(offer);
      return;
    }
    this.#held = [];
    // The event at hand is not held.
    this.#noteXid(offer.xid);
    this.#catchUp();
    void this.#doneWhenFlagged(offer);
  }

  /**
   * The log is read on a connection of its own from here on.
   *
   * @param isBehind Some events may have passed it by, and that is written down.
   */
  begin(reader: string, isBehind: boolean): void {
    this.#reader = reader;
    if (isBehind) this.#readLog();
    this.#parked.look();
  }

  /**
   * Another process reads the log, and does not serve this consumer.
   *
   * @param xid Of the last transaction of which there may be something for it; null when all of them can be seen.
   */
  look(xid: number | null): void {
    if (xid !== null) this.#noteXid(xid);
    this.#readLog();
    this.#parked.look();
  }

  /** It holds nothing that has not been handled or parked. */
  get isQuiet(): boolean {
    return this.#queued === 0 && this.#held === null;
  }

  /** All events up to this place have come from the stream, if it was not behind. */
  mark(seq: bigint): void {
    if (this.#held !== null) return;
    const underWay = [...this.#underWay];
    this.#marking = Promise.all(underWay)
      .then(() => this.#persistence.insist(() => this.#options.marks.set(this.name, seq)))
      // The process stops: the mark stays where it was.
      .catch(() => undefined);
  }

  /** An event it does not want: one that waits for that version has nothing left to wait for. */
  passBy(event: DomainEvent): void {
    if (!this.#parked.mayWaitFor(event)) return;
    void Promise.allSettled(this.#underWay).then(() => this.#parked.release(event));
  }

  /** Looks whether parked events are due. */
  retry(): void {
    this.#parked.look();
  }

  /** What is being handled is cut short and will come again. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('The process stops'));
    await Promise.all([this.#catchingUp, this.#parked.close(), this.#deliverer.idle(), this.#marking]);
  }

  #noteXid(xid: number): void {
    this.#recentXids.add(xid);
    const [oldest] = this.#recentXids;
    if (this.#recentXids.size > MAX_RECENT_XIDS && oldest !== undefined) this.#recentXids.delete(oldest);
  }

  #readLog(): void {
    if (this.#held !== null) {
      // What it reads now may end before what it missed.
      this.#heldOverflowed = true;
      return;
    }
    this.#held = [];
    this.#catchUp();
  }

  #hold(offer: Offer): void {
    this.#noteXid(offer.xid);
    if (
      this.#held === null ||
      this.#heldOverflowed ||
      this.#held.length >= this.#maxQueued ||
      this.#heldBytes >= MAX_QUEUED_BYTES
    ) {
      this.#dropHeld();
      this.#heldOverflowed = true;
      void this.#doneWhenFlagged(offer);
      return;
    }
    this.#held.push(offer);
    this.#heldBytes += offer.logged.sizeBytes;
  }

  /** What is held comes from the event log instead. */
  #dropHeld(): void {
    this.#heldBytes = 0;
    for (const offer of this.#held?.splice(0) ?? []) void this.#doneWhenFlagged(offer);
  }

  async #doneWhenFlagged(offer: Offer): Promise<void> {
    try {
      await this.#flag;
    } catch {
      // The process stops: the stream has to tell it again.
      return;
    }
    offer.done();
  }

  async #enqueue({ logged, isEarly, done }: Offer): Promise<void> {
    this.#queued += 1;
    this.#queuedBytes += logged.sizeBytes;
    const work = this.#deliverer.deliver(logged, isEarly);
    this.#underWay.add(work);
    try {
      await work;
    } catch {
      // The process stops: the stream has to tell it again.
      return;
    } finally {
      this.#underWay.delete(work);
      this.#queued -= 1;
      this.#queuedBytes -= logged.sizeBytes;
    }
    done();
  }

  #catchUp(): void {
    const { project, observe } = this.#options;
    const consumer = this.name;
    observe({ kind: 'event.consumer-behind', project, consumer });
    this.#flag = this.#writeBehind(this.#flag);
    this.#flag.catch(() => undefined);
    this.#catchingUp = this.#readMissed().then(
      () => observe({ kind: 'event.consumer-caught-up', project, consumer }),
      // Only the end of the process gets here; that it is behind stays written.
      () => undefined,
    );
  }

  /** One writing after the other: the last one holds. */
  async #writeBehind(before: Promise<void>): Promise<void> {
    await before;
    await this.#persistence.insist(() => this.#options.store.setBehind(this.name));
  }

  async #writeCaughtUp(before: Promise<void>): Promise<void> {
    await before;
    if (this.#held !== null) return;
    const reader = this.#reader;
    // It never read the log itself: whoever does has it down as behind, which holds.
    if (reader === '') return;
    await this.#persistence.insist(() => this.#options.store.setCaughtUp(this.name, reader));
  }

  async #readMissed(): Promise<void> {
    const { store } = this.#options;
    await this.#flag;
    do {
      this.#heldOverflowed = false;
      await this.#deliverer.idle();
      await this.#waitUntilVisible();
      const markable = await this.#persistence.insist(() => this.#settled.find());
      for (let after = 0n; ;) {
        const page = await this.#persistence.insist(() => store.missed(this.name, after, this.#pageEvents));
        await Promise.all(inOrderOfVersions(page).map((logged) => this.#deliverer.deliver(logged)));
        after = page.at(-1)?.seq ?? after;
        if (page.length < this.#pageEvents) break;
      }
      if (markable !== null) await this.#persistence.insist(() => this.#options.marks.set(this.name, markable));
    } while (this.#heldOverflowed);
    const held = this.#held ?? [];
    this.#held = null;
    this.#heldBytes = 0;
    for (const offer of held) void this.#enqueue(offer);
    this.#flag = this.#writeCaughtUp(this.#flag);
    this.#flag.catch(() => undefined);
  }

  /** Dropped events are looked for in the event log, where they must be to be seen. */
  async #waitUntilVisible(): Promise<void> {
    const xids = [...this.#recentXids];
    this.#recentXids.clear();
    if (xids.length === 0) return;
    while (!(await this.#persistence.insist(() => this.#options.marks.areVisible(xids)))) {
      await delay(VISIBLE_EVERY_MS, undefined, { signal: this.#closing.signal });
    }
  }
}
