import type { DomainEvent } from '@ashlar/kernel';
import type { OldRow, Relation, Row } from './log-message.ts';
import type { Lsn } from './lsn.ts';

/** A committed change of a published table. */
export type LogChange =
  | { readonly kind: 'insert'; readonly relation: Relation; readonly row: Row }
  /** `old` is null where the key did not change and the table does not log whole rows. */
  | { readonly kind: 'update'; readonly relation: Relation; readonly old: OldRow | null; readonly row: Row }
  | { readonly kind: 'delete'; readonly relation: Relation; readonly old: OldRow }
  | { readonly kind: 'truncate'; readonly relations: readonly Relation[] };

/** What somebody wrote into the log beside the tables, with `pg_logical_emit_message`. */
export interface LogNote {
  readonly prefix: string;
  readonly content: Buffer;
}

/** A row of the event log, with its place among the events of its aggregate. */
export interface LoggedEvent {
  readonly event: DomainEvent;
  /** Grows within an aggregate. */
  readonly seq: bigint;
  /** Of its data as text. */
  readonly sizeBytes: number;
}

/** A committed transaction. */
export interface LogCommit {
  /** Where its commit stands; grows from one transaction to the next. */
  readonly commitLsn: Lsn;
  readonly commitAt: Date;
  readonly xid: number;
}

/**
 * A transaction, or a part of one that is too large for one piece. Parts come in order and nothing comes between
 * them. When the connection is lost in the middle, the transaction begins again with `isFirst`; what was given of it
 * before is to be forgotten, or recognised.
 */
export interface LogBatch {
  readonly commit: LogCommit;
  readonly isFirst: boolean;
  /** The transaction is complete. */
  readonly isLast: boolean;
  /** To acknowledge the whole transaction with; null until it is complete. */
  readonly endLsn: Lsn | null;
  readonly changes: readonly LogChange[];
  /** Which changes of their transaction these are, where some were left out; truncations are not counted. */
  readonly ordinals?: readonly number[];
  readonly events: readonly LoggedEvent[];
  readonly notes: readonly LogNote[];
}
