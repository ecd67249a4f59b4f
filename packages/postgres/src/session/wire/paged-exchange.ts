import type { DatabaseError } from 'pg';
import type { Connection, Exchange } from './connection.ts';
import type { FrontendWriter } from './frontend-writer.ts';
import { FROM_SERVER } from './message-codes.ts';
import type { PreparedStatements } from './prepared-statements.ts';
import { PreparedSteps, type Step } from './step.ts';
import { PlacedRows, type RowPlace } from './wire-result.ts';

export interface Page {
  readonly rows: PlacedRows;
  readonly isLast: boolean;
}

export interface PagedExchangeOptions {
  readonly role: string;
  /** The last one is read page by page. */
  readonly steps: readonly Step[];
  readonly pageRows: number;
  readonly patienceMs: number | undefined;
}

/**
 * A statement whose rows are taken a page at a time: the portal waits at the server until the reader asks for more,
 * so a slow reader holds one page and no more. It keeps its connection until it has ended.
 */
export class PagedExchange implements Exchange {
  readonly #options: PagedExchangeOptions;
  readonly #connection: Connection;
  readonly #finished = Promise.withResolvers<void>();
  #current = 0;
  #places: RowPlace[] = [];
  #page = Promise.withResolvers<Page>();
  #state: 'running' | 'suspended' | 'ending' | 'ended' = 'running';
  #isEndWanted = false;
  #error: unknown = null;

  constructor(connection: Connection, options: PagedExchangeOptions) {
    this.#connection = connection;
    this.#options = options;
    // A reader that went away has nobody to tell of a later failure.
    this.#page.promise.catch(() => undefined);
    connection.send(this);
  }

  /** A page the reader has not asked for yet is no fault of the server. */
  get patienceMs(): number | undefined {
    return this.#state === 'suspended' ? undefined : this.#options.patienceMs;
  }

  /** The page under way. */
  page(): Promise<Page> {
    return this.#page.promise;
  }

  /** Asks for the page after the one that was not the last. */
  next(): void {
    if (this.#state !== 'suspended') return;
    this.#state = 'running';
    this.#page = Promise.withResolvers();
    this.#page.promise.catch(() => undefined);
    this.#connection.proceed((writer) => {
      writer.execute(this.#options.pageRows);
      writer.flush();
    });
  }

  /** The server is at work on a page. */
  get isRunning(): boolean {
    return this.#state === 'running';
  }

  /**
   * Ends it, rows left or not, after the page under way; resolves when the connection is free, rejects with what
   * the server refused, the commit included.
   */
  async end(): Promise<void> {
    this.#isEndWanted = true;
    if (this.#state === 'suspended') this.#sync();
    await this.#finished.promise;
    if (this.#error !== null) throw this.#error;
  }

  write(writer: FrontendWriter, statements: PreparedStatements): void {
    const prepared = new PreparedSteps({ ...this.#options, keep: false }, statements);
    const last = prepared.steps.length - 1;
    for (let index = 0; index < last; index++) prepared.write(index, writer, 0);
    prepared.write(last, writer, this.#options.pageRows);
    writer.flush();
  }

  receive(code: number, buffer: Buffer, start: number): void {
    switch (code) {
      case FROM_SERVER.dataRow:
        if (this.#isPaged()) this.#places.push({ buffer, start });
        return;
      case FROM_SERVER.portalSuspended:
        this.#state = 'suspended';
        if (this.#isEndWanted) this.#sync();
        this.#deliver(false);
        return;
      case FROM_SERVER.commandComplete:
      case FROM_SERVER.emptyQuery:
        if (!this.#isPaged()) this.#current++;
        else {
          this.#sync();
          this.#deliver(true);
        }
        return;
    }
  }

  refused(error: DatabaseError): void {
    this.#error ??= error;
    if (this.#state !== 'ending') this.#sync();
    this.#page.reject(error);
  }

  ready(): void {
    this.#state = 'ended';
    this.#finished.resolve();
  }

  unsent(error: unknown): void {
    this.#fail(error);
  }

  lost(error: Error): void {
    this.#fail(error);
  }

  #fail(error: unknown): void {
    this.#state = 'ended';
    this.#error ??= error;
    this.#page.reject(error);
    this.#finished.resolve();
  }

  #isPaged(): boolean {
    return this.#current === this.#options.steps.length - 1;
  }

  #sync(): void {
    this.#state = 'ending';
    this.#connection.proceed((writer) => writer.sync());
  }

  #deliver(isLast: boolean): void {
    this.#page.resolve({ rows: new PlacedRows(this.#places), isLast });
    this.#places = [];
  }
}
