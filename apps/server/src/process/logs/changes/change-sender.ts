import { randomUUID } from 'node:crypto';
import type { Bus, BusSubscription } from '@ashlar/bus';
import {
  formatLsn,
  type LogAttachment,
  type LogBatch,
  type LogChange,
  type LogStream,
  type LogStreamStart,
  type Lsn,
  parseLsn,
} from '@ashlar/postgres';
import { encodeBatch } from './batch-codec.ts';
import {
  type Answer,
  type Beat,
  changesSubject,
  decodeMessage,
  encodeMessage,
  type FramePart,
  type Want,
  wantsSubject,
} from './change-messages.ts';
import { FrameRing } from './frame-ring.ts';
import { InterestFilter, unionOf } from './interest.ts';
import { PacedPublisher } from './paced-publisher.ts';

const BEAT_MS = 500;
/** Who says nothing for this long is gone. */
const LEASE_MS = 10_000;
/** Frames kept for those who missed some. */
const KEPT_BYTES = 8 * 1024 * 1024;
/** A message of the bus, beside its head. */
const PART_BYTES = 256 * 1024;

export interface ChangeSenderOptions {
  readonly ref: string;
  readonly bus: Bus;
  /** Name of this process, whose own wants are none of its business. */
  readonly self: string;
  readonly leaseMs?: number;
  readonly keptBytes?: number;
}

interface Follower {
  want: Want;
  saidAtMs: number;
  /** What it wants is in the feed after this; null when the feed began before anybody can say where. */
  since: Lsn | null;
}

/** What this process tells while it reads a log. */
interface Feed {
  readonly id: string;
  readonly start: LogStreamStart;
  readonly isLasting: boolean;
  readonly ring: FrameRing;
  readonly attachment: LogAttachment;
  /** Of the transaction read last, maybe not to its end. */
  commitLsn: Lsn;
  /** Everything that ended before it is in the feed. */
  upTo: Lsn;
  ordinal: number;
  filter: InterestFilter;
  /** A part of the transaction at hand was sent. */
  isOpen: boolean;
  readonly beganAtMs: number;
}

/**
 * Tells other processes, while this one reads a project's log, of the changes they want. It listens to what they want
 * before: the first frame after a takeover then holds what those who live on have not heard. The log is not
 * acknowledged further than they have heard, so that the next reader begins before that.
 */
export class ChangeSender {
  readonly #options: ChangeSenderOptions;
  readonly #leaseMs: number;
  readonly #publisher: PacedPublisher;
  readonly #followers = new Map<string, Follower>();
  readonly #listening: BusSubscription;
  readonly #beat: NodeJS.Timeout;
  #feed: Feed | null = null;
  #isStale = true;

  constructor(options: ChangeSenderOptions) {
    const { ref, bus } = options;
    this.#options = options;
    this.#leaseMs = options.leaseMs ?? LEASE_MS;
    this.#publisher = new PacedPublisher(bus, changesSubject(ref));
    this.#listening = bus.subscribe(wantsSubject(ref), (bytes) => this.#hear(decodeMessage<Want>(bytes).head));
    this.#beat = setInterval(() => this.#onBeat(), BEAT_MS).unref();
  }

  /**
   * This process reads the stream from now on; nothing of this connection was told before.
   *
   * @param isLasting It reads for deliveries, and not for its listeners alone.
   */
  begin(stream: Pick<LogStream, 'attach' | 'status'>, isLasting: boolean): void {
    this.end();
    const { start } = stream.status();
    if (start === null) return;
    const attachment = stream.attach({
      name: 'changes of tables for other processes',
      isDurable: false,
      holdsBack: true,
      onStart: () => undefined,
      onBatch: (batch) => this.#take(batch),
      onQuiet: (walEnd) => this.#reach(walEnd),
    });
    attachment.acknowledge(start.lsn);
    this.#feed = {
      id: randomUUID(),
      start,
      isLasting,
      ring: new FrameRing(this.#options.keptBytes ?? KEPT_BYTES, start.lsn),
      attachment,
      commitLsn: start.lsn,
      upTo: start.lsn,
      ordinal: 0,
      filter: new InterestFilter([]),
      isOpen: false,
      beganAtMs: performance.now(),
    };
    this.#isStale = true;
    this.#forgetGone();
    for (const follower of this.#followers.values()) {
      follower.since = start.isContinued ? start.lsn : null;
      this.#answer(this.#feed, follower);
    }
  }

  /** It reads no more. */
  end(): void {
    const feed = this.#feed;
    if (feed === null) return;
    this.#feed = null;
    feed.attachment.detach();
    this.#publisher.publish(encodeMessage({ kind: 'end', feed: feed.id }));
  }

  close(): void {
    this.end();
    clearInterval(this.#beat);
    this.#listening.stop();
  }

  #hear(want: Want): void {
    const feed = this.#feed;
    if (want.follower === this.#options.self) return;
    if (want.isLeaving) {
      if (this.#followers.delete(want.follower)) this.#isStale = true;
      this.#release();
      return;
    }
    const known = this.#followers.get(want.follower);
    const isNew = known?.want.version !== want.version;
    const since = isNew ? sinceNow(feed) : known.since;
    const follower: Follower = { want, since, saidAtMs: performance.now() };
    this.#followers.set(want.follower, follower);
    if (isNew) this.#isStale = true;
    if (feed === null) return;
    if (want.isMissing && want.feed === feed.id) this.#repeat(feed, want.next);
    this.#answer(feed, follower);
    this.#release();
  }

  #answer({ id, start, ring, upTo, isLasting }: Feed, { want, since }: Follower): void {
    const answer: Answer = {
      kind: 'answer',
      follower: want.follower,
      version: want.version,
      feed: id,
      reader: this.#options.self,
      isLasting,
      history: start.history,
      since: since === null ? null : formatLsn(since),
      next: ring.next,
      oldest: ring.oldest,
      oldestSince: formatLsn(ring.since),
      upTo: formatLsn(upTo),
    };
    this.#publisher.publish(encodeMessage(answer));
  }

  #onBeat(): void {
    this.#forgetGone();
    const feed = this.#feed;
    if (feed === null || this.#followers.size === 0) return;
    const beat: Beat = { kind: 'beat', feed: feed.id, next: feed.ring.next, upTo: formatLsn(feed.upTo) };
    this.#publisher.publish(encodeMessage(beat));
  }

  #forgetGone(): void {
    const now = performance.now();
    for (const [name, { saidAtMs }] of this.#followers) {
      if (now - saidAtMs < this.#leaseMs) continue;
      this.#followers.delete(name);
      this.#isStale = true;
    }
    this.#release();
  }

  #take(batch: LogBatch): void {
    const feed = this.#feed;
    if (feed === null) return;
    if (batch.isFirst) this.#openCommit(feed, batch);
    const changes: LogChange[] = [];
    const ordinals: number[] = [];
    for (const change of batch.changes) {
      if (change.kind === 'truncate') continue;
      const ordinal = feed.ordinal++;
      if (!feed.filter.wants(change.relation.schema, change.relation.name)) continue;
      changes.push(change);
      ordinals.push(ordinal);
    }
    const isLastOfOpen = feed.isOpen && batch.isLast;
    if (changes.length > 0 || isLastOfOpen) {
      this.#send(feed, { ...batch, isFirst: !feed.isOpen, changes, ordinals });
      feed.isOpen = true;
    }
    if (batch.endLsn !== null) this.#reach(batch.endLsn);
  }

  #openCommit(feed: Feed, { commit }: LogBatch): void {
    feed.commitLsn = commit.commitLsn;
    feed.ordinal = 0;
    feed.isOpen = false;
    if (!this.#isStale) return;
    this.#isStale = false;
    // Only between transactions: none is told in half because somebody came in its middle.
    feed.filter = new InterestFilter(unionOf([...this.#followers.values()].map(({ want }) => want.tables)));
  }

  #reach(lsn: Lsn): void {
    const feed = this.#feed;
    if (feed === null || lsn <= feed.upTo) return;
    feed.upTo = lsn;
    this.#release();
  }

  /** Lets the server forget what all who follow have heard. */
  #release(): void {
    const feed = this.#feed;
    if (feed === null) return;
    let lsn = feed.upTo;
    // Those who come from another feed have not said yet whether they follow this one.
    const isYoung = performance.now() - feed.beganAtMs < this.#leaseMs;
    for (const { want } of this.#followers.values()) {
      if (want.heard === null || (want.feed !== feed.id && !isYoung)) continue;
      const heard = parseLsn(want.heard);
      if (heard < lsn) lsn = heard;
    }
    feed.attachment.acknowledge(lsn);
  }

  #send(feed: Feed, batch: LogBatch): void {
    const bytes = encodeBatch(batch);
    const parts = Math.ceil(bytes.byteLength / PART_BYTES);
    const seq = feed.ring.next;
    const messages = Array.from({ length: parts }, (_, part) => {
      const head: FramePart = { kind: 'frame', feed: feed.id, seq, part, parts };
      return encodeMessage(head, bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES));
    });
    // What does not fit into the ring leaves it at once, and is a gap for those who ask for it.
    feed.ring.push({ seq, commitLsn: batch.commit.commitLsn, messages, sizeBytes: bytes.byteLength });
    if (bytes.byteLength <= (this.#options.keptBytes ?? KEPT_BYTES))
      this.#publisher.publishAll(messages, bytes.byteLength);
  }

  #repeat({ ring }: Feed, from: number): void {
    if (from < ring.oldest) return;
    for (const { messages, sizeBytes } of ring.from(from)) this.#publisher.publishAll(messages, sizeBytes);
  }
}

/** Whoever is new hears whole transactions alone. A log that has just begun says nothing of what was before. */
function sinceNow(feed: Feed | null): Lsn | null {
  return feed === null || feed.commitLsn === 0n ? null : feed.commitLsn;
}
