import type { Noted } from './message-store.ts';

/** Writes down how attempts ended while others go on; one statement takes along all that ended meanwhile. */
export class WrittenOutcomes {
  readonly #write: (ended: readonly Noted[]) => Promise<void>;
  #ended: Noted[] = [];
  #writing: Promise<void> | null = null;
  #failure: { readonly cause: unknown } | null = null;

  constructor(write: (ended: readonly Noted[]) => Promise<void>) {
    this.#write = write;
  }

  /** What ended by now cannot be written: nothing more should begin. */
  get hasFailed(): boolean {
    return this.#failure !== null;
  }

  add(noted: Noted): void {
    this.#ended.push(noted);
    this.#writing ??= this.#writeAll();
  }

  /** Waits until everything is written. @throws What kept it from being written. */
  async close(): Promise<void> {
    await this.#writing;
    if (this.#failure !== null) throw this.#failure.cause;
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#ended.length > 0) await this.#write(this.#ended.splice(0));
    } catch (cause) {
      this.#failure ??= { cause };
    } finally {
      this.#writing = null;
    }
  }
}
