import type { Observe } from '@ashlar/telemetry';
import { backoffMs } from './backoff.ts';
import { sessionErrors } from './errors.ts';
import type { DatabaseTarget, Entry } from './target.ts';
import { ROLLBACK } from './transaction-steps.ts';
import { WaitingLine, type Waiter } from './waiting-line.ts';
import { reasonOf } from './with-cancel.ts';
import type { Connection } from './wire/connection.ts';
import { dial } from './wire/dial.ts';
import { TRANSACTION_STATUS } from './wire/message-codes.ts';
import { StatementExchange } from './wire/statement-exchange.ts';

export interface OwnConnectionsOptions {
  readonly observe: Observe;
  /** For all projects of the process together. */
  readonly maxConnections: number;
  /** Of one project, so that no project can take all of them. */
  readonly maxPerProject: number;
  readonly maxWaiting: number;
  readonly maxWaitMs: number;
  readonly idleMs: number;
  /** Idle time of one beside which another of the same login is idle too. */
  readonly spareIdleMs: number;
  readonly connectTimeoutMs: number;
  readonly maxStatements: number;
}

/** A connection for one borrower alone. Give it back exactly once; what is left open in it is rolled back. */
export interface Lease {
  readonly connection: Connection;
  release(): void;
}

interface Slot {
  readonly target: DatabaseTarget;
  readonly entry: Entry;
  readonly connection: Connection;
  idleSince: number;
}

interface Borrower extends Waiter {
  readonly target: DatabaseTarget;
  readonly entry: Entry;
  /** Somebody who has a connection waits for it. */
  readonly isNested: boolean;
  grant(slot: Slot): void;
}

interface Failure {
  readonly count: number;
  readonly retryAt: number;
  readonly error: unknown;
}

/**
 * The connections all projects of the process share for what must not share one: transactions, slow statements,
 * multi-row writes, streams. Kept by database and login; the least recently used one is closed when another
 * database or login needs its place.
 */
export class OwnConnections {
  readonly #options: OwnConnectionsOptions;
  /** One line per project, in the order they are served: a project that was served goes to the end. */
  readonly #lines = new Map<string, WaitingLine<Borrower>>();
  /** Oldest first. */
  #idle: Slot[] = [];
  readonly #busy = new Set<Slot>();
  readonly #failures = new Map<string, Failure>();
  readonly #opening = new Set<Borrower>();
  readonly #drained = Promise.withResolvers<void>();
  #trimming: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: OwnConnectionsOptions) {
    this.#options = options;
  }

  /** Connections open or opening. */
  get size(): number {
    return this.#idle.length + this.#busy.size + this.#opening.size;
  }

  /** @throws {AshlarError} `postgres.queue_full`, `postgres.queue_timeout`, `postgres.unavailable`; the signal's reason. */
  async borrow(target: DatabaseTarget, entry: Entry, signal?: AbortSignal, isNested = false): Promise<Lease> {
    signal?.throwIfAborted();
    if (this.#closed) throw sessionErrors.closed({ database: target.database });
    this.#refuseWhileAway(target);
    const granted = Promise.withResolvers<Slot>();
    const borrower: Borrower = {
      target,
      entry,
      isNested,
      since: performance.now(),
      grant: granted.resolve,
      refuse: granted.reject,
    };
    const line = this.#lineOf(target);
    const giveUp = (): void => {
      if (signal !== undefined && line.leave(borrower)) granted.reject(reasonOf(signal));
    };
    signal?.addEventListener('abort', giveUp, { once: true });
    line.join(borrower);
    this.#serve();
    try {
      return this.#lease(await granted.promise);
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }

  /** One nobody uses, at once; null while somebody waits, or `most` connections of the project are in use already. */
  borrowIdle(target: DatabaseTarget, entry: Entry, most: number): Lease | null {
    if (this.#closed || this.isWanted(target) || this.#inUse(target.ref) >= this.#bounded(most)) return null;
    const slot = this.#takeIdle({ target, entry });
    if (slot === undefined) return null;
    this.#busy.add(slot);
    return this.#lease(slot);
  }

  /** Whether one more could be had now without making anybody wait, `most` of the project being in use. */
  hasRoom(target: DatabaseTarget, most: number): boolean {
    if (this.#closed || this.isWanted(target) || this.#inUse(target.ref) >= this.#bounded(most)) return false;
    return this.size < this.#options.maxConnections || this.#idle.length > 0;
  }

  /** Whether somebody waits whom a connection of this project, given back, would help. */
  isWanted(target: DatabaseTarget): boolean {
    for (const [ref, line] of this.#lines) {
      if (line.length === 0) continue;
      if (ref === target.ref || this.#inUse(ref) < this.#options.maxPerProject) return true;
    }
    return false;
  }

  /** Closes what nobody uses of a project, or of all. */
  closeIdle(ref?: string): void {
    const leaving = this.#idle.filter((slot) => ref === undefined || slot.target.ref === ref);
    this.#idle = this.#idle.filter((slot) => !leaving.includes(slot));
    for (const slot of leaving) slot.connection.end();
    this.#noteReturn();
  }

  /** Closes what has been idle for longer than the limit. */
  sweep(nowMs: number): void {
    while (this.#idle[0] !== undefined && nowMs - this.#idle[0].idleSince > this.#options.idleMs) {
      this.#idle.shift()?.connection.end();
    }
  }

  /** Closes what a burst has left, but for the last one used of each login. */
  #trim(): void {
    const { spareIdleMs } = this.#options;
    this.#trimming = undefined;
    const now = performance.now();
    const spare = this.#spare();
    const leaving = spare.filter(({ idleSince }) => now - idleSince >= spareIdleMs);
    this.#idle = this.#idle.filter((slot) => !leaving.includes(slot));
    for (const slot of leaving) slot.connection.end();
    const next = spare[leaving.length];
    if (next !== undefined) this.#trimIn(spareIdleMs - (now - next.idleSince));
  }

  #trimIn(delayMs: number): void {
    this.#trimming ??= setTimeout(() => this.#trim(), Math.ceil(delayMs)).unref();
  }

  /** Oldest first: idle ones that have a younger one of their login behind them. */
  #spare(): readonly Slot[] {
    const kept = new Set(new Map(this.#idle.map((slot) => [`${slot.target.ref} ${slot.entry.name}`, slot])).values());
    return this.#idle.filter((slot) => !kept.has(slot));
  }

  /** Refuses whoever waits, closes what is idle, lets borrowers finish, and after a while cuts them off. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#trimming);
    for (const line of this.#lines.values()) line.refuseAll(sessionErrors.closed({ database: 'of every project' }));
    this.closeIdle();
    const cutOff = setTimeout(() => this.#drained.resolve(), CLOSE_GRACE_MS);
    this.#noteReturn();
    await this.#drained.promise;
    clearTimeout(cutOff);
    const late = [...this.#busy];
    for (const { connection } of late) connection.destroy(new Error('the process is shutting down'));
    await Promise.all(late.map(({ connection }) => connection.ended));
  }

  #lineOf({ ref, database }: DatabaseTarget): WaitingLine<Borrower> {
    const known = this.#lines.get(ref);
    if (known !== undefined) return known;
    const { observe, maxWaiting, maxWaitMs } = this.#options;
    const line = new WaitingLine<Borrower>({
      database,
      maxWaiting,
      maxWaitMs,
      onRefused: (reason) => observe({ kind: 'session.refused', database, reason }),
    });
    this.#lines.set(ref, line);
    return line;
  }

  /** Gives every waiter it can a connection: an idle one, a new one, or one in place of the least used. */
  #serve(): void {
    for (let borrower = this.#next(); borrower !== undefined; borrower = this.#next()) {
      const slot = this.#takeIdle(borrower);
      if (slot !== undefined) {
        this.#busy.add(slot);
        borrower.grant(slot);
        continue;
      }
      if (this.size >= this.#options.maxConnections) this.#idle.shift()?.connection.end();
      void this.#open(borrower);
    }
  }

  #next(): Borrower | undefined {
    for (const [ref, line] of this.#lines) {
      const borrower = line.next((candidate) => this.#canServe(candidate));
      if (borrower === undefined) continue;
      this.#lines.delete(ref);
      if (line.length > 0) this.#lines.set(ref, line);
      return borrower;
    }
    return undefined;
  }

  #canServe({ target, entry, isNested }: Borrower): boolean {
    if (!isNested && this.#inUse(target.ref) >= this.#options.maxPerProject) return false;
    if (this.#idle.some((slot) => slot.target.ref === target.ref && slot.entry.name === entry.name)) return true;
    // Whoever gives a connection back because somebody waits counts on its being of use: a writer that found nobody
    // the better for it would take its own again at once, and so on without end.
    return this.size < this.#options.maxConnections || this.#idle.length > 0;
  }

  #bounded(most: number): number {
    return Math.min(most, this.#options.maxPerProject);
  }

  #inUse(ref: string): number {
    let count = 0;
    for (const { target } of this.#opening) if (target.ref === ref) count++;
    for (const slot of this.#busy) if (slot.target.ref === ref) count++;
    return count;
  }

  /** The most recently used one: its caches are warm, and the others may age and close. */
  #takeIdle({ target, entry }: Pick<Borrower, 'target' | 'entry'>): Slot | undefined {
    const index = this.#idle.findLastIndex((slot) => slot.target.ref === target.ref && slot.entry.name === entry.name);
    return index < 0 ? undefined : this.#idle.splice(index, 1)[0];
  }

  async #open(borrower: Borrower): Promise<void> {
    const { target, entry } = borrower;
    const startedAt = performance.now();
    this.#opening.add(borrower);
    try {
      const connection = await dial(target, entry, {
        timeoutMs: this.#options.connectTimeoutMs,
        maxStatements: this.#options.maxStatements,
      });
      this.#opening.delete(borrower);
      this.#failures.delete(target.ref);
      const slot: Slot = { target, entry, connection, idleSince: 0 };
      this.#busy.add(slot);
      void this.#forgetWhenEnded(slot);
      this.#options.observe({
        kind: 'session.connected',
        database: target.database,
        login: entry.name,
        durationMs: performance.now() - startedAt,
      });
      borrower.grant(slot);
    } catch (error) {
      this.#opening.delete(borrower);
      borrower.refuse(this.#noteFailure(target, entry, error));
      this.#noteReturn();
    }
  }

  #noteFailure(target: DatabaseTarget, entry: Entry, cause: unknown): unknown {
    const count = (this.#failures.get(target.ref)?.count ?? 0) + 1;
    const retryInMs = backoffMs(count);
    const reason = cause instanceof Error ? cause.message : String(cause);
    const error = sessionErrors.unavailable({ database: target.database, reason }, { cause });
    this.#failures.set(target.ref, { count, retryAt: performance.now() + retryInMs, error });
    this.#options.observe({
      kind: 'session.lost',
      database: target.database,
      login: entry.name,
      error: cause,
      retryInMs,
    });
    return error;
  }

  #refuseWhileAway(target: DatabaseTarget): void {
    const failure = this.#failures.get(target.ref);
    if (failure === undefined || performance.now() >= failure.retryAt) return;
    if (this.#idle.some((slot) => slot.target.ref === target.ref)) return;
    throw failure.error;
  }

  #lease(slot: Slot): Lease {
    let released = false;
    return {
      connection: slot.connection,
      release: () => {
        if (released) return;
        released = true;
        this.#giveBack(slot);
      },
    };
  }

  #giveBack(slot: Slot): void {
    if (slot.connection.usable && slot.connection.transactionStatus !== TRANSACTION_STATUS.idle) {
      const onEnd = (): void => this.#giveBack(slot);
      slot.connection.send(new StatementExchange({ ...ROLLBACK_ALONE, onEnd }));
      return;
    }
    if (!this.#busy.delete(slot)) return;
    if (this.#closed) slot.connection.end();
    else if (slot.connection.usable) {
      slot.idleSince = performance.now();
      this.#idle.push(slot);
      if (this.#idle.length > 1) this.#trimIn(this.#options.spareIdleMs);
    }
    this.#noteReturn();
  }

  async #forgetWhenEnded(slot: Slot): Promise<void> {
    await slot.connection.ended;
    this.#busy.delete(slot);
    this.#idle = this.#idle.filter((other) => other !== slot);
    this.#noteReturn();
  }

  /** A place became free: for the next in line, or for the end. */
  #noteReturn(): void {
    if (!this.#closed) this.#serve();
    else if (this.#busy.size === 0 && this.#opening.size === 0) this.#drained.resolve();
  }
}

/** How long borrowers may go on once the process stops; it has five seconds in all. */
const CLOSE_GRACE_MS = 3_000;
/** Undoing may take as long as doing did. */
const ROLLBACK_PATIENCE_MS = 60_000;
const ROLLBACK_ALONE = { role: '', steps: [ROLLBACK], wanted: 0, patienceMs: ROLLBACK_PATIENCE_MS } as const;
