import type { Claimed } from './claimed.ts';

interface Lane {
  readonly queue: { readonly delivery: Claimed; readonly claimedAt: number }[];
  underWay: number;
}

export interface LanesOptions {
  /** Deliveries to one endpoint under way. */
  readonly perEndpoint: number;
  /** What was claimed for longer must not begin: its claim could end before it does. */
  readonly startWithinMs: number;
  readonly start: (delivery: Claimed) => void;
}

/** Deliveries this worker has claimed, by endpoint: those under way and those that are next. */
export class Lanes {
  readonly #options: LanesOptions;
  readonly #lanes = new Map<string, Lane>();
  #released: Claimed[] = [];

  constructor(options: LanesOptions) {
    this.#options = options;
  }

  /** All that is claimed. */
  get size(): number {
    let size = this.#released.length;
    for (const { queue, underWay } of this.#lanes.values()) size += queue.length + underWay;
    return size;
  }

  add(deliveries: readonly Claimed[]): void {
    const claimedAt = performance.now();
    for (const delivery of deliveries) {
      const lane = this.#laneOf(delivery);
      lane.queue.push({ delivery, claimedAt });
      this.#advance(lane);
    }
  }

  /** One that was started has ended. After a failure the endpoint's others are given back: it may want a pause. */
  ended(delivery: Claimed, isFailed: boolean): void {
    const lane = this.#laneOf(delivery);
    lane.underWay -= 1;
    if (isFailed) this.#release(lane);
    this.#advance(lane);
    if (lane.underWay === 0 && lane.queue.length === 0) this.#lanes.delete(delivery.receiver.id);
  }

  /** Takes what was claimed and will not be made; to be given back. */
  takeReleased(): readonly Claimed[] {
    const released = this.#released;
    this.#released = [];
    return released;
  }

  /** Starts nothing more. */
  releaseAll(): void {
    for (const lane of this.#lanes.values()) this.#release(lane);
  }

  #laneOf({ receiver: { id } }: Claimed): Lane {
    const lane = this.#lanes.get(id) ?? { queue: [], underWay: 0 };
    this.#lanes.set(id, lane);
    return lane;
  }

  #advance(lane: Lane): void {
    while (lane.underWay < this.#options.perEndpoint) {
      const next = lane.queue.shift();
      if (next === undefined) return;
      if (performance.now() - next.claimedAt > this.#options.startWithinMs) {
        this.#released.push(next.delivery);
        continue;
      }
      lane.underWay += 1;
      this.#options.start(next.delivery);
    }
  }

  #release({ queue }: Lane): void {
    this.#released.push(...queue.splice(0).map(({ delivery }) => delivery));
  }
}
