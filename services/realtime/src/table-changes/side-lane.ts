import { deliverBatch } from './deliver-batch.ts';
import type { LaneOptions } from './lane-options.ts';
import { type Subscriber, tellOfGap } from './subscriber.ts';

export interface SideLaneOptions extends LaneOptions {
  /** The first change those who hear together were not told of yet. */
  readonly liveSeq: () => number;
  /** Takes somebody back among those who hear together. */
  readonly join: (subscriber: Subscriber) => void;
}

/** Some who are served apart, from the same place on. */
interface Follower {
  /** The group whose policies were slow; null for somebody who only catches up. */
  readonly key: string | null;
  readonly members: Set<Subscriber>;
  nextSeq: number;
  /** On the clock of `performance.now()`. */
  dueAt: number;
  /** How often it kept others waiting. */
  readonly offences: number;
  /** Before that it does not go back. */
  readonly apartUntil: number;
  isRunning: boolean;
}

/** Each takes one of the connections all projects share. */
const MAX_RUNNING = 2;
const MAX_BATCH = 500;
const STATEMENT_TIMEOUT_MS = 1_000;
/** A group that took longer than this is slow still. */
const QUICK_MS = 100;
const PAUSE_MS = { slow: 1_000, locked: 250, away: 500 } as const;
/** First time apart; doubles with each offence. */
const APART_MS = 5_000;
const MAX_DOUBLINGS = 6;
const MAX_REMEMBERED = 1_000;

/** Serves those who would keep others waiting, each from where it stands. */
export class SideLane {
  readonly #options: SideLaneOptions;
  readonly #followers = new Set<Follower>();
  readonly #offences = new Map<string, number>();
  #running = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: SideLaneOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#followers.size;
  }

  add(key: string | null, members: readonly Subscriber[], nextSeq: number): void {
    if (members.length === 0) return;
    const offences = key === null ? 0 : this.#count(key);
    const apartMs = key === null ? 0 : APART_MS * 2 ** Math.min(offences - 1, MAX_DOUBLINGS);
    this.#followers.add({
      key,
      members: new Set(members),
      nextSeq,
      dueAt: 0,
      offences,
      apartUntil: performance.now() + apartMs,
      isRunning: false,
    });
    this.poke();
  }

  remove(subscriber: Subscriber): void {
    for (const follower of this.#followers) {
      if (follower.members.delete(subscriber) && follower.members.size === 0) this.#followers.delete(follower);
    }
  }

  /** There is something new to be told. */
  poke(): void {
    if (this.#options.signal.aborted || this.#followers.size === 0) return;
    const now = performance.now();
    let soonest = Number.POSITIVE_INFINITY;
    for (const follower of this.#followers) {
      if (this.#running >= MAX_RUNNING) return;
      if (follower.isRunning) continue;
      if (follower.dueAt > now) soonest = Math.min(soonest, follower.dueAt);
      else if (!this.#goBack(follower) && follower.nextSeq < this.#options.buffer.nextSeq) void this.#serve(follower);
      else if (this.#followers.has(follower)) soonest = Math.min(soonest, follower.apartUntil);
    }
    this.#wakeAt(soonest, now);
  }

  /** What they had not heard of is lost. */
  interrupt(): void {
    for (const follower of this.#followers) this.#skip(follower);
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #wakeAt(at: number, now: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (!Number.isFinite(at)) return;
    this.#timer = setTimeout(() => this.poke(), Math.max(at - now, 1)).unref();
  }

  async #serve(follower: Follower): Promise<void> {
    const { buffer, catalogue, project, observe, signal } = this.#options;
    if (follower.nextSeq < buffer.oldestSeq) {
      this.#skip(follower);
      return;
    }
    follower.isRunning = true;
    this.#running += 1;
    const start = follower.nextSeq;
    const changes = buffer.from(start, MAX_BATCH);
    const startedAt = performance.now();
    try {
      const terms = {
        project: project(),
        catalogue,
        signal,
        statementTimeoutMs: STATEMENT_TIMEOUT_MS,
        isLastWord: true,
      };
      const { isLocked } = await deliverBatch(changes, follower.members, terms);
      if (isLocked) follower.dueAt = performance.now() + PAUSE_MS.locked;
      else if (follower.nextSeq === start) follower.nextSeq = start + changes.length;
      if (follower.key !== null && performance.now() - startedAt > QUICK_MS) {
        follower.dueAt = performance.now() + PAUSE_MS.slow;
      }
    } catch (error) {
      if (!signal.aborted) observe({ kind: 'realtime.undelivered', project: project().ref, error });
      follower.dueAt = performance.now() + PAUSE_MS.away;
    } finally {
      follower.isRunning = false;
      this.#running -= 1;
      // To the end of the line.
      if (this.#followers.delete(follower) && follower.members.size > 0) this.#followers.add(follower);
      this.poke();
    }
  }

  /** Back among the others once all they were given was served here too, and its time apart is over. */
  #goBack(follower: Follower): boolean {
    if (follower.nextSeq < this.#options.liveSeq() || performance.now() < follower.apartUntil) return false;
    this.#followers.delete(follower);
    for (const member of follower.members) {
      member.nextSeq = follower.nextSeq;
      this.#options.join(member);
    }
    return true;
  }

  #skip(follower: Follower): void {
    follower.nextSeq = this.#options.buffer.nextSeq;
    tellOfGap(follower.members);
  }

  #count(key: string): number {
    const count = (this.#offences.get(key) ?? 0) + 1;
    this.#offences.delete(key);
    this.#offences.set(key, count);
    const [oldest] = this.#offences.keys();
    if (this.#offences.size > MAX_REMEMBERED && oldest !== undefined) this.#offences.delete(oldest);
    return count;
  }
}
