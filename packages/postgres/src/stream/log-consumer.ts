import type { LogBatch, LogNote } from './log-batch.ts';
import type { Lsn } from './lsn.ts';

/** Why commits may have passed that nobody was told of. */
export type GapReason = 'no-slot' | 'slot-lost' | 'slot-unreadable' | 'other-history';

export interface LogStart {
  /** False: commits may have passed since this consumer last heard, or it never did. */
  readonly isContinued: boolean;
}

/** Who wants to be told what was committed, in the order of the commits. */
export interface LogConsumer {
  readonly name: string;
  /**
   * True: the server keeps the log until this consumer has acknowledged, over restarts of either side. It may take its
   * time with a batch, for which all of the stream then waits, and its failure begins the stream anew.
   * False: it hears what happens while it listens, has to return at once, and its failure is its own affair.
   */
  readonly isDurable: boolean;
  /**
   * A passing one that acknowledges nevertheless: the log is kept as long as it has not, though nobody waits for it and
   * nothing is kept once its process has gone. It acknowledges quiet positions as well.
   */
  readonly holdsBack?: boolean;
  /**
   * Durable ones only: the log does not go on where it was acknowledged. Awaited before the log is kept anew, so that
   * what is written here is written even if the process dies right after.
   */
  onGap?(reason: GapReason): Promise<void>;
  /** Awaited before the first batch on every connection. */
  onStart(start: LogStart): void | Promise<void>;
  onBatch(batch: LogBatch): void | Promise<void>;
  /** A note sent outside of any transaction. */
  onNote?(note: LogNote): void;
  /** All of interest that stands before this position was told. */
  onQuiet?(walEnd: Lsn): void;
}

export interface LogAttachment {
  /**
   * Everything up to `endLsn` of a batch is done with for good. A durable consumer owes this for every transaction it
   * was told of, also for those that do not interest it.
   */
  acknowledge(endLsn: Lsn): void;
  /** Hears no more. What it did not acknowledge is kept no longer than other durable consumers need. */
  detach(): void;
}
