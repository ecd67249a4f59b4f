import type { LogBatch, LogChange, Lsn } from '@ashlar/postgres';
import { type BufferBounds, ChangeBuffer, parsePosition } from './change-buffer.ts';
import type { LaneOptions } from './lane-options.ts';
import { SharedLane } from './shared-lane.ts';
import { type ChangeListener, type Subscriber, type TableSubscription, tellOfGap } from './subscriber.ts';
import { TableCatalogue } from './table-catalogue.ts';

export interface ChangeDeliveryOptions extends Pick<LaneOptions, 'project' | 'observe'> {
  readonly bounds: BufferBounds;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface SubscribeOptions {
  /** The last position heard of; true to be told positions from now on. */
  readonly resume: string | true | null;
  /** Where the log ended when the subscriber came. */
  readonly end: Lsn;
  /** Its tables were not listened to before; who stood there has missed some. */
  readonly since: Lsn;
}

/** Tells the subscribers of a project what was committed. */
export class ChangeDelivery {
  readonly catalogue: TableCatalogue;
  readonly #buffer: ChangeBuffer;
  readonly #closing = new AbortController();
  readonly #plain: SharedLane;
  /** Filters that the database decides are the clients' own; whoever has none does not wait for them. */
  readonly #filtered: SharedLane;

  constructor({ project, observe, bounds, now }: ChangeDeliveryOptions) {
    this.#buffer = new ChangeBuffer(bounds);
    this.catalogue = new TableCatalogue(project().database, now);
    const { signal } = this.#closing;
    const options: LaneOptions = { project, observe, catalogue: this.catalogue, buffer: this.#buffer, signal };
    this.#plain = new SharedLane(options);
    this.#filtered = new SharedLane(options);
  }

  /** From the next commit on, or from where the subscriber stood. @returns To be called when it wants no more. */
  subscribe(
    listener: ChangeListener,
    subscriptions: readonly TableSubscription[],
    { resume, end, since }: SubscribeOptions,
  ): () => void {
    const position = typeof resume === 'string' ? parsePosition(resume) : null;
    const isCovered = position !== null && position.commitLsn > since;
    const seq = isCovered ? this.#buffer.seqAfter(position) : null;
    const subscriber: Subscriber = {
      listener,
      subscriptions,
      wantsPosition: resume !== null,
      sinceLsn: seq === null ? end : 0n,
      nextSeq: seq ?? this.#buffer.nextSeq,
      isGone: false,
    };
    if (typeof resume === 'string' && seq === null) tellOfGap([subscriber]);
    const isFiltered = subscriptions.some(({ filters }) => filters.some(({ matches }) => matches === null));
    const lane = isFiltered ? this.#filtered : this.#plain;
    lane.enter(subscriber, seq !== null);
    return () => {
      subscriber.isGone = true;
      lane.leave(subscriber);
    };
  }

  add(batch: LogBatch, changes: readonly LogChange[]): void {
    this.#buffer.add(batch, changes);
    this.#plain.poke();
    this.#filtered.poke();
  }

  /** Commits may have passed unheard. */
  interrupt(): void {
    this.#buffer.interrupt();
    this.#plain.interrupt();
    this.#filtered.interrupt();
  }

  close(): void {
    this.#closing.abort();
    this.#plain.close();
    this.#filtered.close();
  }
}
