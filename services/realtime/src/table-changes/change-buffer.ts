import { formatLsn, type LogBatch, type LogChange, type Lsn, parseLsn } from '@ashlar/postgres';
import type { LoggedChange, RowChange } from './logged-change.ts';

export interface BufferBounds {
  readonly changes: number;
  /** Letters of all values. */
  readonly size: number;
}

/** Where somebody stood: the commit, and the change in it. */
export interface Position {
  readonly commitLsn: Lsn;
  readonly ordinal: number;
}

/**
 * The latest changes of a project. Everybody who is behind reads them from here at their own pace; who is too far
 * behind finds that they are gone.
 */
export class ChangeBuffer {
  readonly #bounds: BufferBounds;
  #changes: LoggedChange[] = [];
  #size = 0;
  #nextSeq = 0;
  #nextOrdinal = 0;
  #last: Position | null = null;
  /** All that was committed after it and is missing here was given up; null before the log was read. */
  #since: Position | null = null;

  constructor(bounds: BufferBounds) {
    this.#bounds = bounds;
  }

  /** What the next change will be counted as. */
  get nextSeq(): number {
    return this.#nextSeq;
  }

  /** The first that is still here. */
  get oldestSeq(): number {
    return this.#nextSeq - this.#changes.length;
  }

  /** Commits may have passed that are not here: nobody can go on from before. */
  interrupt(): void {
    this.#changes = [];
    this.#size = 0;
    this.#since = null;
    this.#last = null;
  }

  add({ commit, isFirst, ordinals }: LogBatch, changes: readonly LogChange[]): void {
    if (isFirst) this.#nextOrdinal = 0;
    // The first commit heard of after an interruption: what was before it is unknown.
    this.#since ??= { commitLsn: commit.commitLsn, ordinal: -1 };
    for (const [index, change] of changes.entries()) {
      if (change.kind === 'truncate') continue;
      const ordinal = ordinals?.[index] ?? this.#nextOrdinal;
      this.#nextOrdinal = ordinal + 1;
      const position: Position = { commitLsn: commit.commitLsn, ordinal };
      // A log that is read again from where it was acknowledged repeats itself.
      if (this.#last !== null && !isBefore(this.#last, position)) continue;
      this.#last = position;
      const size = sizeOf(change);
      this.#changes.push({ seq: this.#nextSeq++, change, commit, ordinal: position.ordinal, size });
      this.#size += size;
    }
    this.#trim();
  }

  /** @param seq Not below `oldestSeq`. */
  from(seq: number, max: number): readonly LoggedChange[] {
    const start = seq - this.oldestSeq;
    return this.#changes.slice(start, start + max);
  }

  /** The first change after a position, null when changes after it may be missing here. */
  seqAfter(position: Position): number | null {
    if (this.#since === null || isBefore(position, this.#since)) return null;
    const index = this.#changes.findIndex(({ commit: { commitLsn }, ordinal }) =>
      isBefore(position, { commitLsn, ordinal }),
    );
    return index === -1 ? this.#nextSeq : this.oldestSeq + index;
  }

  #trim(): void {
    const { changes, size } = this.#bounds;
    let dropped = 0;
    while (this.#changes.length - dropped > changes || (this.#size > size && dropped < this.#changes.length)) {
      const oldest = this.#changes[dropped];
      if (oldest === undefined) break;
      this.#size -= oldest.size;
      this.#since = { commitLsn: oldest.commit.commitLsn, ordinal: oldest.ordinal };
      dropped += 1;
    }
    if (dropped > 0) this.#changes.splice(0, dropped);
  }
}

export function formatPosition({ commit, ordinal }: Pick<LoggedChange, 'commit' | 'ordinal'>): string {
  return `${formatLsn(commit.commitLsn)}.${ordinal}`;
}

/** Null for what is no position. */
export function parsePosition(text: string): Position | null {
  const match = /^([0-9A-F]{1,8}\/[0-9A-F]{1,8})\.(\d{1,9})$/i.exec(text);
  return match === null ? null : { commitLsn: parseLsn(match[1] ?? ''), ordinal: Number(match[2]) };
}

function isBefore(one: Position, other: Position): boolean {
  return one.commitLsn < other.commitLsn || (one.commitLsn === other.commitLsn && one.ordinal < other.ordinal);
}

/** What an empty row weighs. */
const OVERHEAD = 200;

function sizeOf(change: RowChange): number {
  let size = OVERHEAD;
  const rows = [
    change.kind === 'delete' ? null : change.row,
    change.kind === 'insert' ? null : (change.old?.row ?? null),
  ];
  for (const row of rows) if (row !== null) for (const value of row) size += value?.length ?? 0;
  return size;
}
