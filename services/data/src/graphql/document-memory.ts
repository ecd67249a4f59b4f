export interface Remembered {
  readonly document: string;
  /** It is in the project's database as well. */
  readonly kept: boolean;
}

const MAX_DOCUMENTS = 500;
/** Characters of all documents of a project together; of the longest a document may be, these are 32. */
const MAX_CHARACTERS = 4 * 1024 * 1024;

/** The documents a process remembers for one project: bounded in number and in size, the one read longest ago goes first. */
export class DocumentMemory {
  readonly #byHash = new Map<string, Remembered>();
  #characters = 0;

  get(hash: string): Remembered | undefined {
    const remembered = this.#byHash.get(hash);
    if (remembered === undefined) return undefined;
    this.#byHash.delete(hash);
    this.#byHash.set(hash, remembered);
    return remembered;
  }

  set(hash: string, remembered: Remembered): void {
    this.#forget(hash);
    this.#byHash.set(hash, remembered);
    this.#characters += remembered.document.length;
    for (const oldest of this.#byHash.keys()) {
      if (this.#byHash.size <= MAX_DOCUMENTS && this.#characters <= MAX_CHARACTERS) return;
      this.#forget(oldest);
    }
  }

  #forget(hash: string): void {
    this.#characters -= this.#byHash.get(hash)?.document.length ?? 0;
    this.#byHash.delete(hash);
  }
}
