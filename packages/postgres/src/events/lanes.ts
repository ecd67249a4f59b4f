/** Runs tasks, those of one key one after another in the order they came, and only so many at a time. */
export class Lanes {
  readonly #concurrency: number;
  readonly #tails = new Map<string, Promise<void>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  /** Resolves or rejects with the task; one that fails does not keep the next of its key from running. */
  run(key: string, task: () => Promise<void>): Promise<void> {
    const work = this.#runAfter(this.#tails.get(key), task);
    const tail = work.catch(() => undefined);
    this.#tails.set(key, tail);
    void this.#forget(key, tail);
    return work;
  }

  async #runAfter(before: Promise<void> | undefined, task: () => Promise<void>): Promise<void> {
    await before;
    await this.#withSlot(task);
  }

  async #forget(key: string, tail: Promise<void>): Promise<void> {
    await tail;
    if (this.#tails.get(key) === tail) this.#tails.delete(key);
  }

  /** Resolves when all that was given has ended. */
  async idle(): Promise<void> {
    while (this.#tails.size > 0) await Promise.all(this.#tails.values());
  }

  async #withSlot(task: () => Promise<void>): Promise<void> {
    if (this.#running >= this.#concurrency) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      await promise;
    } else {
      this.#running += 1;
    }
    try {
      await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
