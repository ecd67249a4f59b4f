import type { GridRow, RowPatch } from './grid-row.ts';

/** What a source tells while it is shown. */
export type RowNotice =
  /** Somebody else changed these rows. */
  | { readonly type: 'patched'; readonly rows: readonly RowPatch[] }
  /** Order, filter or number of the rows changed; pages have to be read again. */
  | { readonly type: 'reset' };

/** Rows by number, a page at a time. */
export interface RowSource {
  readonly pageSize: number;
  /** How many rows there are; may be an estimate, and may change with a `reset`. */
  readonly count: number;
  /** Reads page `n`, counted from 0. Rejects when the signal ends it. */
  readonly page: (n: number, signal: AbortSignal) => Promise<readonly GridRow[]>;
  readonly subscribe: (listener: (notice: RowNotice) => void) => () => void;
}

/** A source and the means to change what it shows. */
export interface OwnRowSource extends RowSource {
  /** Shows what another person changed. */
  readonly patch: (rows: readonly RowPatch[]) => void;
  /** Lets pages be read again, with another number of rows if one is given. */
  readonly reset: (count?: number) => void;
}

/** Makes a source of a function that reads pages. */
export function createRowSource(options: {
  readonly pageSize: number;
  readonly count: number;
  readonly page: RowSource['page'];
}): OwnRowSource {
  const listeners = new Set<(notice: RowNotice) => void>();
  let { count } = options;
  const tell = (notice: RowNotice): void => {
    for (const listener of listeners) listener(notice);
  };
  return {
    pageSize: options.pageSize,
    get count() {
      return count;
    },
    page: options.page,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    patch: (rows) => tell({ type: 'patched', rows }),
    reset: (next = count) => {
      count = next;
      tell({ type: 'reset' });
    },
  };
}
