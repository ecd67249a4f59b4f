import { aggregateOf } from '@ashlar/kernel';
import type { LoggedEvent } from '../stream/log-batch.ts';
import { handleEvent, handleMany, type HandlingOptions } from './handle-event.ts';
import type { Lanes } from './lanes.ts';
import type { ParkedEvents } from './parked-events.ts';
import type { Persistence } from './persistence.ts';

/** What a batch holds at most, beside the limit of its subscription. */
const MAX_BATCH_BYTES = 4 * 1024 * 1024;

/** Brings events of one consumer to its handler, those of one aggregate in the order they are given. */
export interface Deliverer {
  /**
   * Resolves when the event is handled or parked; rejects when the process stops.
   *
   * @param isEarly It waits for an earlier version of its aggregate.
   */
  deliver(logged: LoggedEvent, isEarly?: boolean): Promise<void>;
  /** Resolves when all that was given has ended. */
  idle(): Promise<void>;
}

export interface DelivererOptions {
  readonly handling: HandlingOptions;
  /** Those the consumer's parked events run in, too. */
  readonly lanes: Lanes;
  readonly parked: ParkedEvents;
  readonly persistence: Persistence;
}

/** One event, one transaction. */
export class SingleDeliverer implements Deliverer {
  readonly #options: DelivererOptions;

  constructor(options: DelivererOptions) {
    this.#options = options;
  }

  deliver(logged: LoggedEvent, isEarly = false): Promise<void> {
    const { lanes, handling, parked, persistence } = this.#options;
    const { closing } = handling;
    return lanes.run(aggregateOf(logged.event), async () => {
      closing.throwIfAborted();
      if (isEarly) return parked.addEarly(logged);
      try {
        const taken = await persistence.throughOutages(() => handleEvent(handling, logged.event));
        if (taken === 'blocked') await parked.addBehind(logged);
      } catch (error) {
        closing.throwIfAborted();
        await parked.addFailed(logged, error);
      }
    });
  }

  idle(): Promise<void> {
    return this.#options.lanes.idle();
  }
}

interface Waiting {
  readonly logged: LoggedEvent;
  readonly isEarly: boolean;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * What has come while the batch before was handled is the next batch. One that fails is given one event at a time.
 */
export class BatchDeliverer implements Deliverer {
  readonly #options: DelivererOptions;
  readonly #maxBatch: number;
  readonly #single: SingleDeliverer;
  readonly #waiting: Waiting[] = [];
  #working: Promise<void> | null = null;

  constructor(options: DelivererOptions, maxBatch: number) {
    this.#options = options;
    this.#maxBatch = maxBatch;
    this.#single = new SingleDeliverer(options);
  }

  deliver(logged: LoggedEvent, isEarly = false): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ logged, isEarly, resolve, reject });
    this.#working ??= this.#work();
    return promise;
  }

  async idle(): Promise<void> {
    await this.#working;
    await this.#single.idle();
  }

  async #work(): Promise<void> {
    // What came in the same packet is part of the first batch.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#countOfNext());
      try {
        if (batch[0]?.isEarly === true) await this.#single.deliver(batch[0].logged, true);
        else await this.#handle(batch.map(({ logged }) => logged));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#working = null;
  }

  #countOfNext(): number {
    let sizeBytes = 0;
    let count = 0;
    for (const { logged, isEarly } of this.#waiting) {
      // It goes alone, and those behind it have to find it parked.
      if (isEarly) return Math.max(count, 1);
      sizeBytes += logged.sizeBytes;
      if (count > 0 && (count >= this.#maxBatch || sizeBytes > MAX_BATCH_BYTES)) break;
      count += 1;
    }
    return count;
  }

  async #handle(batch: readonly LoggedEvent[]): Promise<void> {
    const { handling, parked, persistence } = this.#options;
    const { closing } = handling;
    closing.throwIfAborted();
    try {
      const events = batch.map(({ event }) => event);
      const taken = await persistence.throughOutages(() => handleMany(handling, events));
      for (const [index, logged] of batch.entries()) if (taken[index] === 'blocked') await parked.addBehind(logged);
    } catch (error) {
      closing.throwIfAborted();
      const [only] = batch;
      if (only !== undefined && batch.length === 1) await parked.addFailed(only, error);
      else await Promise.all(batch.map((logged) => this.#single.deliver(logged)));
    }
  }
}
