import type { GridRow, RowKey, RowPatch } from './grid-row.ts';
import type { RowSource } from './row-source.ts';

interface Page {
  rows: readonly GridRow[];
  isStale: boolean;
}

interface Request {
  readonly controller: AbortController;
  readonly promise: Promise<readonly GridRow[]>;
  /** Somebody waits for it, so scrolling on must not end it. */
  isNeeded: boolean;
}

/** Pages kept: 12,800 rows of 200 are 14 MB with 30 columns, and enough to scroll back without waiting. */
const MAX_PAGES = 64;
/** Requests at once; a browser has six connections to a host over HTTP/1.1, and others want some. */
const MAX_REQUESTS = 4;

/**
 * The pages of a source that were read lately. What scrolled out of sight before it arrived is cancelled; after a reset
 * old rows stay visible until new ones are there.
 */
export class PageCache {
  readonly #source: RowSource;
  readonly #onChange: () => void;
  readonly #onError: (error: unknown) => void;
  readonly #pages = new Map<number, Page>();
  readonly #requests = new Map<number, Request>();
  readonly #indexes = new Map<RowKey, number>();

  constructor(source: RowSource, onChange: () => void, onError: (error: unknown) => void) {
    this.#source = source;
    this.#onChange = onChange;
    this.#onError = onError;
  }

  /** The row, if its page is here. */
  row(index: number): GridRow | undefined {
    const { pageSize } = this.#source;
    return this.#pages.get(Math.floor(index / pageSize))?.rows[index % pageSize];
  }

  /** Where a loaded row stands. */
  indexOf(key: RowKey): number | undefined {
    return this.#indexes.get(key);
  }

  /** Reads what is missing of these rows, nearest first, and cancels what lies elsewhere. */
  want(first: number, last: number): void {
    const [from, to] = this.#pagesOf(first, last);
    for (const [n, request] of this.#requests) {
      if ((n >= from && n <= to) || request.isNeeded) continue;
      this.#requests.delete(n);
      request.controller.abort();
    }
    for (let n = from; n <= to && this.#requests.size < MAX_REQUESTS; n += 1) {
      const page = this.#pages.get(n);
      if (page !== undefined) this.#touch(n, page);
      if (page === undefined || page.isStale) this.#request(n).catch(this.#onError);
    }
  }

  /** All rows from `first` to `last`, read where they are missing. */
  async ensure(first: number, last: number, signal: AbortSignal): Promise<readonly GridRow[]> {
    const [from, to] = this.#pagesOf(first, last);
    const pages: (readonly GridRow[])[] = [];
    for (let n = from; n <= to; n += MAX_REQUESTS) {
      signal.throwIfAborted();
      const numbers = Array.from({ length: Math.min(MAX_REQUESTS, to - n + 1) }, (_, i) => n + i);
      // A few at a time, so that a long range does not take every connection.
      // oxlint-disable-next-line no-await-in-loop
      pages.push(...(await Promise.all(numbers.map((number) => this.#needed(number)))));
    }
    const { pageSize } = this.#source;
    return pages.flat().slice(first - from * pageSize, last - from * pageSize + 1);
  }

  /** Writes new values into loaded rows. @returns The keys that are loaded. */
  patch(patches: readonly RowPatch[]): readonly RowKey[] {
    const { pageSize } = this.#source;
    const byPage = new Map<number, Map<number, RowPatch>>();
    for (const patch of patches) {
      const index = this.#indexes.get(patch.key);
      if (index === undefined) continue;
      const n = Math.floor(index / pageSize);
      const rows = byPage.get(n) ?? new Map<number, RowPatch>();
      byPage.set(n, rows.set(index % pageSize, patch));
    }
    for (const [n, changed] of byPage) {
      const page = this.#pages.get(n);
      if (page === undefined) continue;
      page.rows = page.rows.map((row, at) => {
        const patch = changed.get(at);
        if (patch === undefined) return row;
        const labels = patch.labels && { labels: { ...row.labels, ...patch.labels } };
        return { ...row, values: { ...row.values, ...patch.values }, ...labels };
      });
    }
    return patches.map((patch) => patch.key).filter((key) => this.#indexes.has(key));
  }

  /** Takes what is here for old: it is shown until it was read again. */
  expire(): void {
    for (const request of this.#requests.values()) if (!request.isNeeded) request.controller.abort();
    this.#requests.clear();
    for (const page of this.#pages.values()) page.isStale = true;
  }

  close(): void {
    for (const request of this.#requests.values()) request.controller.abort();
    this.#requests.clear();
    this.#pages.clear();
    this.#indexes.clear();
  }

  async #needed(n: number): Promise<readonly GridRow[]> {
    const page = this.#pages.get(n);
    if (page !== undefined && !page.isStale) return page.rows;
    return this.#request(n, true);
  }

  #request(n: number, isNeeded = false): Promise<readonly GridRow[]> {
    const running = this.#requests.get(n);
    if (running !== undefined) {
      running.isNeeded ||= isNeeded;
      return running.promise;
    }
    const controller = new AbortController();
    const request: Request = { controller, isNeeded, promise: this.#read(n, controller.signal) };
    this.#requests.set(n, request);
    return request.promise;
  }

  async #read(n: number, signal: AbortSignal): Promise<readonly GridRow[]> {
    try {
      const rows = await this.#source.page(n, signal);
      if (!signal.aborted) this.#keep(n, rows);
      return rows;
    } catch (error) {
      if (signal.aborted) return [];
      throw error;
    } finally {
      // Another request may have taken its place after a reset.
      if (this.#requests.get(n)?.controller.signal === signal) {
        this.#requests.delete(n);
        this.#onChange();
      }
    }
  }

  #keep(n: number, rows: readonly GridRow[]): void {
    const { pageSize } = this.#source;
    this.#forget(n);
    this.#pages.set(n, { rows, isStale: false });
    rows.forEach((row, at) => this.#indexes.set(row.key, n * pageSize + at));
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= MAX_PAGES) break;
      this.#forget(oldest);
    }
  }

  #forget(n: number): void {
    const { pageSize } = this.#source;
    this.#pages.get(n)?.rows.forEach((row, at) => {
      if (this.#indexes.get(row.key) === n * pageSize + at) this.#indexes.delete(row.key);
    });
    this.#pages.delete(n);
  }

  #touch(n: number, page: Page): void {
    this.#pages.delete(n);
    this.#pages.set(n, page);
  }

  #pagesOf(first: number, last: number): readonly [number, number] {
    const { pageSize, count } = this.#source;
    const end = Math.min(last, count - 1);
    return [Math.floor(Math.max(0, first) / pageSize), end < 0 ? -1 : Math.floor(end / pageSize)];
  }
}
