import type { Lease, OwnConnections } from './own-connections.ts';
import type { SharedRequest } from './shared-connections.ts';
import type { DatabaseTarget, Entry } from './target.ts';
import { WaitingLine, type Waiter, type WaitingLineOptions } from './waiting-line.ts';
import { StatementExchange, type Outcome } from './wire/statement-exchange.ts';

export interface SharedWritersOptions extends WaitingLineOptions {
  readonly own: OwnConnections;
  readonly target: DatabaseTarget;
  readonly entry: Entry;
  /** Own connections of the project in use, whatever for, from which on no further one becomes a writer. */
  readonly connections: number;
  /** Exchanges in flight on one connection. */
  readonly depth: number;
  /** Takes what no writer has room for; without it such writes wait for a writer. */
  readonly elsewhere: ((request: SharedRequest) => void) | null;
}

interface Passenger extends Waiter {
  readonly request: SharedRequest;
}

/** Connections opened for writes are worth it once as many are under way: one writer alone is served elsewhere. */
const OPEN_FROM = 2;

/**
 * Single-row writes, pipelined on connections borrowed from those of all projects for as long as there is something in
 * flight on them. A commit waits for the disk, and commits of several connections share that wait: many writers do
 * several times as much as two, and reads on the shared connections stand behind none of them.
 *
 * A writer steps back as soon as somebody waits for an own connection, so transactions and slow statements are kept
 * waiting by what is in flight and by nothing after it.
 */
export class SharedWriters {
  readonly #options: SharedWritersOptions;
  readonly #line: WaitingLine<Passenger>;
  #writers: Lease[] = [];
  #underWay = 0;
  #borrowing: Promise<void> | null = null;
  #drained: PromiseWithResolvers<void> | null = null;

  constructor(options: SharedWritersOptions) {
    this.#options = options;
    this.#line = new WaitingLine(options);
  }

  /** Sends now, hands it on, or lets it wait for a writer; `onEnd` is called once either way. */
  submit(request: SharedRequest): void {
    this.#underWay++;
    const counted: SharedRequest = {
      ...request,
      onEnd: (outcome) => {
        this.#underWay--;
        request.onEnd(outcome);
        if (this.#underWay === 0) this.#drained?.resolve();
      },
    };
    const writer = this.#line.length > 0 ? undefined : this.#writerWithRoom();
    if (writer !== undefined) this.#send(writer, counted);
    else this.#wait(counted);
  }

  /** Refuses whoever waits; resolves once what is in flight has ended and its connections are given back. */
  async close(reason: unknown): Promise<void> {
    this.#line.refuseAll(reason);
    await this.#borrowing;
    if (this.#underWay === 0) return;
    this.#drained ??= Promise.withResolvers<void>();
    await this.#drained.promise;
    this.#drained = null;
  }

  #writerWithRoom(): Lease | undefined {
    const { own, target, entry, connections, depth } = this.#options;
    if (own.isWanted(target)) {
      this.#writers = [];
      return undefined;
    }
    const idle = own.borrowIdle(target, entry, connections);
    if (idle !== null) {
      this.#writers.push(idle);
      return idle;
    }
    if (this.#underWay >= OPEN_FROM && own.hasRoom(target, connections)) this.#borrow();
    let least: Lease | undefined;
    for (const writer of this.#writers) {
      if (!writer.connection.usable || writer.connection.depth >= depth) continue;
      if (least === undefined || writer.connection.depth < least.connection.depth) least = writer;
    }
    return least;
  }

  #wait(request: SharedRequest): void {
    const { elsewhere } = this.#options;
    if (elsewhere !== null) {
      elsewhere(request);
      return;
    }
    this.#line.join({
      request,
      since: performance.now(),
      refuse: (error) => request.onEnd({ kind: 'refused', error, headMs: 0 }),
    });
    this.#careForLine();
  }

  #borrow(): void {
    this.#borrowing ??= this.#begin().finally(() => {
      this.#borrowing = null;
      this.#careForLine();
    });
  }

  async #begin(): Promise<void> {
    const { own, target, entry } = this.#options;
    try {
      const writer = await own.borrow(target, entry);
      this.#writers.push(writer);
      this.#goOn(writer);
    } catch (error) {
      // Those that are open serve the line; with none, a quick answer is better than a late one.
      if (this.#writers.length === 0) this.#line.refuseAll(error);
    }
  }

  #send(writer: Lease, request: SharedRequest): void {
    const onEnd = (outcome: Outcome): void => {
      request.onEnd(outcome);
      this.#goOn(writer);
    };
    writer.connection.send(new StatementExchange({ ...request, onEnd }));
  }

  /** Fills a writer from the line, and gives its connection back when nothing is left in flight on it. */
  #goOn(writer: Lease): void {
    const { own, target, depth } = this.#options;
    if (!writer.connection.usable || own.isWanted(target)) this.#retire(writer);
    while (this.#writers.includes(writer) && writer.connection.depth < depth) {
      const passenger = this.#line.next();
      if (passenger === undefined) break;
      this.#send(writer, passenger.request);
    }
    if (writer.connection.depth === 0) {
      this.#retire(writer);
      writer.release();
    }
    this.#careForLine();
  }

  #retire(writer: Lease): void {
    this.#writers = this.#writers.filter((other) => other !== writer);
  }

  /** Nobody waits for a writer that will not come. */
  #careForLine(): void {
    if (this.#line.length > 0 && this.#writers.length === 0) this.#borrow();
  }
}
