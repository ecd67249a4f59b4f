import { BoundedCache } from '@ashlar/kernel';

/** A statement that takes longer than this keeps too many neighbours waiting. */
const SLOW_MS = 50;
/** The first sight of a shape pays for planning and cold caches, so one slow run proves nothing. */
const MIN_SLOW_RUNS = 2;
/** Rarer than one in so many, slow runs are the machine's, not the shape's. */
const MAX_RUNS_PER_SLOW_RUN = 200;
/** Until a shape has run so often its neighbours wait for it no longer than they would for a slow one. */
const PROBATION_RUNS = 3;
/** Counts are halved here, so that the recent past weighs more. */
const COUNTED_RUNS = 2_000;
/** After this long the shape is tried among its neighbours again: an index may have been made. */
const SENTENCE_MS = 60_000;
/** A shape that met a lock will meet it again soon; this much longer its neighbours do not wait with it. */
const CONTENDED_MS = 60_000;
/** What such a shape may wait on a shared connection: long enough for a lock that is just being released. */
const CONTENDED_LOCK_MS = 5;
const MAX_SHAPES = 1_000;

export interface ShapeLimits {
  readonly statementMs: number;
  readonly lockMs: number;
}

/** How the runs of one statement text went on shared connections. */
export class Shape {
  #runs = 0;
  #slowRuns = 0;
  /** When the last slow run that counted ended. */
  #slowUntil = Number.NEGATIVE_INFINITY;
  #condemnedUntil = 0;
  #contendedUntil = 0;

  /** Whether it should keep off shared connections. */
  isSlow(nowMs: number): boolean {
    return nowMs < this.#condemnedUntil;
  }

  /** How long its next run may take, and wait for a lock, before it has to leave its neighbours. */
  limits(usualMs: number, nowMs: number): ShapeLimits {
    const isNew = this.#runs < PROBATION_RUNS;
    return {
      statementMs: isNew ? Math.min(SLOW_MS, usualMs) : usualMs,
      lockMs: isNew || nowMs < this.#contendedUntil ? Math.min(CONTENDED_LOCK_MS, usualMs) : usualMs,
    };
  }

  /** Notes a run that waited for a lock in vain. Other rows of the same shape are free, so it stays shared. */
  metLock(nowMs: number): void {
    this.#contendedUntil = nowMs + CONTENDED_MS;
  }

  /** Notes how long a run was alone at the head of its connection. */
  ran(durationMs: number, nowMs: number): void {
    this.#runs++;
    if (durationMs > SLOW_MS) {
      // A machine that holds its breath makes all runs under way slow at once: those together prove no more than one.
      if (nowMs - durationMs < this.#slowUntil) return;
      this.#slowUntil = nowMs;
      this.#count(1, nowMs);
    } else if (this.#runs >= COUNTED_RUNS) {
      this.#runs /= 2;
      this.#slowRuns /= 2;
    }
  }

  /** Notes a run the server stopped at its limit; one that had shown itself quick before is not waited for again. */
  wasStopped(nowMs: number): void {
    const isNew = this.#runs++ < PROBATION_RUNS;
    this.#count(isNew ? 1 : MIN_SLOW_RUNS, nowMs);
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
