import type { LogFrontier, LogMarks } from './log-marks.ts';

/** How long after events a mark is set behind them; while somebody still writes, it is tried again after as long. */
const MARK_AFTER_MS = 30_000;

/** Sets a mark into the log some time after events have passed, for whoever reads the log. None without events. */
export class LogMarker {
  readonly #marks: LogMarks;
  readonly #afterMs: number;
  #timer: NodeJS.Timeout | null = null;
  #frontier: LogFrontier | null = null;
  #working: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(marks: LogMarks, afterMs: number = MARK_AFTER_MS) {
    this.#marks = marks;
    this.#afterMs = afterMs;
  }

  /** Events have passed. */
  notice(): void {
    if (this.#timer !== null || this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#working = this.#mark();
    }, this.#afterMs).unref();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#working;
  }

  async #mark(): Promise<void> {
    try {
      this.#frontier ??= await this.#marks.frontier();
      if (await this.#marks.isSettled(this.#frontier)) {
        const { seq } = this.#frontier;
        this.#frontier = null;
        await this.#marks.note(seq);
        return;
      }
    } catch {
      // The database is away. A mark saves reading and nothing depends on it.
    }
    this.notice();
  }
}
