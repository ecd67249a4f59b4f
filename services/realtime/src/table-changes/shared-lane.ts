import { setTimeout as delay } from 'node:timers/promises';
import { deliverBatch } from './deliver-batch.ts';
import type { LaneOptions } from './lane-options.ts';
import { SideLane } from './side-lane.ts';
import { type Subscriber, tellOfGap } from './subscriber.ts';

const MAX_BATCH = 500;
/** How long one group may take while others wait for it; beyond, it is served apart. */
const PATIENCE_MS = 150;
const RETRY_MS = 500;
/**
 * After a batch as long as it took is left to others, up to this: what comes meanwhile is asked for together, which
 * costs the database hardly more than one change alone.
 */
const MAX_REST_MS = 50;
/** Timers are no finer. */
const MIN_REST_MS = 2;

/** Subscribers who hear of changes together, batch by batch; those who would keep the others waiting go aside. */
export class SharedLane {
  readonly #options: LaneOptions;
  readonly #live = new Set<Subscriber>();
  readonly #side: SideLane;
  /** The first change that was not yet taken for those who hear together. */
  #nextSeq: number;
  #isRunning = false;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#nextSeq = options.buffer.nextSeq;
    this.#side = new SideLane({
      ...options,
      liveSeq: () => this.#nextSeq,
      join: (subscriber) => this.#live.add(subscriber),
    });
  }

  /** @param isBehind It has to be told of earlier changes first. */
  enter(subscriber: Subscriber, isBehind: boolean): void {
    if (isBehind) this.#side.add(null, [subscriber], subscriber.nextSeq);
    else this.#live.add(subscriber);
  }

  leave(subscriber: Subscriber): void {
    this.#live.delete(subscriber);
    this.#side.remove(subscriber);
  }

  /** There is something new to be told. */
  poke(): void {
    if (!this.#isRunning) void this.#run();
    this.#side.poke();
  }

  /** Commits may have passed unheard, and what was kept is gone. */
  interrupt(): void {
    this.#nextSeq = this.#options.buffer.nextSeq;
    tellOfGap(this.#live);
    this.#side.interrupt();
  }

  close(): void {
    this.#side.close();
  }

  async #run(): Promise<void> {
    const { buffer, signal } = this.#options;
    this.#isRunning = true;
    while (!signal.aborted && this.#nextSeq < buffer.nextSeq) {
      if (this.#live.size === 0) {
        this.#nextSeq = buffer.nextSeq;
      } else if (this.#nextSeq < buffer.oldestSeq) {
        this.#nextSeq = buffer.nextSeq;
        tellOfGap(this.#live);
      } else {
        const startedAt = performance.now();
        await this.#serve();
        const restMs = Math.min(performance.now() - startedAt, MAX_REST_MS);
        if (restMs > MIN_REST_MS) await delay(restMs, undefined, { ref: false });
      }
    }
    this.#isRunning = false;
  }

  async #serve(): Promise<void> {
    const { buffer, catalogue, observe, signal, project } = this.#options;
    const start = this.#nextSeq;
    const changes = buffer.from(start, MAX_BATCH);
    const end = start + changes.length;
    this.#nextSeq = end;
    const terms = { project: project(), catalogue, statementTimeoutMs: PATIENCE_MS, isLastWord: false, signal };
    try {
      const { slow } = await deliverBatch(changes, this.#live, terms);
      for (const [key, members] of slow) this.#sendAside(key, members, start);
    } catch (error) {
      if (signal.aborted) return;
      observe({ kind: 'realtime.undelivered', project: project().ref, error });
      // The same again: nobody was told of them. An interruption meanwhile has told everybody.
      if (this.#nextSeq === end) this.#nextSeq = start;
      await delay(RETRY_MS, undefined, { ref: false });
    }
  }

  #sendAside(key: string, members: readonly Subscriber[], start: number): void {
    const moved = members.filter((member) => this.#live.delete(member));
    for (const member of moved) member.nextSeq = Math.max(member.nextSeq, start);
    this.#side.add(key, moved, start);
  }
}
