import type { Lsn } from '@ashlar/postgres';
import type { TablePattern } from '@ashlar/service';

interface Entry {
  readonly pattern: TablePattern;
  /** Resolves with the position after which every change of it is heard. */
  readonly covered: Promise<Lsn>;
  holders: number;
  leaving: NodeJS.Timeout | null;
}

export interface HeldTables {
  /** Every change of these tables that was committed after it is kept, as long as changes are kept at all. */
  readonly since: Lsn;
  release(): void;
}

/** Messages that the database sends to rooms. */
const MESSAGES: TablePattern = { schema: 'realtime', table: 'messages' };

/** The tables that somebody in this process wants to hear of, or did a moment ago. */
export class TableInterest {
  readonly #lingerMs: number;
  readonly #entries = new Map<string, Entry>();

  /** @param lingerMs Clients that come back within it go on where they were. */
  constructor(lingerMs: number) {
    this.#lingerMs = lingerMs;
  }

  get patterns(): readonly TablePattern[] {
    return [MESSAGES, ...[...this.#entries.values()].map(({ pattern }) => pattern)];
  }

  /** @param renew Resolves once what was added to the patterns is heard of, with the position since which. */
  async hold(wanted: readonly TablePattern[], renew: () => Promise<Lsn>): Promise<HeldTables> {
    const renewed = Promise.withResolvers<Lsn>();
    const keys = new Set(wanted.map(({ schema, table }) => JSON.stringify([schema, table])));
    let isNew = false;
    for (const { schema, table } of wanted) {
      const key = JSON.stringify([schema, table]);
      if (this.#entries.has(key)) continue;
      isNew = true;
      this.#entries.set(key, { pattern: { schema, table }, covered: renewed.promise, holders: 0, leaving: null });
    }
    const entries = [...keys].flatMap((key) => this.#entries.get(key) ?? []);
    for (const entry of entries) this.#enter(entry);
    if (isNew) renew().then(renewed.resolve, renewed.reject);
    const since = await Promise.all(entries.map(({ covered }) => covered));
    return {
      since: since.reduce((latest, one) => (one > latest ? one : latest), 0n),
      release: () => {
        for (const key of keys) this.#leave(key);
      },
    };
  }

  close(): void {
    for (const { leaving } of this.#entries.values()) if (leaving !== null) clearTimeout(leaving);
    this.#entries.clear();
  }

  #enter(entry: Entry): void {
    if (entry.leaving !== null) clearTimeout(entry.leaving);
    entry.leaving = null;
    entry.holders += 1;
  }

  #leave(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    entry.holders -= 1;
    if (entry.holders > 0) return;
    entry.leaving = setTimeout(() => this.#entries.delete(key), this.#lingerMs).unref();
  }
}
