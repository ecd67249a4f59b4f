import type { Batch } from './batch.ts';

/** Acts that can be taken back, and the cells they may hold together. */
const MAX_ACTS = 200;
const MAX_CELLS = 500_000;

const sizeOf = ({ changes, inserts, removes }: Batch): number => changes.length + inserts.length + removes.length;

/** What was done and what was taken back, in order. A new act forgets what was taken back. */
export class UndoStack {
  readonly #done: Batch[] = [];
  readonly #undone: Batch[] = [];
  #cells = 0;

  push(batch: Batch): void {
    this.#undone.length = 0;
    this.#done.push(batch);
    this.#cells += sizeOf(batch);
    while (this.#done.length > MAX_ACTS || (this.#cells > MAX_CELLS && this.#done.length > 1)) {
      const oldest = this.#done.shift();
      if (oldest !== undefined) this.#cells -= sizeOf(oldest);
    }
  }

  /** The act to take back. */
  undo(): Batch | undefined {
    const batch = this.#done.pop();
    if (batch !== undefined) {
      this.#cells -= sizeOf(batch);
      this.#undone.push(batch);
    }
    return batch;
  }

  /** The act to do once more. */
  redo(): Batch | undefined {
    const batch = this.#undone.pop();
    if (batch !== undefined) {
      this.#cells += sizeOf(batch);
      this.#done.push(batch);
    }
    return batch;
  }

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }
}
