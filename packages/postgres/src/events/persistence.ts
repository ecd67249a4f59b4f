import { setTimeout as delay } from 'node:timers/promises';
import type { Observe } from '@ashlar/telemetry';
import { isDatabaseAway } from './handle-event.ts';

/** First pause and longest one, while the database is away. */
const PAUSE_MS = { first: 50, longest: 2_000 };

export interface PersistenceOptions {
  readonly project: string;
  readonly consumer: string;
  readonly observe: Observe;
  /** Ends every attempt. */
  readonly closing: AbortSignal;
}

/** Attempts on behalf of one consumer that outlast what is no fault of an event. */
export class Persistence {
  readonly #options: PersistenceOptions;

  constructor(options: PersistenceOptions) {
    this.#options = options;
  }

  /** Waits while the database is away; everything else is the caller's. */
  throughOutages<Result>(run: () => Promise<Result>): Promise<Result> {
    return this.#again(run, isDatabaseAway);
  }

  /** For book-keeping that no event may be lost over: tried until it is done or the process stops. */
  insist<Result>(run: () => Promise<Result>): Promise<Result> {
    return this.#again(run, (error) => {
      const { project, consumer, observe } = this.#options;
      if (!isDatabaseAway(error)) observe({ kind: 'stream.consumer-failed', project, consumer, error });
      return true;
    });
  }

  async #again<Result>(run: () => Promise<Result>, isWorthIt: (error: unknown) => boolean): Promise<Result> {
    const { closing } = this.#options;
    for (let pauseMs = PAUSE_MS.first; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MS.longest)) {
      closing.throwIfAborted();
      try {
        return await run();
      } catch (error) {
        if (closing.aborted || !isWorthIt(error)) throw error;
        await delay(pauseMs * (0.5 + Math.random() / 2), undefined, { signal: closing });
      }
    }
  }
}
