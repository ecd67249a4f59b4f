import type { Observe } from '@ashlar/telemetry';
import { backoffMs } from './backoff.ts';
import { sessionErrors } from './errors.ts';
import { type DatabaseTarget, entryFor } from './target.ts';
import { WaitingLine, type Waiter } from './waiting-line.ts';
import type { Connection } from './wire/connection.ts';
import { dial } from './wire/dial.ts';
import { StatementExchange, type Outcome, type StatementExchangeOptions } from './wire/statement-exchange.ts';

export interface SharedConnectionsOptions {
  readonly observe: Observe;
  readonly connections: number;
  /** Exchanges in flight on one connection. */
  readonly depth: number;
  readonly maxWaiting: number;
  readonly maxWaitMs: number;
  readonly connectTimeoutMs: number;
  readonly maxStatements: number;
}

/** What to send; `onEnd` is called exactly once. */
export type SharedRequest = StatementExchangeOptions;

interface Passenger extends Waiter {
  readonly request: SharedRequest;
}

/** The first connection takes this many before a second is opened: one caller alone needs one backend. */
const SPREAD_FROM_DEPTH = 2;

/**
 * The connections all callers of one project share. Every exchange ends with a Sync of its own, so neighbours on a
 * connection share nothing but the wait for those before them.
 */
export class SharedConnections {
  readonly #target: DatabaseTarget;
  readonly #options: SharedConnectionsOptions;
  readonly #line: WaitingLine<Passenger>;
  #open: Connection[] = [];
  #opening = 0;
  #failures = 0;
  #retryAt = 0;
  #lastFailure: unknown = null;
  /** How often it was closed: a connection that was being opened meanwhile must not stay behind. */
  #closings = 0;

  constructor(target: DatabaseTarget, options: SharedConnectionsOptions) {
    this.#target = target;
    this.#options = options;
    this.#line = new WaitingLine({
      database: target.database,
      maxWaiting: options.maxWaiting,
      maxWaitMs: options.maxWaitMs,
      onRefused: (reason) => options.observe({ kind: 'session.refused', database: target.database, reason }),
    });
  }

  /** Connections open or opening; one that has failed but not yet closed no longer counts. */
  get size(): number {
    // Asked for by every request: no list is made for it.
    let usable = 0;
    for (const connection of this.#open) if (connection.usable) usable += 1;
    return usable + this.#opening;
  }

  /** Sends now if a connection has room, else as soon as one has. */
  submit(request: SharedRequest): void {
    const connection = this.#leastBusy();
    if (connection === undefined || connection.depth >= SPREAD_FROM_DEPTH) this.#openAnother();
    if (connection !== undefined && connection.depth < this.#options.depth) {
      this.#send(connection, request);
      return;
    }
    if (connection === undefined && this.#opening === 0) {
      // The last attempt failed and it is too early for the next: a quick answer now serves better than a late one.
      this.#options.observe({ kind: 'session.refused', database: this.#target.database, reason: 'disconnected' });
      request.onEnd({ kind: 'refused', error: this.#lastFailure, headMs: 0 });
      return;
    }
    this.#line.join({
      request,
      since: performance.now(),
      refuse: (error) => request.onEnd({ kind: 'refused', error, headMs: 0 }),
    });
  }

  /** Answers what is in flight and closes; the next request opens anew. */
  async close(reason: unknown): Promise<void> {
    this.#closings++;
    const leaving = this.#open;
    this.#open = [];
    this.#line.refuseAll(reason);
    for (const connection of leaving) connection.end();
    await Promise.all(leaving.map((connection) => connection.ended));
  }

  #leastBusy(): Connection | undefined {
    let best: Connection | undefined;
    for (const connection of this.#open) {
      if (!connection.usable) continue;
      if (best === undefined || connection.depth < best.depth) best = connection;
    }
    return best;
  }

  #send(connection: Connection, request: SharedRequest): void {
    const onEnd = (outcome: Outcome): void => {
      request.onEnd(outcome);
      if (this.#line.length > 0) this.#serve(connection);
    };
    connection.send(new StatementExchange({ ...request, onEnd }));
  }

  /** Fills a connection from the line. */
  #serve(connection: Connection): void {
    while (connection.usable && connection.depth < this.#options.depth) {
      const passenger = this.#line.next();
      if (passenger === undefined) return;
      this.#send(connection, passenger.request);
    }
  }

  #openAnother(): void {
    if (this.size >= this.#options.connections || performance.now() < this.#retryAt) return;
    this.#opening++;
    void this.#dial();
  }

  async #dial(): Promise<void> {
    const startedAt = performance.now();
    const closings = this.#closings;
    try {
      const connection = await dial(this.#target, entryFor(this.#target, 'authenticator', 'none'), {
        timeoutMs: this.#options.connectTimeoutMs,
        maxStatements: this.#options.maxStatements,
      });
      this.#opening--;
      this.#failures = 0;
      if (closings !== this.#closings && this.#line.length === 0) {
        connection.end();
        return;
      }
      this.#admit(connection);
      this.#options.observe({
        kind: 'session.connected',
        database: this.#target.database,
        login: 'authenticator',
        durationMs: performance.now() - startedAt,
      });
    } catch (cause) {
      this.#opening--;
      this.#fail(cause);
    }
  }

  #admit(connection: Connection): void {
    this.#open.push(connection);
    void this.#removeWhenEnded(connection);
    this.#serve(connection);
  }

  async #removeWhenEnded(connection: Connection): Promise<void> {
    const error = await connection.ended;
    // One that is no longer listed was closed by us.
    if (!this.#open.includes(connection)) return;
    this.#open = this.#open.filter((other) => other !== connection);
    this.#options.observe({
      kind: 'session.lost',
      database: this.#target.database,
      login: 'authenticator',
      error,
      retryInMs: 0,
    });
    this.#careForLine();
  }

  #fail(cause: unknown): void {
    this.#failures++;
    const retryInMs = backoffMs(this.#failures);
    this.#retryAt = performance.now() + retryInMs;
    const reason = cause instanceof Error ? cause.message : String(cause);
    this.#lastFailure = sessionErrors.unavailable({ database: this.#target.database, reason }, { cause });
    this.#options.observe({
      kind: 'session.lost',
      database: this.#target.database,
      login: 'authenticator',
      error: cause,
      retryInMs,
    });
    this.#careForLine();
  }

  /** Nobody waits for a connection that no attempt is under way for. */
  #careForLine(): void {
    if (this.#line.length === 0) return;
    this.#openAnother();
    if (this.size === 0) this.#line.refuseAll(this.#lastFailure);
  }
}
