import { randomUUID } from 'node:crypto';
import type { Observe } from '@ashlar/telemetry';
import type { ProjectDatabase } from '../session/call.ts';
import type { LogBatch, LoggedEvent } from '../stream/log-batch.ts';
import type { LogAttachment, LogConsumer, LogStart } from '../stream/log-consumer.ts';
import type { LogStream } from '../stream/log-stream.ts';
import type { Lsn } from '../stream/lsn.ts';
import { DeliveryStore } from './delivery-store.ts';
import { EventConsumer } from './event-consumer.ts';
import { LogMarker } from './log-marker.ts';
import { LogMarks, MARK_NOTE } from './log-marks.ts';
import { refuseInvalid } from './refuse-invalid.ts';
import { DEFAULT_RETRY, type RetryTerms, type Subscription, wants } from './subscription.ts';
import { VersionOrder } from './version-order.ts';

/** Prefix of the note that asks a consumer to look after its parked events; the content names it. */
export const RETRY_NOTE = 'events.retry';

const SEQ = /^[0-9]{1,18}$/;
/** In-flight transactions have ended by then; an emitter that skips versions is not held up for long. */
const VERSION_WAIT_MS = 10_000;

export interface EventDeliveryOptions {
  readonly project: string;
  readonly database: ProjectDatabase;
  readonly stream: LogStream;
  /** All of this process: whom it does not name hears nothing while this process reads, and catches up later. */
  readonly subscriptions: readonly Subscription[];
  readonly observe: Observe;
  readonly retry?: RetryTerms;
  /**
   * Told, while this process reads the stream, that consumers it does not serve may find something in the event log.
   * Must return at once.
   *
   * A consumer that is told of all news in order needs not look there.
   */
  readonly onForeign?: (news: ForeignNews) => void;
  /** Events a subscription holds before it reads the rest from the event log. */
  readonly maxQueued?: number;
  /** How long an event waits for an earlier version of its aggregate. Default 10 s. */
  readonly versionWaitMs?: number;
  /** How long after events it is written down how far consumers have come. Default 30 s. */
  readonly markAfterMs?: number;
}

/** Of a process that reads the stream, for those that serve other consumers. */
export interface ForeignNews {
  /** Of the last transaction of which there may be something; null when all of them can be seen. */
  readonly xid: number | null;
  /** Of this piece of the log, and of no other; null when it is no piece, and only says that somebody should look. */
  readonly position: string | null;
  /** All that others want of this piece. */
  readonly events: readonly ForeignEvent[];
}

export interface ForeignEvent {
  readonly logged: LoggedEvent;
  /** A version of its aggregate before it is missing. */
  readonly isEarly: boolean;
}

export interface EventDelivery {
  /** Nothing of what it was told is left to do, now or later. Asking does not count as use of the project. */
  isQuiet(): Promise<boolean>;
  /**
   * Reads the event log for consumers whom the process that reads the stream does not serve.
   *
   * @param xid Of the last transaction of which there may be something; null when all of them can be seen.
   */
  look(xid: number | null): Promise<void>;
  /**
   * Takes what the process that reads the stream has told, for consumers which that one does not serve.
   *
   * @returns False when it is not known who those are, and it has to be looked instead.
   */
  hear(news: ForeignNews): boolean;
  /** Somebody else has begun to serve consumers: it is asked anew which. */
  lookForOthers(): Promise<void>;
  /** Takes no more events; those under way are cut short and will come again. */
  close(): Promise<void>;
}

/**
 * Delivers the events of a project to its subscriptions: at least once, in order within an aggregate, also those that
 * were emitted while nobody was there.
 *
 * @throws {AshlarError} `events.subscription_invalid`.
 */
export function deliverEvents(options: EventDeliveryOptions): EventDelivery {
  refuseInvalid(options.subscriptions);
  const delivery = new Delivery(options);
  return {
    isQuiet: () => delivery.isQuiet(),
    look: (xid) => delivery.look(xid),
    hear: (news) => delivery.hear(news),
    lookForOthers: () => delivery.lookForOthers(),
    close: () => delivery.close(),
  };
}

/** A transaction whose events are not all done with, and those after it that had none. */
interface OpenCommit {
  readonly commitLsn: Lsn;
  endLsn: Lsn | null;
  pending: number;
}

class Delivery implements LogConsumer {
  readonly name = 'events';
  readonly isDurable = true;
  readonly #store: DeliveryStore;
  readonly #consumers: readonly EventConsumer[];
  readonly #types: ReadonlyMap<string, readonly string[]>;
  readonly #attachment: LogAttachment;
  readonly #open: OpenCommit[] = [];
  readonly #versions: VersionOrder;
  readonly #marker: LogMarker;
  readonly #onForeign: (news: ForeignNews) => void;
  /** Consumers whom the process that reads does not serve, as of the last look. */
  #unserved: ReadonlySet<string> | null = null;
  #part = 0;
  #foreignTypes: readonly string[] = [];
  #lastXid: number | null = null;
  #isReading = false;

  constructor(options: EventDeliveryOptions) {
    const { project, database, subscriptions, observe, retry = DEFAULT_RETRY, maxQueued } = options;
    const store = new DeliveryStore(database);
    this.#onForeign = options.onForeign ?? (() => undefined);
    this.#store = store;
    const { versionWaitMs: waitMs = VERSION_WAIT_MS } = options;
    const versions = new VersionOrder({ waitMs, now: () => performance.now() });
    const marks = new LogMarks(database);
    this.#versions = versions;
    this.#marker = new LogMarker(marks, options.markAfterMs);
    this.#types = new Map(subscriptions.map(({ consumer, types }) => [consumer, types]));
    this.#consumers = subscriptions.map(
      (subscription) =>
        new EventConsumer({
          project,
          database,
          store,
          marks,
          versions,
          versionWaitMs: waitMs,
          subscription,
          retry,
          observe,
          ...(maxQueued === undefined ? {} : { maxQueued }),
        }),
    );
    // The slot may take its time, since it waits for running transactions; what fails here is done by `onStart`.
    void store.enter(this.#types).catch(() => undefined);
    this.#attachment = options.stream.attach(this);
  }

  /** Written before the log is kept anew: whoever reads it next will know that some have passed. */
  onGap(): Promise<void> {
    // Positions of what was under way may belong to another history.
    this.#open.length = 0;
    return this.#store.setBehind(null);
  }

  async onStart(_start: LogStart): Promise<void> {
    // Another process may have read meanwhile; what it left undone is written down.
    const reader = randomUUID();
    const behind = await this.#store.register(this.#types, reader);
    // Without a pause in between: what a consumer says as this reader, it says knowing that it is behind.
    for (const consumer of this.#consumers) consumer.begin(reader, behind.has(consumer.name));
    this.#isReading = true;
    await this.lookForOthers();
  }

  async lookForOthers(): Promise<void> {
    if (!this.#isReading) return;
    this.#foreignTypes = await this.#store.foreignTypes(this.#types.keys());
    if (this.#foreignTypes.length > 0) this.#onForeign({ xid: this.#lastXid, position: null, events: [] });
  }

  async look(xid: number | null): Promise<void> {
    const unserved = await this.#store.unserved(this.#types.keys());
    this.#unserved = unserved;
    for (const consumer of this.#consumers) if (unserved.has(consumer.name)) consumer.look(xid);
  }

  hear({ xid, events }: ForeignNews): boolean {
    const unserved = this.#unserved;
    if (unserved === null || xid === null) return false;
    for (const { logged, isEarly } of events) {
      for (const consumer of this.#consumers) {
        if (!unserved.has(consumer.name) || !consumer.wants(logged.event.type)) continue;
        // The database has it down as behind: nothing is owed to whoever told.
        consumer.offer({ logged, xid, isEarly, done: () => undefined });
      }
    }
    return true;
  }

  async isQuiet(): Promise<boolean> {
    if (!this.#consumers.every((consumer) => consumer.isQuiet)) return false;
    return !(await this.#store.isRetrying(this.#types.keys()));
  }

  onBatch(batch: LogBatch): void {
    const open = this.#openCommit(batch);
    this.#lastXid = batch.commit.xid;
    this.#part = batch.isFirst ? 0 : this.#part + 1;
    const foreign: ForeignEvent[] = [];
    let isForeign = false;
    for (const logged of batch.events) {
      const isEarly = this.#versions.isEarly(logged.event);
      if (wants(this.#foreignTypes, logged.event.type)) foreign.push({ logged, isEarly });
      for (const consumer of this.#consumers) {
        if (!consumer.wants(logged.event.type)) {
          if (!isEarly) consumer.passBy(logged.event);
          continue;
        }
        open.pending += 1;
        const done = (): void => {
          open.pending -= 1;
          this.#acknowledge();
        };
        consumer.offer({ logged, xid: batch.commit.xid, isEarly, done });
      }
    }
    if (batch.events.length > 0) this.#marker.notice();
    for (const { prefix, content } of batch.notes) {
      if (prefix === RETRY_NOTE && !this.#retry(content.toString('utf8'))) isForeign = true;
      if (prefix !== MARK_NOTE) continue;
      this.#mark(content.toString('utf8'));
      // Others find how far they have come, and what nobody has told them of, by looking.
      isForeign ||= this.#foreignTypes.length > 0;
    }
    const { xid } = batch.commit;
    if (foreign.length > 0) this.#onForeign({ xid, position: this.#positionOf(batch), events: foreign });
    if (isForeign) this.#onForeign({ xid, position: null, events: [] });
    if (batch.endLsn === null) return;
    open.endLsn = batch.endLsn;
    this.#mergeLast();
    this.#acknowledge();
  }

  async close(): Promise<void> {
    await Promise.all([this.#marker.close(), ...this.#consumers.map((consumer) => consumer.close())]);
    this.#attachment.detach();
  }

  /** The time as well: positions begin anew in another history of the server. */
  #positionOf({ commit: { commitLsn, commitAt } }: LogBatch): string {
    return `${commitLsn}-${commitAt.getTime()}-${this.#part}`;
  }

  #openCommit({ commit, isFirst }: LogBatch): OpenCommit {
    const last = this.#open.at(-1);
    // A transaction that was cut off in the middle comes anew; what came of it before is recognised by its consumers.
    if (last !== undefined && last.endLsn === null) {
      if (!isFirst) return last;
      this.#open.pop();
    }
    const open: OpenCommit = { commitLsn: commit.commitLsn, endLsn: null, pending: 0 };
    this.#open.push(open);
    return open;
  }

  /** Transactions that ask nothing of us do not pile up behind one that takes its time. */
  #mergeLast(): void {
    const last = this.#open.at(-1);
    const before = this.#open.at(-2);
    if (last === undefined || before === undefined || last.pending > 0) return;
    this.#open.pop();
    before.endLsn = last.endLsn;
  }

  #acknowledge(): void {
    let done: Lsn | null = null;
    for (let first = this.#open[0]; first !== undefined; first = this.#open[0]) {
      if (first.endLsn === null || first.pending > 0) break;
      done = first.endLsn;
      this.#open.shift();
    }
    if (done !== null) this.#attachment.acknowledge(done);
  }

  /** Everything up to this place has been told. */
  #mark(seq: string): void {
    if (!SEQ.test(seq)) return;
    for (const consumer of this.#consumers) consumer.mark(BigInt(seq));
  }

  /** @returns False when the consumer is none of ours. */
  #retry(consumerName: string): boolean {
    const consumer = this.#consumers.find(({ name }) => name === consumerName);
    consumer?.retry();
    return consumer !== undefined;
  }
}
