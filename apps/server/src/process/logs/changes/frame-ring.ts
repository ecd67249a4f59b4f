import type { Lsn } from '@ashlar/postgres';

export interface Frame {
  readonly seq: number;
  /** Where its transaction committed. */
  readonly commitLsn: Lsn;
  readonly messages: readonly Uint8Array[];
  readonly sizeBytes: number;
}

/** The latest frames of a feed, for those who missed some. */
export class FrameRing {
  readonly #maxBytes: number;
  readonly #frames: Frame[] = [];
  #sizeBytes = 0;
  #next = 0;
  #since: Lsn;

  /** @param since Nothing that was committed after it is missing from the feed. */
  constructor(maxBytes: number, since: Lsn) {
    this.#maxBytes = maxBytes;
    this.#since = since;
  }

  /** The first frame that is here, or the one that comes next. */
  get oldest(): number {
    return this.#next - this.#frames.length;
  }

  get next(): number {
    return this.#next;
  }

  /** Nothing committed after it is in a frame that has left. */
  get since(): Lsn {
    return this.#since;
  }

  /** @param frame Counted as `next`. */
  push(frame: Frame): void {
    this.#frames.push(frame);
    this.#sizeBytes += frame.sizeBytes;
    this.#next += 1;
    let left = 0;
    for (const { sizeBytes, commitLsn } of this.#frames) {
      if (this.#sizeBytes <= this.#maxBytes) break;
      this.#sizeBytes -= sizeBytes;
      this.#since = commitLsn;
      left += 1;
    }
    if (left > 0) this.#frames.splice(0, left);
  }

  from(seq: number): readonly Frame[] {
    return this.#frames.slice(Math.max(seq - this.oldest, 0));
  }
}
