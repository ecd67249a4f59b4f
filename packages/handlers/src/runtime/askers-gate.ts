import { commonErrors } from '@ashlar/kernel';

/** Use cases at once, in one process, that hold a connection while they ask another suite, which takes one more or two. */
const MOST_AT_ONCE = 5;
const MOST_WAITING = 1000;
const LONGEST_WAIT_MS = 10_000;

/**
 * Lets few use cases at once through that ask other suites. Each holds a connection while the other's query waits for
 * one: as many of them as there are connections would wait for each other until all give up. Which they are is seen
 * the first time they ask; all others pass.
 */
export class AskersGate {
  readonly #askers = new Set<string>();
  readonly #waiting = new Set<() => void>();
  #inside = 0;

  /** Remembers that a use case asks others. */
  note(name: string): void {
    this.#askers.add(name);
  }

  /**
   * @returns What to call once it is done.
   * @throws {AshlarError} `common.busy` when too many wait, or one waited for too long.
   */
  async enter(name: string): Promise<() => void> {
    if (!this.#askers.has(name)) return () => undefined;
    if (this.#inside < MOST_AT_ONCE) this.#inside += 1;
    else await this.#turn();
    return () => {
      const [next] = this.#waiting;
      // Whoever is next takes the place over.
      if (next === undefined) this.#inside -= 1;
      else next();
    };
  }

  #turn(): Promise<void> {
    if (this.#waiting.size >= MOST_WAITING) throw commonErrors.busy();
    return new Promise((resolve, reject) => {
      const grant = (): void => {
        clearTimeout(late);
        this.#waiting.delete(grant);
        resolve();
      };
      const late = setTimeout(() => {
        this.#waiting.delete(grant);
        reject(commonErrors.busy());
      }, LONGEST_WAIT_MS);
      this.#waiting.add(grant);
    });
  }
}
