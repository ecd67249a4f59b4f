import type { Socket } from 'node:net';
import type { DatabaseError } from 'pg';
import type { Notification } from '../call.ts';
import { sessionErrors } from '../errors.ts';
import { decodeError, decodeNotification, decodeParameter, type Parameter } from './backend-decoders.ts';
import { BackendReader } from './backend-reader.ts';
import { FrontendWriter } from './frontend-writer.ts';
import { FROM_SERVER, TRANSACTION_STATUS } from './message-codes.ts';
import { MAX_PREPARED_STATEMENTS, PreparedStatements } from './prepared-statements.ts';

/**
 * Something sent to the server that ends with ReadyForQuery. Exchanges are answered in the order they were sent; of
 * `ready`, `lost` and `unsent` each gets exactly one, once, and the connection forgets it.
 */
export interface Exchange {
  /** Longest time at the head of the line before the server counts as gone; undefined = as long as it takes. */
  readonly patienceMs: number | undefined;
  /** Its answer has no end to wait for, so that nobody counts the time: what follows it is not timed either. */
  readonly isEndless?: true;
  /** Writes its messages, up to and including Sync or the first Flush. */
  write(writer: FrontendWriter, statements: PreparedStatements): void;
  /** One message that belongs to it; errors come through `refused`. */
  receive(code: number, buffer: Buffer, start: number, end: number): void;
  /** The server's ErrorResponse: everything up to the Sync is skipped and undone. */
  refused(error: DatabaseError): void;
  /** ReadyForQuery: only now is a write certain. `headMs` is how long we watched it at the head of the line. */
  ready(headMs: number): void;
  /** The connection ended first; whether the server did the work is unknown. */
  lost(error: Error): void;
  /** Its own `write` threw; the server knows nothing of it. */
  unsent(error: unknown): void;
}

/** What the server gave at login to recognise a CancelRequest. */
export interface BackendKey {
  readonly processId: number;
  readonly secretKey: number;
}

/** How long the end of a connection may take: a process has five seconds to stop. */
const GOODBYE_MS = 1_000;

/**
 * How often the head of the line is looked at while something is in flight. Its time is counted in looks and not by the
 * clock: while this process stands still (a stalled machine, a long collection) answers lie unread, and the clock would
 * blame the statements for that.
 */
const LOOK_MS = 5;

/** One authenticated connection; exchanges may be sent without waiting for the answers of those before. */
export class Connection {
  readonly key: BackendKey;
  readonly statements: PreparedStatements;
  onNotification: (notification: Notification) => void = () => undefined;
  readonly #socket: Socket;
  readonly #writer = new FrontendWriter();
  readonly #inFlight: Exchange[] = [];
  /** Prepared statements to close ahead of the next exchange, where no failing step keeps the server from it. */
  readonly #toClose: string[] = [];
  readonly #ended = Promise.withResolvers<Error>();
  #looksAtHead = 0;
  #transactionStatus: number = TRANSACTION_STATUS.idle;
  #flushing = false;
  #closing = false;
  #cause: Error | null = null;
  #lost = false;
  readonly #looking: NodeJS.Timeout = setTimeout(() => this.#lookAtHead(), LOOK_MS).unref();
  #isLooking = true;

  constructor(socket: Socket, key: BackendKey, maxStatements: number = MAX_PREPARED_STATEMENTS) {
    this.key = key;
    this.#socket = socket;
    this.statements = new PreparedStatements(maxStatements, (name) => this.#toClose.push(name));
    const reader = new BackendReader((code, buffer, start, end) => this.#receive(code, buffer, start, end));
    socket.on('data', (chunk: Buffer) => reader.push(chunk));
    socket.on('error', (error) => (this.#cause ??= error));
    socket.on('close', () => this.#lose());
  }

  /** Exchanges sent and not answered. */
  get depth(): number {
    return this.#inFlight.length;
  }

  /** What the last ReadyForQuery said. */
  get transactionStatus(): number {
    return this.#transactionStatus;
  }

  /** False once it is lost, ending, or about to be. */
  get usable(): boolean {
    return !this.#closing && !this.#lost && this.#cause === null;
  }

  /** Resolves with the reason when the connection is over, whoever ended it. */
  get ended(): Promise<Error> {
    return this.#ended.promise;
  }

  send(exchange: Exchange): void {
    if (!this.usable) {
      exchange.lost(this.#reason());
      return;
    }
    for (const name of this.#toClose.splice(0)) this.#writer.closeStatement(name);
    const mark = this.#writer.mark();
    try {
      exchange.write(this.#writer, this.statements);
    } catch (error) {
      // Half a message would make nonsense of everybody's messages behind it.
      this.#writer.revert(mark);
      exchange.unsent(error);
      return;
    }
    if (this.#inFlight.push(exchange) === 1) this.#looksAtHead = 0;
    this.#flush();
    this.#look();
  }

  /** Lets an exchange that is under way say more (the next page, or its Sync). */
  proceed(write: (writer: FrontendWriter) => void): void {
    if (this.#lost) return;
    write(this.#writer);
    this.#looksAtHead = 0;
    this.#flush();
  }

  /** Reads nothing more until `resume`, so that the server waits; what has been read is still told. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Takes no more exchanges, answers those in flight, then says goodbye; what takes too long is cut. */
  end(): void {
    if (this.#closing) return;
    this.#closing = true;
    if (this.#inFlight.length === 0) this.#sayGoodbye();
    setTimeout(() => this.#socket.destroy(), GOODBYE_MS).unref();
  }

  /** Ends at once; exchanges in flight are lost. */
  destroy(cause: Error): void {
    this.#cause ??= cause;
    this.#socket.destroy();
  }

  /** Sends what was written once the callbacks of this turn are done, so that neighbours share a packet. */
  #flush(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      if (this.#lost) return;
      for (const bytes of this.#writer.take()) this.#socket.write(bytes);
    });
  }

  #receive(code: number, buffer: Buffer, start: number, end: number): void {
    const head = this.#inFlight[0];
    switch (code) {
      case FROM_SERVER.readyForQuery:
        if (head !== undefined) this.#finishHead(head, buffer[start] ?? 0);
        return;
      case FROM_SERVER.notification:
        this.onNotification(decodeNotification(buffer, start, end));
        return;
      case FROM_SERVER.parameterStatus:
        this.#noteParameter(decodeParameter(buffer, start, end));
        return;
      case FROM_SERVER.error:
        this.#refuse(decodeError(buffer, start, end), head);
        return;
      default:
        head?.receive(code, buffer, start, end);
    }
  }

  /** A statement that changes the encoding would have the server misread everybody behind it. */
  #noteParameter({ name, value }: Parameter): void {
    if (name !== 'client_encoding' || value === 'UTF8') return;
    this.destroy(new Error(`A statement set client_encoding to ${value}; connections here speak UTF8 only`));
  }

  /** A FATAL error (an administrator's command, a crash elsewhere) is followed by the end of the connection. */
  #refuse(error: DatabaseError, head: Exchange | undefined): void {
    if (error.severity === 'FATAL' || error.severity === 'PANIC') this.#cause ??= error;
    else head?.refused(error);
  }

  #finishHead(head: Exchange, transactionStatus: number): void {
    this.#inFlight.shift();
    this.#transactionStatus = transactionStatus;
    const headMs = this.#looksAtHead * LOOK_MS;
    this.#looksAtHead = 0;
    head.ready(headMs);
    if (this.#closing && this.#inFlight.length === 0) this.#sayGoodbye();
  }

  #sayGoodbye(): void {
    this.#writer.terminate();
    for (const bytes of this.#writer.take()) this.#socket.write(bytes);
    this.#socket.end();
  }

  #look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#looking.refresh();
  }

  #lookAtHead(): void {
    this.#isLooking = false;
    const [head] = this.#inFlight;
    // The log of an idle project would wake the process two hundred times a second.
    if (head === undefined || head.isEndless === true) return;
    this.#looksAtHead++;
    if (head.patienceMs !== undefined && this.#looksAtHead * LOOK_MS > head.patienceMs) {
      this.destroy(new Error(`No answer from PostgreSQL within ${head.patienceMs} ms`));
      return;
    }
    this.#look();
  }

  #lose(): void {
    this.#lost = true;
    clearTimeout(this.#looking);
    const reason = this.#reason();
    for (const exchange of this.#inFlight.splice(0)) exchange.lost(reason);
    this.#ended.resolve(reason);
  }

  #reason(): Error {
    const cause =
      this.#cause ?? new Error(this.#closing ? 'the connection was closed' : 'the server closed the connection');
    return sessionErrors.connectionLost({ reason: cause.message }, { cause });
  }
}
