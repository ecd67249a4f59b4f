import type { Bus, BusSubscription } from '@ashlar/bus';
import {
  formatLsn,
  type LogAttachment,
  type LogConsumer,
  type LogRelation,
  type Lsn,
  parseLsn,
} from '@ashlar/postgres';
import type { Observe } from '@ashlar/telemetry';
import type { TablePattern } from '@ashlar/service';
import { decodeBatch } from './batch-codec.ts';
import {
  type Answer,
  type Beat,
  changesSubject,
  decodeMessage,
  encodeMessage,
  type FeedMessage,
  type FramePart,
  type Want,
  wantsSubject,
} from './change-messages.ts';
import { FrameParts } from './frame-parts.ts';

const WANT_MS = 1_000;
/** While nobody has answered yet. */
const SEEK_MS = 100;
/** Wishes that come within it are said together. */
const GATHER_MS = 10;
/** What is missing is asked for again after this. */
const MISSING_MS = 200;
/** Without an answer for this long this process reads for itself. */
const UNANSWERED_MS = 1_000;
/** A feed that is silent for longer is lost. Another reader takes over within this. */
const SILENT_MS = 6_000;

/** Where somebody has heard everything up to. */
export interface Heard {
  readonly lsn: Lsn;
  readonly history: string;
}

export interface ChangeReceiverOptions {
  readonly ref: string;
  readonly bus: Bus;
  readonly observe: Observe;
  /** Name of this process. */
  readonly self: string;
  /** The tables wanted now. */
  readonly interest: () => readonly TablePattern[];
  /** What this process has heard so far, wherever from; null when there is nothing to go on from. */
  readonly heard: () => Heard | null;
  /** It hears of what happens, or hears no more and somebody else has to tell. */
  readonly onState: (isHeard: boolean) => void;
  readonly silentMs?: number;
}

type Listener = Pick<LogConsumer, 'onStart' | 'onBatch' | 'onQuiet'>;

interface Followed {
  readonly feed: string;
  readonly history: string;
  next: number;
  /** It goes on where this process had heard up to. */
  readonly isContinued: boolean;
}

/** Hears the changes of a project that the process that reads its log tells. */
export class ChangeReceiver {
  readonly #options: ChangeReceiverOptions;
  readonly #listeners = new Set<Listener>();
  readonly #tables = new Map<string, LogRelation>();
  readonly #listening: BusSubscription;
  readonly #parts = new FrameParts();
  #timer: NodeJS.Timeout | null = null;
  #renewing: NodeJS.Timeout | null = null;
  #followed: Followed | null = null;
  #version = 1;
  #waiting: { readonly version: number; readonly resolve: (since: Lsn | null) => void }[] = [];
  /** Of the feed that is followed, or since when there is none. */
  #heardAtMs: number;
  #askedAtMs = 0;
  #isGivenUp = false;
  #isActive = false;

  constructor(options: ChangeReceiverOptions) {
    this.#options = options;
    this.#heardAtMs = performance.now();
    this.#listening = options.bus.subscribe(changesSubject(options.ref), (bytes) => this.#hear(bytes));
    this.#say();
    this.#schedule();
  }

  /** Somebody else reads for this process, or may; it is told whether that is so. */
  activate(): void {
    if (this.#isActive) return;
    this.#isActive = true;
    this.#isGivenUp = false;
    this.#heardAtMs = performance.now();
    this.#say();
    this.#schedule();
  }

  /** This process reads itself: it only says what it wants, for the time when it no longer does. */
  rest(): void {
    this.#isActive = false;
    this.#lose();
  }

  /** The history of the database server that positions are of, while it hears. */
  get history(): string | null {
    return this.#followed?.history ?? null;
  }

  attach(listener: Listener): LogAttachment {
    this.#listeners.add(listener);
    if (this.#followed !== null) void listener.onStart({ isContinued: this.#followed.isContinued });
    return { acknowledge: () => undefined, detach: () => void this.#listeners.delete(listener) };
  }

  /**
   * The interest has grown. @returns The position after which nothing of it is missing, once it is told of; null when
   * nobody tells any more.
   */
  renew(): Promise<Lsn | null> {
    this.#version += 1;
    const { promise, resolve } = Promise.withResolvers<Lsn | null>();
    this.#waiting.push({ version: this.#version, resolve });
    // Many clients come at once.
    this.#renewing ??= setTimeout(() => {
      this.#renewing = null;
      this.#say();
    }, GATHER_MS).unref();
    return promise;
  }

  close(): void {
    this.rest();
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#renewing !== null) clearTimeout(this.#renewing);
    this.#listening.stop();
    this.#publish({ isLeaving: true });
  }

  #schedule(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    const isSeeking = this.#isActive && this.#followed === null && !this.#isGivenUp;
    this.#timer = setTimeout(() => this.#tick(), isSeeking ? SEEK_MS : WANT_MS).unref();
  }

  #tick(): void {
    const silentForMs = performance.now() - this.#heardAtMs;
    const { silentMs = SILENT_MS } = this.#options;
    const patienceMs = this.#followed === null && this.#options.heard() === null ? UNANSWERED_MS : silentMs;
    if (this.#isActive && !this.#isGivenUp && silentForMs > patienceMs) {
      this.#isGivenUp = true;
      this.#lose();
      this.#options.onState(false);
    }
    this.#say();
    this.#schedule();
  }

  #lose(): void {
    this.#followed = null;
    this.#parts.clear();
    for (const { resolve } of this.#waiting.splice(0)) resolve(null);
  }

  #say(isMissing = false): void {
    this.#publish({ isMissing });
  }

  #publish({ isMissing = false, isLeaving = false }): void {
    const { ref, bus, self, interest, heard } = this.#options;
    const position = this.#isActive && !this.#isGivenUp ? heard() : null;
    const want: Want = {
      follower: self,
      isLeaving,
      version: this.#version,
      tables: isLeaving ? [] : interest(),
      heard: position === null ? null : formatLsn(position.lsn),
      feed: this.#followed?.feed ?? null,
      next: this.#followed?.next ?? 0,
      isMissing,
    };
    bus.publish(wantsSubject(ref), encodeMessage(want));
  }

  #hear(bytes: Uint8Array): void {
    const { head, body } = decodeMessage<FeedMessage>(bytes);
    if (!this.#isActive) return;
    if (head.kind === 'answer') this.#hearAnswer(head);
    else if (head.feed !== this.#followed?.feed) this.#hearOther();
    else if (head.kind === 'end') this.#seek();
    else if (head.kind === 'beat') this.#hearBeat(this.#followed, head);
    else this.#hearPart(this.#followed, head, body);
  }

  /** Whoever reads next is followed at once. */
  #seek(): void {
    this.#followed = null;
    this.#parts.clear();
    this.#schedule();
  }

  /** Somebody reads whom this process does not follow yet. */
  #hearOther(): void {
    if (performance.now() - this.#askedAtMs < MISSING_MS) return;
    this.#askedAtMs = performance.now();
    this.#say();
  }

  #hearAnswer(answer: Answer): void {
    if (answer.follower !== this.#options.self) return;
    if (answer.feed !== this.#followed?.feed) {
      if (!this.#mayFollow(answer)) return;
      this.#follow(answer);
    } else if (answer.oldest > this.#followed.next) this.#follow(answer);
    this.#heardAtMs = performance.now();
    const since = parseLsn(answer.since ?? answer.upTo);
    const told = this.#waiting.filter(({ version }) => version <= answer.version);
    this.#waiting = this.#waiting.filter(({ version }) => version > answer.version);
    for (const { resolve } of told) resolve(since);
    if (this.#followed !== null && answer.next > this.#followed.next) this.#askAgain();
  }

  /** Two processes that read for their own listeners do not change places; one that was replaced may not know it yet. */
  #mayFollow({ reader, isLasting }: Answer): boolean {
    if (this.#isGivenUp) return isLasting || reader < this.#options.self;
    return this.#followed === null || performance.now() - this.#heardAtMs > UNANSWERED_MS;
  }

  /** Goes on where it was if the feed has all that came after; else whoever listens is told that some is missing. */
  #follow(answer: Answer): void {
    const { heard, onState } = this.#options;
    const known = this.#isGivenUp ? null : heard();
    const isCovered =
      known !== null &&
      known.history === answer.history &&
      answer.version === this.#version &&
      answer.since !== null &&
      parseLsn(answer.since) <= known.lsn &&
      parseLsn(answer.oldestSince) <= known.lsn;
    const { feed, history } = answer;
    this.#parts.clear();
    this.#followed = { feed, history, next: isCovered ? answer.oldest : answer.next, isContinued: isCovered };
    this.#isGivenUp = false;
    this.#askedAtMs = 0;
    const listeners = [...this.#listeners];
    onState(true);
    for (const listener of listeners) void listener.onStart({ isContinued: isCovered });
    if (!isCovered) this.#quiet(parseLsn(answer.upTo));
  }

  #hearBeat(followed: Followed, { next, upTo }: Beat): void {
    this.#heardAtMs = performance.now();
    if (next > followed.next) this.#askAgain();
    else this.#quiet(parseLsn(upTo));
  }

  #hearPart(followed: Followed, head: FramePart, body: Buffer): void {
    this.#heardAtMs = performance.now();
    if (head.seq < followed.next) return;
    if (head.seq > followed.next) {
      this.#askAgain();
      return;
    }
    const bytes = this.#parts.add(head, body);
    if (bytes === null) return;
    followed.next += 1;
    const batch = decodeBatch(bytes, this.#tables);
    for (const listener of this.#listeners) void this.#protect(() => listener.onBatch(batch));
  }

  #quiet(upTo: Lsn): void {
    for (const listener of this.#listeners) listener.onQuiet?.(upTo);
  }

  #askAgain(): void {
    if (performance.now() - this.#askedAtMs < MISSING_MS) return;
    this.#askedAtMs = performance.now();
    this.#parts.clear();
    this.#say(true);
  }

  async #protect(tell: () => void | Promise<void>): Promise<void> {
    try {
      await tell();
    } catch (error) {
      const { ref: project, observe } = this.#options;
      observe({ kind: 'stream.consumer-failed', project, consumer: 'changes', error });
    }
  }
}
