interface Entry<Key, Value> {
  readonly key: Key;
  value: Value;
  /** Read since the hand last passed it. */
  isTouched: boolean;
}

/**
 * A map that never holds more than `limit` entries: adding one beyond the limit drops the oldest that was not read since
 * its turn came last. Everything the house caches by a caller's input goes through it, so that no input can grow memory
 * without bound.
 *
 * Reading only marks an entry. Moving it to the end with every read would keep the text it was asked by in place of the
 * one it was made with: a copy for every request, all of which live long enough to burden the collection of old memory.
 */
export class BoundedCache<Key, Value> {
  readonly #limit: number;
  readonly #entries = new Map<Key, Entry<Key, Value>>();
  readonly #onEvict: ((key: Key, value: Value) => void) | undefined;

  constructor(limit: number, onEvict?: (key: Key, value: Value) => void) {
    this.#limit = limit;
    this.#onEvict = onEvict;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Key): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    entry.isTouched = true;
    return entry.value;
  }

  set(key: Key, value: Value): void {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      known.value = value;
      known.isTouched = true;
      return;
    }
    if (this.#entries.size >= this.#limit) this.#evictOne();
    this.#entries.set(key, { key, value, isTouched: false });
  }

  delete(key: Key): boolean {
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  *values(): IterableIterator<Value> {
    for (const { value } of this.#entries.values()) yield value;
  }

  /** Gives what was read another round; ends within one, since nothing is read meanwhile. */
  #evictOne(): void {
    for (const entry of this.#entries.values()) {
      this.#entries.delete(entry.key);
      if (!entry.isTouched) {
        this.#onEvict?.(entry.key, entry.value);
        return;
      }
      entry.isTouched = false;
      this.#entries.set(entry.key, entry);
    }
  }
}
