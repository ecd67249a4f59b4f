import type {
  Call,
  ResultRows,
  Notification,
  ProjectDatabase,
  CallResult,
  Transaction,
  TransactionOptions,
} from './call.ts';
import { sessionErrors } from './errors.ts';
import { Listener } from './listener.ts';
import { ownCall } from './own-call.ts';
import type { Lease, OwnConnections } from './own-connections.ts';
import { ownStream } from './own-stream.ts';
import { ownTransaction } from './own-transaction.ts';
import { patienceMs, resultOf } from './run-exchange.ts';
import { SharedConnections, type SharedConnectionsOptions, type SharedRequest } from './shared-connections.ts';
import { SharedWriters } from './shared-writers.ts';
import { SlowShapes, type Shape, type ShapeLimits } from './slow-shapes.ts';
import { type DatabaseTarget, type Entry, entryFor } from './target.ts';
import { callPlan } from './transaction-steps.ts';
import { reasonOf } from './with-cancel.ts';
import { isStaleStatement, SQL_STATE, sqlState } from './wire/sql-state.ts';
import type { Outcome } from './wire/statement-exchange.ts';

export interface ProjectDatabaseOptions extends SharedConnectionsOptions {
  readonly target: DatabaseTarget;
  readonly own: OwnConnections;
  /** As in `SessionBounds`. */
  readonly writerConnections: number;
  readonly writerDepth: number;
  /** How long a shared statement may wait for a lock, and how long it may run, before it moves to an own connection. */
  readonly sharedLimitMs: number;
}

/** One project's doors onto its shared connections, the own connections of all projects, and its listener. */
export class SessionDatabase implements ProjectDatabase {
  readonly ref: string;
  readonly database: string;
  readonly staysAwake: boolean;
  readonly #options: ProjectDatabaseOptions;
  readonly #shared: SharedConnections;
  readonly #writers = new Map<string, SharedWriters>();
  readonly #listener: Listener;
  readonly #shapes = new SlowShapes();
  #usedAt = performance.now();
  readonly #nextUse = new Set<() => void>();
  #isAwake = false;
  #isClosed = false;

  constructor(options: ProjectDatabaseOptions) {
    this.ref = options.target.ref;
    this.database = options.target.database;
    this.staysAwake = options.target.staysAwake === true;
    this.#options = options;
    this.#shared = new SharedConnections(options.target, options);
    this.#listener = new Listener(options.target, options);
  }

  get awake(): boolean {
    return this.#isAwake;
  }

  get usedAt(): number {
    return this.#usedAt;
  }

  onNextUse(callback: () => void): () => void {
    this.#nextUse.add(callback);
    return () => void this.#nextUse.delete(callback);
  }

  async call(call: Call): Promise<CallResult> {
    this.#touch(call.background);
    call.signal?.throwIfAborted();
    if (!mayShare(call)) return this.#ownCall(call);
    const shape = this.#shapes.of(call.statement.text);
    return shape.isSlow(performance.now()) ? this.#ownCall(call) : this.#sharedCall(call, shape);
  }

  async *stream(call: Omit<Call, 'connection'>): AsyncGenerator<ResultRows, void, undefined> {
    this.#touch();
    yield* ownStream(this.#options.target, await this.#borrow(call), call);
    this.#touch();
  }

  async transaction<Result>(options: TransactionOptions, run: (tx: Transaction) => Promise<Result>): Promise<Result> {
    this.#touch();
    return ownTransaction(this.#options.target, await this.#borrow(options), options, run);
  }

  async listen(
    channel: string,
    onNotification: (notification: Notification) => void,
    onReconnect: () => void = () => undefined,
  ): Promise<{ stop(): Promise<void> }> {
    this.#touch();
    const subscription = { channel, onNotification, onReconnect };
    await this.#listener.add(subscription);
    return { stop: () => this.#listener.remove(subscription) };
  }

  async idle(): Promise<void> {
    this.#isAwake = false;
    const reason = sessionErrors.unavailable({ database: this.database, reason: 'the project was put to rest' });
    this.#options.own.closeIdle(this.ref);
    await Promise.all([this.#closeWriters(reason), this.#shared.close(reason), this.#listener.sleep()]);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const reason = sessionErrors.closed({ database: this.database });
    await Promise.all([this.#closeWriters(reason), this.#shared.close(reason), this.#listener.close()]);
  }

  #touch(background = false): void {
    if (this.#isClosed) throw sessionErrors.closed({ database: this.database });
    if (background) return;
    this.#usedAt = performance.now();
    for (const callback of this.#nextUse) {
      this.#nextUse.delete(callback);
      callback();
    }
    if (this.#isAwake) return;
    this.#isAwake = true;
    this.#listener.wake();
  }

  async #borrow({
    login,
    role,
    signal,
    isNested,
  }: Pick<TransactionOptions, 'login' | 'role' | 'signal' | 'isNested'>): Promise<Lease> {
    const { own, target } = this.#options;
    return own.borrow(target, entryFor(target, login, role), signal, isNested);
  }

  async #ownCall(call: Call): Promise<CallResult> {
    const run = async (): Promise<Outcome> => ownCall(this.#options.target, await this.#borrow(call), call);
    const outcome = await run();
    // A read on a connection that was lost changed nothing, so it may be asked again.
    return resultOf(outcome.kind === 'lost' && call.readOnly ? await run() : outcome);
  }

  async #sharedCall(call: Call, shape: Shape): Promise<CallResult> {
    const limits = shape.limits(this.#options.sharedLimitMs, performance.now());
    let outcome = await this.#submit(call, limits);
    if (mayRepeat(outcome, call)) outcome = await this.#submit(call, limits);
    if (outcome.kind === 'answered') {
      shape.ran(outcome.headMs, performance.now());
      return outcome.result;
    }
    switch (sqlState(outcome.error)) {
      case SQL_STATE.queryCanceled:
        shape.wasStopped(performance.now());
        // A caller who gave it no more than that has had it.
        return call.statementTimeoutMs && call.statementTimeoutMs <= limits.statementMs
          ? resultOf(outcome)
          : this.#ownCall(call);
      case SQL_STATE.lockNotAvailable:
        shape.metLock(performance.now());
        return this.#ownCall(call);
      default:
        return resultOf(outcome);
    }
  }

  /** Resolves with what came of it on a shared connection; rejects only when the caller's signal is aborted. */
  #submit(call: Call, limits: ShapeLimits): Promise<Outcome> {
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    const statementTimeoutMs = Math.min(call.statementTimeoutMs || limits.statementMs, limits.statementMs);
    const { steps, wanted } = callPlan(call, { statementTimeoutMs, lockTimeoutMs: limits.lockMs });
    const { signal } = call;
    const onAbort = (): void => {
      if (signal !== undefined) reject(reasonOf(signal));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#send(call, {
      role: call.role,
      steps,
      wanted,
      patienceMs: patienceMs(statementTimeoutMs),
      onEnd: (outcome) => {
        signal?.removeEventListener('abort', onAbort);
        resolve(outcome);
      },
    });
    return promise;
  }

  async #closeWriters(reason: unknown): Promise<void> {
    if (this.#writers.size === 0) return;
    await Promise.all([...this.#writers.values()].map((writers) => writers.close(reason)));
    this.#options.own.closeIdle(this.ref);
  }

  #send({ login, role, readOnly }: Call, request: SharedRequest): void {
    if (readOnly) this.#shared.submit(request);
    else this.#writersOf(entryFor(this.#options.target, login, role)).submit(request);
  }

  #writersOf(entry: Entry): SharedWriters {
    const known = this.#writers.get(entry.name);
    if (known !== undefined) return known;
    const { own, target, observe, maxWaiting, maxWaitMs, writerConnections, writerDepth } = this.#options;
    const { database } = target;
    const writers = new SharedWriters({
      own,
      target,
      entry,
      connections: writerConnections,
      depth: writerDepth,
      elsewhere: entry.name === 'authenticator' ? (request) => this.#shared.submit(request) : null,
      database,
      maxWaiting,
      maxWaitMs,
      onRefused: (reason) => observe({ kind: 'session.refused', database, reason }),
    });
    this.#writers.set(entry.name, writers);
    return writers;
  }
}

/** The connections reads share are the authenticator's; writers are of any login. One Sync is all the transaction they know. */
function mayShare(call: Call): boolean {
  return (
    call.connection === 'shared' &&
    (call.login === 'authenticator' || !call.readOnly) &&
    call.isolation === undefined &&
    call.rollback !== true
  );
}

/** Both are certain to have left nothing behind: a stale statement was not executed, and a read changes nothing. */
function mayRepeat(outcome: Outcome, call: Call): boolean {
  switch (outcome.kind) {
    case 'lost':
      return call.readOnly;
    case 'refused':
      return isStaleStatement(outcome.error);
    case 'answered':
      return false;
  }
}
