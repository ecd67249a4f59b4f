import { BoundedCache } from '@ashlar/kernel';

/** A statement that takes longer than this keeps too many neighbours waiting. */
const SLOW_MS = 50;
/** The first sight of a shape pays for planning and cold caches, so one slow run proves nothing. */
const SIGHTINGS = 2;
/** Slow runs further apart than this are chance. */
const SIGHTING_WINDOW_MS = 60_000;
/** After this long the shape is tried among its neighbours again: an index may have been made. */
const SENTENCE_MS = 300_000;
const MAX_SHAPES = 1_000;

interface Record {
  sightings: number;
  lastMs: number;
}

/** Remembers which statement texts proved slow, so that they run on connections of their own. */
export class SlowShapes {
  readonly #records = new BoundedCache<string, Record>(MAX_SHAPES);

  /** Whether the shape should keep off shared connections. */
  has(text: string, nowMs: number): boolean {
    const record = this.#records.get(text);
    if (record === undefined || record.sightings < SIGHTINGS) return false;
    if (nowMs - record.lastMs <= SENTENCE_MS) return true;
    this.#records.delete(text);
    return false;
  }

  /** Notes how long a run took at the head of a shared connection. */
  observe(text: string, durationMs: number, nowMs: number): void {
    if (durationMs <= SLOW_MS) return;
    const record = this.#records.get(text);
    const recent = record !== undefined && nowMs - record.lastMs <= SIGHTING_WINDOW_MS;
    this.#records.set(text, { sightings: recent ? record.sightings + 1 : 1, lastMs: nowMs });
  }

  /** The server stopped it for its length: no second sighting is needed. */
  condemn(text: string, nowMs: number): void {
    this.#records.set(text, { sightings: SIGHTINGS, lastMs: nowMs });
  }
}
