import type { Connection } from '../session/wire/connection.ts';
import { CommitAssembler, type BatchBounds, DEFAULT_BATCH_BOUNDS } from './assemble-commits.ts';
import { decodeLogMessage } from './decode-log-message.ts';
import type { LogBatch, LogNote } from './log-batch.ts';
import { LogExchange, statusMessage } from './log-exchange.ts';
import type { Lsn } from './lsn.ts';

/** Well inside the time after which the server takes us for dead. */
const STATUS_EVERY_MS = 1_000;

export interface LogReaderOptions {
  readonly slot: string;
  readonly startLsn: Lsn;
  readonly publications: readonly string[];
  readonly bounds?: BatchBounds;
  /** Called in order; while its promise is pending nothing more is read, and the server waits. */
  readonly onBatch: (batch: LogBatch) => void | Promise<void>;
  /** A note sent outside of any transaction. */
  readonly onNote: (note: LogNote) => void;
  /** Nothing of interest stands before this position but what `onBatch` was given and has finished with. */
  readonly onQuiet: (walEnd: Lsn) => void;
}

type Piece =
  | { readonly kind: 'batch'; readonly batch: LogBatch }
  | { readonly kind: 'note'; readonly note: LogNote }
  | { readonly kind: 'quiet'; readonly walEnd: Lsn; readonly wantsReply: boolean };

/**
 * Reads one slot over one connection. What is held at any time is one packet of the server, decoded, and the batch
 * under way, however large a transaction is.
 */
export class LogReader {
  readonly #connection: Connection;
  readonly #options: LogReaderOptions;
  readonly #exchange: LogExchange;
  readonly #assembler: CommitAssembler;
  #pieces: Piece[] = [];
  #isBusy = false;
  #isStopping = false;
  #received: Lsn;
  #done: Lsn;
  #failure: Error | null = null;

  constructor(connection: Connection, options: LogReaderOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#received = options.startLsn;
    this.#done = options.startLsn;
    this.#assembler = new CommitAssembler(options.bounds ?? DEFAULT_BATCH_BOUNDS);
    this.#exchange = new LogExchange({
      slot: options.slot,
      startLsn: options.startLsn,
      publications: options.publications,
      onMessage: (buffer, start, end) => this.#read(buffer, start, end),
      onKeepalive: (walEnd, wantsReply) => this.#take({ kind: 'quiet', walEnd, wantsReply }),
    });
  }

  /** Resolves once the log comes. */
  async start(): Promise<void> {
    this.#connection.send(this.#exchange);
    await this.#exchange.started;
    const status = setInterval(() => this.#sendStatus(), STATUS_EVERY_MS).unref();
    void this.#exchange.ended.then(() => clearInterval(status));
  }

  /** Resolves when it reads no more: with the reason, or null when it was stopped. */
  async ended(): Promise<Error | null> {
    const reason = await this.#exchange.ended;
    return this.#failure ?? (this.#isStopping ? null : reason);
  }

  /** Everything before the position is done with for good; the server may forget it. Told within a second. */
  acknowledge(lsn: Lsn): void {
    if (lsn > this.#done) this.#done = lsn;
  }

  /** Acknowledges what is done with, reads no more and ends the connection. */
  stop(): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    this.#pieces = [];
    this.#sendStatus();
    this.#connection.proceed((writer) => writer.copyDone());
    this.#connection.resume();
    this.#connection.end();
  }

  #read(buffer: Buffer, start: number, end: number): void {
    if (this.#isStopping) return;
    try {
      const message = decodeLogMessage(buffer, start);
      if (message.kind === 'message' && !message.transactional) {
        this.#take({ kind: 'note', note: { prefix: message.prefix, content: message.content } });
        return;
      }
      const batch = this.#assembler.add(message, end - start);
      if (batch !== null) this.#take({ kind: 'batch', batch });
    } catch (error) {
      this.#fail(error);
    }
  }

  #take(piece: Piece): void {
    if (this.#isStopping) return;
    this.#pieces.push(piece);
    if (this.#isBusy) return;
    const waiting = this.#work();
    if (waiting === undefined) return;
    this.#isBusy = true;
    // The packet at hand is still told to its end; the next one comes when these pieces are done.
    this.#connection.pause();
    void this.#workOn(waiting);
  }

  async #workOn(first: Promise<void>): Promise<void> {
    try {
      for (let waiting: Promise<void> | undefined = first; waiting !== undefined; waiting = this.#work()) await waiting;
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#isBusy = false;
    this.#connection.resume();
  }

  /** Gives away what is there until somebody wants to be waited for. */
  #work(): Promise<void> | undefined {
    let at = 0;
    let waiting: Promise<void> | undefined;
    const pieces = this.#pieces;
    while (at < pieces.length && waiting === undefined && !this.#isStopping) {
      const piece = pieces[at++];
      if (piece !== undefined) waiting = this.#give(piece) ?? undefined;
    }
    this.#pieces = pieces.slice(at);
    return waiting;
  }

  #give(piece: Piece): void | Promise<void> {
    try {
      switch (piece.kind) {
        case 'batch':
          if (piece.batch.endLsn !== null && piece.batch.endLsn > this.#received) this.#received = piece.batch.endLsn;
          return this.#options.onBatch(piece.batch);
        case 'note':
          return this.#options.onNote(piece.note);
        case 'quiet':
          this.#beQuiet(piece.walEnd);
          if (piece.wantsReply) this.#sendStatus();
          return undefined;
      }
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  #beQuiet(walEnd: Lsn): void {
    if (!this.#assembler.isIdle) return;
    if (walEnd > this.#received) this.#received = walEnd;
    this.#options.onQuiet(walEnd);
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    this.#pieces = [];
    this.#isStopping = true;
    this.#connection.destroy(this.#failure);
  }

  #sendStatus(): void {
    const received = this.#received > this.#done ? this.#received : this.#done;
    const status = statusMessage(received, this.#done);
    this.#connection.proceed((writer) => writer.copyData(status));
  }
}
