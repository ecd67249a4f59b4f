import { BoundedCache } from '@ashlar/kernel';

/** A statement that takes longer than this keeps too many neighbours waiting. */
const SLOW_MS = 50;
/** The first sight of a shape pays for planning and cold caches, so one slow run proves nothing. */
const MIN_SLOW_RUNS = 2;
/** Rarer than one in so many, slow runs are the machine's, not the shape's. */
const MAX_RUNS_PER_SLOW_RUN = 200;
/** Counts are halved here, so that the recent past weighs more. */
const COUNTED_RUNS = 2_000;
/** After this long the shape is tried among its neighbours again: an index may have been made. */
const SENTENCE_MS = 60_000;
const MAX_SHAPES = 1_000;

/** How the runs of one statement text went on shared connections. */
export class Shape {
  #runs = 0;
  #slowRuns = 0;
  #condemnedUntil = 0;

  /** Whether it should keep off shared connections. */
  isSlow(nowMs: number): boolean {
    return nowMs < this.#condemnedUntil;
  }

  /** Notes how long a run was alone at the head of its connection. */
  ran(durationMs: number, nowMs: number): void {
    this.#runs++;
    if (durationMs > SLOW_MS) this.#count(1, nowMs);
    else if (this.#runs >= COUNTED_RUNS) {
      this.#runs /= 2;
      this.#slowRuns /= 2;
    }
  }

  /** Notes a run the server stopped for its length: neighbours must not wait for a second one. */
  wasStopped(nowMs: number): void {
    this.#runs++;
    this.#count(MIN_SLOW_RUNS, nowMs);
  }

  #count(slowRuns: number, nowMs: number): void {
    this.#slowRuns += slowRuns;
    if (this.#slowRuns < MIN_SLOW_RUNS || this.#slowRuns * MAX_RUNS_PER_SLOW_RUN < this.#runs) return;
    this.#runs = 0;
    this.#slowRuns = 0;
    this.#condemnedUntil = nowMs + SENTENCE_MS;
  }
}

/** The shapes of one project, by statement text; the least recently seen are forgotten. */
export class SlowShapes {
  readonly #shapes = new BoundedCache<string, Shape>(MAX_SHAPES);

  of(text: string): Shape {
    const known = this.#shapes.get(text);
    if (known !== undefined) return known;
    const shape = new Shape();
    this.#shapes.set(text, shape);
    return shape;
  }
}
