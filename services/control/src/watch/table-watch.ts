import type { LogBatch, LogChange } from '@ashlar/postgres';

export interface WatchedChange {
  readonly kind: 'insert' | 'update' | 'delete';
  /** Of the columns asked for, in their order. */
  readonly key: readonly string[];
}

export interface WatchedChanges {
  readonly changes: readonly WatchedChange[];
  /** There was more than is told, or something that no key tells: what was read is to be read again. */
  readonly isMore: boolean;
}

/** More at once than anybody looks at row by row. */
const MAX_CHANGES = 500;

/** What changes in one table, by its rows' keys: their values are read again by whoever may read them. */
export class TableWatch {
  readonly #schema: string;
  readonly #table: string;
  readonly #key: readonly string[];
  #changes = new Map<string, WatchedChange>();
  #isMore = false;

  constructor(place: { readonly schema: string; readonly table: string; readonly key: readonly string[] }) {
    this.#schema = place.schema;
    this.#table = place.table;
    this.#key = place.key;
  }

  /** @returns Whether there is something to tell. */
  add(batch: LogBatch): boolean {
    for (const change of batch.changes) this.#take(change);
    return this.#isMore || this.#changes.size > 0;
  }

  /** Commits may have passed unheard. */
  interrupt(): void {
    this.#isMore = true;
  }

  /** What there is to tell, once. */
  drain(): WatchedChanges {
    const drained = { changes: [...this.#changes.values()], isMore: this.#isMore };
    this.#changes = new Map();
    this.#isMore = false;
    return drained;
  }

  #take(change: LogChange): void {
    if (change.kind === 'truncate') {
      if (change.relations.some((relation) => this.#isOurs(relation))) this.#isMore = true;
      return;
    }
    if (!this.#isOurs(change.relation)) return;
    if (change.kind === 'delete') this.#note('delete', this.#keyOf(change.relation, change.old.row));
    else {
      const now = this.#keyOf(change.relation, change.row);
      const before =
        change.kind === 'update' && change.old !== null ? this.#keyOf(change.relation, change.old.row) : now;
      // A row whose key was changed is another one from then on.
      if (before !== null && now !== null && before.join('\0') !== now.join('\0')) this.#note('delete', before);
      this.#note(change.kind, now);
    }
  }

  #isOurs({ schema, name }: { readonly schema: string; readonly name: string }): boolean {
    return schema === this.#schema && name === this.#table;
  }

  #keyOf(
    { columns }: { readonly columns: readonly { readonly name: string }[] },
    row: readonly unknown[],
  ): string[] | null {
    const values = this.#key.map((name) => row[columns.findIndex((column) => column.name === name)]);
    const texts = values.filter((value) => typeof value === 'string');
    return texts.length === values.length && texts.length > 0 ? texts : null;
  }

  #note(kind: WatchedChange['kind'], key: string[] | null): void {
    if (key === null || this.#changes.size >= MAX_CHANGES) {
      this.#isMore = true;
      return;
    }
    this.#changes.set(key.join('\0'), { kind, key });
  }
}
