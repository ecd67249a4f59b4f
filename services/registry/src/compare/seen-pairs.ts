/** Pairs of schemas that were looked at or are being looked at; a trial forgets what it looked at itself. */
export class SeenPairs {
  readonly #outer: SeenPairs | null;
  readonly #pairs = new Map<object, Set<object>>();

  constructor(outer: SeenPairs | null = null) {
    this.#outer = outer;
  }

  has(a: object, b: object): boolean {
    return this.#pairs.get(a)?.has(b) === true || this.#outer?.has(a, b) === true;
  }

  add(a: object, b: object): void {
    const those = this.#pairs.get(a) ?? new Set();
    this.#pairs.set(a, those.add(b));
  }
}
