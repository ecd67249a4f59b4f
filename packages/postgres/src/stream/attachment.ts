import type { LogBatch } from './log-batch.ts';
import type { LogConsumer } from './log-consumer.ts';
import type { Lsn } from './lsn.ts';

/** One consumer's place in the stream. */
export class Attachment {
  readonly consumer: LogConsumer;
  /** Set when it was told that the log begins, until the connection ends. */
  isStarted = false;
  #acknowledged: Lsn = 0n;
  /** Commit of the last transaction it was told all of. */
  #told: Lsn = 0n;
  #toldEnd: Lsn = 0n;
  #takes = false;

  constructor(consumer: LogConsumer) {
    this.consumer = consumer;
  }

  /** Gives the batch on if it is news; a connection begun anew repeats what was not acknowledged. */
  offer(batch: LogBatch): void | Promise<void> {
    if (batch.isFirst) this.#takes = this.isStarted && batch.commit.commitLsn > this.#told;
    if (!this.#takes) return undefined;
    const answer = this.consumer.onBatch(batch);
    if (answer !== undefined) return answer.then(() => this.#noteTold(batch));
    this.#noteTold(batch);
    return undefined;
  }

  /** Only now: a consumer that failed on a batch has to be given it again. */
  #noteTold({ commit, endLsn }: LogBatch): void {
    if (endLsn === null) return;
    this.#told = commit.commitLsn;
    this.#toldEnd = endLsn;
  }

  acknowledge(endLsn: Lsn): void {
    if (endLsn > this.#acknowledged) this.#acknowledged = endLsn;
  }

  get acknowledged(): Lsn {
    return this.#acknowledged;
  }

  /** How far the log may be forgotten for its sake, when nothing of interest stands before `quiet`. */
  doneUpTo(quiet: Lsn): Lsn {
    const isCaughtUp = this.#acknowledged >= this.#toldEnd;
    return isCaughtUp && quiet > this.#acknowledged ? quiet : this.#acknowledged;
  }

  /** Positions of another history mean nothing. */
  forget(): void {
    this.#acknowledged = 0n;
    this.#told = 0n;
    this.#toldEnd = 0n;
  }
}
