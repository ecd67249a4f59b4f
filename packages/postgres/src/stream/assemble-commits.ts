import { must } from '@ashlar/kernel';
import { isEventLog, readEventRow } from '../events/read-event-row.ts';
import type { LogBatch, LogChange, LogCommit, LoggedEvent, LogNote } from './log-batch.ts';
import type { LogMessage, Relation } from './log-message.ts';
import type { Lsn } from './lsn.ts';

/** Where a transaction is cut into parts, whichever comes first. */
export interface BatchBounds {
  readonly changes: number;
  readonly bytes: number;
}

export const DEFAULT_BATCH_BOUNDS: BatchBounds = { changes: 1_000, bytes: 1024 * 1024 };

/** Puts the messages of one connection together to transactions, or parts of large ones. */
export class CommitAssembler {
  readonly #bounds: BatchBounds;
  readonly #relations = new Map<number, Relation>();
  #commit: LogCommit | null = null;
  #isFirst = true;
  #size = 0;
  #bytes = 0;
  #changes: LogChange[] = [];
  #events: LoggedEvent[] = [];
  #notes: LogNote[] = [];

  constructor(bounds: BatchBounds = DEFAULT_BATCH_BOUNDS) {
    this.#bounds = bounds;
  }

  /** Between two transactions. */
  get isIdle(): boolean {
    return this.#commit === null;
  }

  /**
   * @param bytes Size of the message as it came.
   * @returns What is complete, or large enough to be given away.
   * @throws {Error} When the messages make no sense together.
   */
  add(message: LogMessage, bytes: number): LogBatch | null {
    switch (message.kind) {
      case 'begin': {
        const { commitLsn, commitAt, xid } = message;
        this.#commit = { commitLsn, commitAt, xid };
        this.#isFirst = true;
        return null;
      }
      case 'commit': {
        const batch = this.#cut(message.endLsn);
        this.#commit = null;
        return batch;
      }
      case 'relation':
        this.#relations.set(message.relation.oid, message.relation);
        return null;
      case 'message':
        this.#notes.push({ prefix: message.prefix, content: message.content });
        break;
      case 'truncate':
        this.#changes.push({ kind: 'truncate', relations: message.relationOids.map((oid) => this.#relation(oid)) });
        break;
      case 'insert':
        this.#insert(this.#relation(message.relationOid), message.row);
        break;
      case 'update': {
        const { old, row } = message;
        this.#changes.push({ kind: 'update', relation: this.#relation(message.relationOid), old, row });
        break;
      }
      case 'delete':
        this.#changes.push({ kind: 'delete', relation: this.#relation(message.relationOid), old: message.old });
        break;
      case 'other':
        return null;
    }
    this.#size += 1;
    this.#bytes += bytes;
    return this.#size >= this.#bounds.changes || this.#bytes >= this.#bounds.bytes ? this.#cut(null) : null;
  }

  #insert(relation: Relation, row: Extract<LogMessage, { kind: 'insert' }>['row']): void {
    if (!isEventLog(relation)) {
      this.#changes.push({ kind: 'insert', relation, row });
      return;
    }
    const event = readEventRow(relation, row);
    if (event !== null) this.#events.push(event);
  }

  /** The server describes a table on every connection before it first tells of its rows. */
  #relation(oid: number): Relation {
    return must(this.#relations.get(oid), `the log to have described table ${oid}`);
  }

  #cut(endLsn: Lsn | null): LogBatch {
    const batch: LogBatch = {
      commit: must(this.#commit, 'a change in the log to stand inside a transaction'),
      isFirst: this.#isFirst,
      isLast: endLsn !== null,
      endLsn,
      changes: this.#changes,
      events: this.#events,
      notes: this.#notes,
    };
    this.#isFirst = false;
    this.#size = 0;
    this.#bytes = 0;
    this.#changes = [];
    this.#events = [];
    this.#notes = [];
    return batch;
  }
}
